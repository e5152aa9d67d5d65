#include "cli/history_range.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "revisions/target.h"

namespace sluice::cli {
namespace {

using base::Error;
using base::ErrorKind;
using revisions::Graph;
using revisions::Node;

struct Range {
  std::string lower, upper;
};

Range split(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    throw Error(ErrorKind::Invalid, "RangeInvalid",
                "`" + base::truncate_utf8(text, 80) + "` is no range",
                "write START:END, START: or :END");
  return {std::string(base::trim(text.substr(0, colon))),
          std::string(base::trim(text.substr(colon + 1)))};
}

bool is_relative(const std::string& end) { return end.starts_with('+') || end.starts_with('-'); }

std::set<std::string> closure(const Graph& graph, const std::vector<Node>& nodes) {
  const std::vector<bool> needed = graph.ancestors(nodes);
  std::set<std::string> ids;
  for (Node node = 0; node < needed.size(); ++node)
    if (needed[node]) ids.insert(graph.at(node).id);
  return ids;
}

std::vector<Node> nodes_of(const Graph& graph, const std::vector<std::string>& ids) {
  std::vector<Node> nodes;
  for (const std::string& id : ids)
    if (const std::optional<Node> node = graph.find(id)) nodes.push_back(*node);
  return nodes;
}

std::vector<Node> fixed_end(const Graph& graph, const std::string& end, const Standing& standing) {
  if (end == "current") return nodes_of(graph, standing.heads);
  return nodes_of(graph, revisions::upgrade_path(graph, {}, end).target);
}

// Past the end of the graph means its end.
std::vector<Node> relative_end(const Graph& graph, const std::string& step,
                               const std::vector<Node>& from) {
  const revisions::Target parsed = revisions::parse_target(step);
  const bool up = step.front() == '+';
  const std::set<std::string> applied = closure(graph, from);
  try {
    return nodes_of(graph, up ? revisions::upgrade_path(graph, applied, step).target
                              : revisions::downgrade_path(graph, applied, step).target);
  } catch (const Error& error) {
    if (error.reason() != "TargetUnknown" || *parsed.step == 0) throw;
    return up ? nodes_of(graph, graph.effective_heads()) : std::vector<Node>();
  }
}

}  // namespace

bool needs_current(std::string_view text) {
  const Range range = split(text);
  return range.lower == "current" || range.upper == "current";
}

std::vector<Node> nodes_in_range(const Graph& graph, std::string_view text,
                                 const Standing& standing) {
  Range range = split(text);
  if (range.lower.empty()) range.lower = "base";
  if (range.upper.empty()) range.upper = "heads";
  if (range.lower.starts_with('+') || range.upper.starts_with('-') ||
      (is_relative(range.lower) && is_relative(range.upper)))
    throw Error(ErrorKind::Invalid, "RangeInvalid",
                "`" + std::string(text) +
                    "`: -N belongs before the colon, +N after it, and one end "
                    "has to be a revision",
                "as in -2:current or current:+2");
  std::vector<Node> lower, upper;
  if (!is_relative(range.lower)) lower = fixed_end(graph, range.lower, standing);
  upper = is_relative(range.upper) ? relative_end(graph, range.upper, lower)
                                   : fixed_end(graph, range.upper, standing);
  if (is_relative(range.lower)) lower = relative_end(graph, range.lower, upper);
  const std::vector<bool> needed = graph.ancestors(upper);
  for (const Node node : lower)
    if (!needed[node])
      throw Error(ErrorKind::Invalid, "RangeInvalid",
                  "`" + std::string(text) + "`: " + graph.at(node).id +
                      " does not come before the other end",
                  "write the older revision first");
  const std::vector<bool> before = graph.ancestors(lower);
  std::vector<bool> after(graph.revisions().size(), lower.empty());
  std::vector<Node> todo = lower;
  while (!todo.empty()) {
    const Node node = todo.back();
    todo.pop_back();
    if (after[node]) continue;
    after[node] = true;
    todo.insert(todo.end(), graph.revised_by(node).begin(), graph.revised_by(node).end());
  }
  std::vector<Node> nodes;
  for (Node node = graph.revisions().size(); node-- > 0;)
    if (needed[node] && after[node] &&
        (!before[node] || std::ranges::find(lower, node) != lower.end()))
      nodes.push_back(node);
  return nodes;
}

}  // namespace sluice::cli
