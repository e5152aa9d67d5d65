// Reads the schema of the database at argv[1] once, as a new process with a new connection does.
// Prints how many objects there are and how many milliseconds the reading took, the connection
// apart.
#include <chrono>
#include <cstdio>
#include <exception>

#include "schema/read.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    sluice::postgres::Session session({argv[1], {}});
    const auto start = std::chrono::steady_clock::now();
    const sluice::schema::Catalog catalog = sluice::schema::read(session);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    std::printf("%zu %.1f\n", catalog.objects.size(), took.count());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
