// What changed between two texts, line by line.
#pragma once

#include <string>
#include <string_view>

namespace sluice::cli {

// Lines that went have a `-` in front, new ones a `+`, and up to two unchanged ones around them a
// space. Texts that differ all over are shown whole.
std::string delta(std::string_view before, std::string_view after);

}  // namespace sluice::cli
