// Where the boxes of a picture of tables stand. Pure.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace sluice::cli {

struct Box {
  int width = 0, height = 0;  // given
  int x = 0, y = 0;           // of its upper left corner
};

struct BoxLayout {
  std::vector<Box> boxes;
  int width = 0, height = 0;
};

// `lines`: from a box to the one that it refers to, which is put to its left as far as that goes.
// Boxes that hang together stand together; those that stand alone fill rows below.
BoxLayout lay_out(std::vector<Box> boxes, const std::vector<std::pair<size_t, size_t>>& lines);

}  // namespace sluice::cli
