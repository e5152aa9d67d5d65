// Reads the schema of the database at argv[1] once, as a new process with a new connection does.
// Prints how many objects there are, how many milliseconds the reading took, the connection apart,
// and how many to compare it with itself.
#include <chrono>
#include <cstdio>
#include <exception>

#include "schema/diff.h"
#include "schema/read.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    sluice::postgres::Session session({argv[1], {}});
    const auto start = std::chrono::steady_clock::now();
    const sluice::schema::Catalog catalog = sluice::schema::read(session);
    const auto read = std::chrono::steady_clock::now();
    if (!sluice::schema::diff(catalog, catalog, {}).empty()) return 1;
    const auto compared = std::chrono::steady_clock::now();
    using Milliseconds = std::chrono::duration<double, std::milli>;
    std::printf("%zu %.1f %.1f\n", catalog.objects.size(), Milliseconds(read - start).count(),
                Milliseconds(compared - read).count());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
