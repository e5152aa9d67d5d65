// How long planning takes without files: the graph from parsed revisions, then the path from
// nothing to all heads. The directory's revisions are read first, which is not counted. Prints
// milliseconds, the median of 9.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "revisions/load.h"
#include "revisions/target.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  namespace revisions = sluice::revisions;
  const std::vector<revisions::Revision> read = revisions::load_directories({argv[1]});
  std::vector<double> took;
  for (int round = 0; round < 9; ++round) {
    std::vector<revisions::Revision> copy = read;
    const auto start = std::chrono::steady_clock::now();
    const revisions::Graph graph(std::move(copy));
    const revisions::Path path = revisions::upgrade_path(graph, {}, "heads");
    took.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
            .count());
    if (path.steps.size() != read.size()) return 1;
  }
  std::ranges::nth_element(took, took.begin() + 4);
  std::printf("%.1f\n", took[4]);
  return 0;
}
