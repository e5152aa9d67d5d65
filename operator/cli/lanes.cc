#include "cli/lanes.h"

#include <algorithm>
#include <functional>

namespace sluice::cli {
namespace {

using revisions::Node;

size_t free_lane(std::vector<std::optional<size_t>>& lanes, size_t from) {
  for (size_t lane = from; lane < lanes.size(); ++lane)
    if (!lanes[lane]) return lane;
  lanes.emplace_back();
  return lanes.size() - 1;
}

}  // namespace

Lanes lay_out(const revisions::Graph& graph, std::vector<Node> nodes) {
  // Nodes are numbered in topological order.
  std::ranges::sort(nodes, std::greater<>());
  std::vector<bool> drawn(graph.revisions().size());
  for (const Node node : nodes) drawn[node] = true;
  Lanes picture;
  std::vector<std::optional<size_t>> lanes;
  for (const Node node : nodes) {
    Row row;
    row.node = node;
    row.above = lanes;
    const auto ends_here = [&](const std::optional<size_t>& line) {
      return line && picture.lines[*line].parent == node;
    };
    const auto first = std::ranges::find_if(lanes, ends_here);
    row.lane =
        first != lanes.end() ? static_cast<size_t>(first - lanes.begin()) : free_lane(lanes, 0);
    for (std::optional<size_t>& line : lanes)
      if (ends_here(line)) line.reset();
    for (const Node parent : graph.parents(node)) {
      if (!drawn[parent]) continue;
      const size_t lane = free_lane(lanes, row.lane);
      const bool dependency =
          std::ranges::find(graph.revises(node), parent) == graph.revises(node).end();
      lanes[lane] = picture.lines.size();
      picture.lines.push_back({node, parent, lane, dependency});
    }
    picture.width = std::max(picture.width, lanes.size());
    while (!lanes.empty() && !lanes.back()) lanes.pop_back();
    row.below = lanes;
    picture.rows.push_back(std::move(row));
  }
  return picture;
}

}  // namespace sluice::cli
