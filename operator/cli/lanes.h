// Where the revisions and the lines between them stand in a picture: a row a revision, newest
// first. Every line runs in a lane that nothing else uses between its ends.
#pragma once

#include <optional>
#include <vector>

#include "revisions/graph.h"

namespace sluice::cli {

struct Line {
  revisions::Node child = 0;
  revisions::Node parent = 0;
  size_t lane = 0;
  bool dependency = false;
};

struct Row {
  revisions::Node node = 0;
  size_t lane = 0;
  // Indices into Lanes::lines by lane; before the row, and after it.
  std::vector<std::optional<size_t>> above, below;
};

struct Lanes {
  std::vector<Row> rows;
  std::vector<Line> lines;
  size_t width = 0;
};

// Of the given revisions, in any order; lines to others are left out. Linear, but for the width.
Lanes lay_out(const revisions::Graph& graph, std::vector<revisions::Node> nodes);

}  // namespace sluice::cli
