#include "cli/delta.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace sluice::cli {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

struct Line {
  char mark;
  std::string_view text;
};

// By the longest common subsequence.
std::vector<Line> align(const std::vector<std::string_view>& before,
                        const std::vector<std::string_view>& after) {
  constexpr size_t kMaxCells = 4'000'000;
  std::vector<Line> lines;
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

}  // namespace

std::string delta(std::string_view before, std::string_view after) {
  constexpr size_t kAround = 2;
  const std::vector<std::string_view> old_lines = lines_of(before);
  const std::vector<std::string_view> new_lines = lines_of(after);
  const std::vector<Line> lines = align(old_lines, new_lines);
  std::vector<bool> shown(lines.size());
  for (size_t i = 0; i < lines.size(); ++i)
    if (lines[i].mark != ' ')
      for (size_t near = i - std::min(i, kAround); near < std::min(i + kAround + 1, lines.size());
           ++near)
        shown[near] = true;
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!shown[i]) {
      if (i > 0 && shown[i - 1]) text += " …\n";
      continue;
    }
    text += lines[i].mark;
    text += lines[i].text;
    text += '\n';
  }
  return text;
}

}  // namespace sluice::cli
