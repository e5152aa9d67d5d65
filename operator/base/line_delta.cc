#include "base/line_delta.h"

#include <algorithm>
#include <cstdint>

namespace sluice::base {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<DeltaLine> line_delta(const std::vector<std::string_view>& before,
                                  const std::vector<std::string_view>& after) {
  constexpr size_t kMaxCells = 4'000'000;
  std::vector<DeltaLine> lines;
  size_t i = 0;
  size_t j = 0;
  if (before.size() * after.size() <= kMaxCells) {
    const size_t width = after.size() + 1;
    std::vector<uint32_t> common((before.size() + 1) * width);
    for (size_t a = before.size(); a-- > 0;)
      for (size_t b = after.size(); b-- > 0;)
        common[a * width + b] = before[a] == after[b] ? common[(a + 1) * width + b + 1] + 1
                                                      : std::max(common[(a + 1) * width + b],
                                                                 common[a * width + b + 1]);
    while (i < before.size() && j < after.size()) {
      if (before[i] == after[j]) {
        lines.push_back({' ', before[i]});
        ++i, ++j;
      } else if (common[(i + 1) * width + j] >= common[i * width + j + 1]) {
        lines.push_back({'-', before[i++]});
      } else {
        lines.push_back({'+', after[j++]});
      }
    }
  }
  for (; i < before.size(); ++i) lines.push_back({'-', before[i]});
  for (; j < after.size(); ++j) lines.push_back({'+', after[j]});
  return lines;
}

}  // namespace sluice::base
