#include "cli/box_layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace sluice::cli {
namespace {

constexpr int kMargin = 24;
constexpr int kBetweenColumns = 90;  // room for the lines
constexpr int kBetweenBoxes = 24;
constexpr int kBetweenGroups = 60;
constexpr int kLeastHeight = 700;  // up to which a column of boxes is not broken
constexpr double kAspect = 1.6;
constexpr int kSweeps = 4;

using Lines = std::vector<std::vector<size_t>>;  // by box

// Boxes that are laid out together, relative to the group's corner.
struct Group {
  std::vector<size_t> members;
  int width = 0, height = 0;
};

class Layout {
 public:
  Layout(std::vector<Box> boxes, const std::vector<std::pair<size_t, size_t>>& lines)
      : boxes_(std::move(boxes)), parents_(boxes_.size()), neighbours_(boxes_.size()) {
    for (const auto& [from, to] : lines) {
      if (from == to) continue;
      parents_[from].push_back(to);
      neighbours_[from].push_back(to);
      neighbours_[to].push_back(from);
    }
  }

  BoxLayout finish() {
    std::vector<Group> groups;
    Group alone;
    for (std::vector<size_t>& members : components()) {
      if (members.size() == 1) {
        alone.members.push_back(members.front());
      } else {
        groups.push_back(arrange(std::move(members)));
      }
    }
    std::ranges::stable_sort(groups, std::greater<>{}, [](const Group& g) { return g.height; });
    const int wide = shelf_width(groups);
    BoxLayout answer;
    int x = kMargin;
    int y = kMargin;
    int shelf = 0;
    const auto place = [&](const std::vector<size_t>& members, int width, int height, int gap) {
      if (x > kMargin && x + width > wide) {
        x = kMargin;
        y += shelf + gap;
        shelf = 0;
      }
      for (const size_t member : members) {
        boxes_[member].x += x;
        boxes_[member].y += y;
      }
      answer.width = std::max(answer.width, x + width + kMargin);
      answer.height = std::max(answer.height, y + height + kMargin);
      shelf = std::max(shelf, height);
      x += width + gap;
    };
    for (const Group& group : groups)
      place(group.members, group.width, group.height, kBetweenGroups);
    if (!groups.empty()) {
      y += shelf + kBetweenGroups;
      x = kMargin;
      shelf = 0;
    }
    for (const size_t member : alone.members)
      place({member}, boxes_[member].width, boxes_[member].height, kBetweenBoxes);
    answer.boxes = std::move(boxes_);
    return answer;
  }

 private:
  std::vector<std::vector<size_t>> components() const {
    std::vector<std::vector<size_t>> answer;
    std::vector<bool> seen(boxes_.size());
    for (size_t start = 0; start < boxes_.size(); ++start) {
      if (seen[start]) continue;
      std::vector<size_t> members{start};
      seen[start] = true;
      for (size_t next = 0; next < members.size(); ++next)
        for (const size_t other : neighbours_[members[next]])
          if (!seen[other]) {
            seen[other] = true;
            members.push_back(other);
          }
      std::ranges::sort(members);
      answer.push_back(std::move(members));
    }
    return answer;
  }

  // One more than the deepest that it refers to; a line that closes a circle does not count.
  int depth_of(size_t box, std::vector<int>& depths, std::vector<bool>& open) const {
    if (depths[box] >= 0) return depths[box];
    open[box] = true;
    int depth = 0;
    for (const size_t parent : parents_[box])
      if (!open[parent]) depth = std::max(depth, depth_of(parent, depths, open) + 1);
    open[box] = false;
    return depths[box] = depth;
  }

  Group arrange(std::vector<size_t> members) {
    std::vector<int> depths(boxes_.size(), -1);
    std::vector<bool> open(boxes_.size());
    std::map<int, std::vector<size_t>> layers;
    for (const size_t member : members) layers[depth_of(member, depths, open)].push_back(member);
    sort_layers(layers);
    Group group{std::move(members), 0, 0};
    const std::vector<std::vector<size_t>> columns = broken(layers, group.members);
    for (const std::vector<size_t>& column : columns)
      group.height = std::max(group.height, height_of(column));
    for (const std::vector<size_t>& column : columns) {
      int y = (group.height - height_of(column)) / 2;
      int width = 0;
      if (group.width > 0) group.width += kBetweenColumns;
      for (const size_t member : column) {
        boxes_[member].x = group.width;
        boxes_[member].y = y;
        y += boxes_[member].height + kBetweenBoxes;
        width = std::max(width, boxes_[member].width);
      }
      group.width += width;
    }
    return group;
  }

  // Boxes stand near the middle of what they are connected to.
  void sort_layers(std::map<int, std::vector<size_t>>& layers) const {
    std::vector<double> place(boxes_.size());
    const auto number = [&](const std::vector<size_t>& layer) {
      for (size_t i = 0; i < layer.size(); ++i)
        place[layer[i]] = (static_cast<double>(i) + 0.5) / static_cast<double>(layer.size());
    };
    for (const auto& [depth, layer] : layers) number(layer);
    const auto middle = [&](size_t box) {
      double sum = 0;
      for (const size_t other : neighbours_[box]) sum += place[other];
      return neighbours_[box].empty() ? place[box]
                                      : sum / static_cast<double>(neighbours_[box].size());
    };
    for (int sweep = 0; sweep < kSweeps; ++sweep)
      for (auto& [depth, layer] : layers) {
        std::vector<std::pair<double, size_t>> wanted;
        for (const size_t box : layer) wanted.emplace_back(middle(box), box);
        std::ranges::sort(wanted);
        for (size_t i = 0; i < layer.size(); ++i) layer[i] = wanted[i].second;
        number(layer);
      }
  }

  // A layer that is too high becomes several columns.
  std::vector<std::vector<size_t>> broken(const std::map<int, std::vector<size_t>>& layers,
                                          const std::vector<size_t>& members) const {
    const int limit = std::max(
        kLeastHeight, static_cast<int>(std::sqrt(static_cast<double>(area_of(members)) / kAspect)));
    std::vector<std::vector<size_t>> columns;
    for (const auto& [depth, layer] : layers) {
      columns.emplace_back();
      int height = 0;
      for (const size_t box : layer) {
        if (!columns.back().empty() && height + boxes_[box].height > limit) {
          columns.emplace_back();
          height = 0;
        }
        columns.back().push_back(box);
        height += boxes_[box].height + kBetweenBoxes;
      }
    }
    return columns;
  }

  int height_of(const std::vector<size_t>& column) const {
    int height = -kBetweenBoxes;
    for (const size_t box : column) height += boxes_[box].height + kBetweenBoxes;
    return height;
  }

  int64_t area_of(const std::vector<size_t>& members) const {
    int64_t area = 0;
    for (const size_t box : members)
      area += int64_t{boxes_[box].width + kBetweenColumns} * (boxes_[box].height + kBetweenBoxes);
    return area;
  }

  int shelf_width(const std::vector<Group>& groups) const {
    std::vector<size_t> all(boxes_.size());
    std::iota(all.begin(), all.end(), size_t{0});
    int width = static_cast<int>(std::sqrt(static_cast<double>(area_of(all)) * kAspect));
    for (const Group& group : groups) width = std::max(width, group.width);
    return width + 2 * kMargin;
  }

  std::vector<Box> boxes_;
  Lines parents_, neighbours_;
};

}  // namespace

BoxLayout lay_out(std::vector<Box> boxes, const std::vector<std::pair<size_t, size_t>>& lines) {
  return Layout(std::move(boxes), lines).finish();
}

}  // namespace sluice::cli
