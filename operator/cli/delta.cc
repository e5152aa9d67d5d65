#include "cli/delta.h"

#include <algorithm>
#include <vector>

#include "base/line_delta.h"

namespace sluice::cli {

std::string delta(std::string_view before, std::string_view after) {
  constexpr size_t kAround = 2;
  const std::vector<std::string_view> old_lines = base::lines_of(before);
  const std::vector<std::string_view> new_lines = base::lines_of(after);
  const std::vector<base::DeltaLine> lines = base::line_delta(old_lines, new_lines);
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
