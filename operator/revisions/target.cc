#include "revisions/target.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "revisions/place.h"

namespace sluice::revisions {
namespace {

using base::Error;
using base::ErrorKind;

[[noreturn]] void unknown(const std::string& message, const std::string& remedy) {
  throw Error(ErrorKind::Invalid, "TargetUnknown", message, remedy);
}

std::vector<std::string> ids_of(const Graph& graph, const std::vector<Node>& nodes) {
  std::vector<std::string> ids;
  for (const Node node : nodes) ids.push_back(graph.at(node).id);
  return ids;
}

// What a downgrade to `bound` takes away with all that needs it: what revises that place. Where
// several do and a branch is named, only what leads to the branch.
std::vector<Node> first_to_go(const Graph& graph, const Bound& bound, std::string_view text) {
  std::vector<Node> roots;
  if (bound.place) {
    roots = graph.revised_by(*bound.place);
  } else {
    for (Node node = 0; node < graph.revisions().size(); ++node)
      if (graph.revises(node).empty()) roots.push_back(node);
  }
  if (!bound.branch || roots.size() < 2) return roots;
  std::vector<bool> leads(graph.revisions().size());
  std::vector<Node> todo{*bound.branch};
  while (!todo.empty()) {
    const Node node = todo.back();
    todo.pop_back();
    if (leads[node]) continue;
    leads[node] = true;
    todo.insert(todo.end(), graph.revises(node).begin(), graph.revises(node).end());
  }
  std::erase_if(roots, [&](Node node) { return !leads[node]; });
  if (roots.empty())
    unknown("`" + std::string(text) + "` is no downgrade from where the database stands",
            "the branch does not begin there; name a revision of it");
  return roots;
}

}  // namespace

Target parse_target(std::string_view text) {
  const auto refuse = [&] {
    unknown("`" + base::truncate_utf8(text, 80) + "` is not a target",
            "write an id, head, heads, base, +N, -N, id+N, id-N or label@ before one of them");
  };
  Target target;
  std::string_view rest = text;
  if (const size_t at = rest.find('@'); at != std::string_view::npos) {
    target.branch = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    if (target.branch.empty() || target.branch.find_first_of("+-:") != std::string::npos) refuse();
  }
  const size_t sign = std::min(rest.find_first_of("+-"), rest.size());
  target.name = rest.substr(0, sign);
  if (target.name.find_first_of("@:") != std::string::npos) refuse();
  rest.remove_prefix(sign);
  if (!rest.empty()) {
    int step = 0;
    const auto [end, failure] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), step);
    if (failure != std::errc() || end != rest.data() + rest.size() || rest[1] == '-') refuse();
    target.step = rest.front() == '-' ? -step : step;
  }
  if (target.name.empty() && !target.step) refuse();
  return target;
}

std::vector<Node> current_heads(const Graph& graph, const std::set<std::string>& applied,
                                const std::vector<std::string>& order) {
  std::vector<bool> is_head(graph.revisions().size());
  for (Node node = 0; node < is_head.size(); ++node)
    is_head[node] = applied.contains(graph.at(node).id) &&
                    std::ranges::none_of(graph.children(node), [&](Node child) {
                      return applied.contains(graph.at(child).id);
                    });
  std::vector<Node> heads;
  const auto take = [&](Node node) {
    if (is_head[node]) heads.push_back(node);
    is_head[node] = false;
  };
  for (const std::string& id : order)
    if (const std::optional<Node> node = graph.find(id)) take(*node);
  for (Node node = 0; node < is_head.size(); ++node) take(node);
  return heads;
}

std::vector<Node> nodes_of(const Graph& graph, std::string_view target) {
  return Places(graph, {}, target).absolute();
}

Path upgrade_path(const Graph& graph, const std::set<std::string>& applied, std::string_view text,
                  const std::vector<std::string>& order) {
  const Standing standing{applied, current_heads(graph, applied, order)};
  const std::vector<Node> nodes = Places(graph, standing, text).above();
  Path path;
  path.target = ids_of(graph, nodes);
  const std::vector<bool> needed = graph.ancestors(nodes);
  for (Node node = 0; node < needed.size(); ++node)
    if (needed[node] && !applied.contains(graph.at(node).id)) path.steps.push_back(node);
  return path;
}

Path downgrade_path(const Graph& graph, const std::set<std::string>& applied, std::string_view text,
                    const std::vector<std::string>& order) {
  const Standing standing{applied, current_heads(graph, applied, order)};
  Bound bound = Places(graph, standing, text).below();
  Path path;
  path.warnings = std::move(bound.warnings);
  if (bound.place) path.target.push_back(graph.at(*bound.place).id);
  const std::vector<bool> leaves = graph.descendants(first_to_go(graph, bound, text));
  for (Node node = graph.revisions().size(); node-- > 0;)
    if (leaves[node] && applied.contains(graph.at(node).id)) path.steps.push_back(node);
  if (bound.place && path.steps.empty() &&
      std::ranges::find(standing.heads, *bound.place) == standing.heads.end()) {
    const std::string& id = graph.at(*bound.place).id;
    if (applied.contains(id))
      unknown("nothing that is applied came after revision " + id +
                  ", so there is nothing to downgrade",
              "name a revision below the one that is to go");
    unknown("revision " + id + " is not applied, so nothing can be downgraded to it",
            "name a revision that is applied");
  }
  return path;
}

}  // namespace sluice::revisions
