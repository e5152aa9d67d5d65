// How one list of lines became another.
#pragma once

#include <string_view>
#include <vector>

namespace sluice::base {

// `-`: went, `+`: came, a space: stayed.
struct DeltaLine {
  char mark;
  std::string_view text;
};

// By the longest common subsequence; lists that are too long for it (4 million pairs) are told as
// gone and come. The views are those given.
std::vector<DeltaLine> line_delta(const std::vector<std::string_view>& before,
                                  const std::vector<std::string_view>& after);

// Without the line ends.
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace sluice::base
