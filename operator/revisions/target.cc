#include "revisions/target.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"

namespace sluice::revisions {
namespace {

using base::Error;
using base::ErrorKind;

[[noreturn]] void unknown(const std::string& message, const std::string& remedy) {
  throw Error(ErrorKind::Invalid, "TargetUnknown", message, remedy);
}
[[noreturn]] void ambiguous(const std::string& message, const std::string& remedy) {
  throw Error(ErrorKind::Invalid, "TargetAmbiguous", message, remedy);
}

// nullopt stands for base.
using Place = std::optional<Node>;

// Answers what a target means, seen from what is applied.
class Resolver {
 public:
  Resolver(const Graph& graph, const std::set<std::string>& applied, std::string_view text)
      : graph_(graph), applied_(applied), text_(text), target_(parse_target(text)) {
    if (!target_.branch.empty()) find_lineage();
  }

  std::vector<Node> all_heads() const {
    std::vector<Node> nodes;
    for (const std::string& id : graph_.heads())
      if (const Node node = *graph_.find(id); follows_branch(node)) nodes.push_back(node);
    return nodes;
  }

  // Where the target lies; `up`: which way a bare +N or -N may go.
  Place place(bool up) const {
    if (target_.name.empty()) {
      if ((*target_.step >= 0) != up) too_far();
      return up ? walk_up(current(), *target_.step) : walk_down(current(), -*target_.step);
    }
    const Place start = named();
    if (!target_.step) return start;
    return *target_.step >= 0 ? walk_up(start, *target_.step) : walk_down(start, -*target_.step);
  }

  const Target& target() const { return target_; }

 private:
  // A branch is what descends from the revision that carries its label, and what that came from.
  void find_lineage() {
    const Node label = graph_.branch(target_.branch);
    descends_.assign(graph_.revisions().size(), false);
    member_.assign(graph_.revisions().size(), false);
    const auto mark = [this](std::vector<bool>& seen, Node from, auto&& edges) {
      std::vector<Node> todo{from};
      while (!todo.empty()) {
        const Node node = todo.back();
        todo.pop_back();
        if (seen[node]) continue;
        seen[node] = true;
        member_[node] = true;
        const std::vector<Node>& next = edges(node);
        todo.insert(todo.end(), next.begin(), next.end());
      }
    };
    std::vector<bool> above(graph_.revisions().size());
    mark(
        descends_, label, [this](Node node) -> auto& { return graph_.revised_by(node); });
    mark(
        above, label, [this](Node node) -> auto& { return graph_.revises(node); });
  }

  bool is_member(Node node) const { return member_.empty() || member_[node]; }
  bool follows_branch(Node node) const { return descends_.empty() || descends_[node]; }

  Place named() const {
    if (target_.name == "base") return std::nullopt;
    if (target_.name == "head" || target_.name == "heads") {
      const std::vector<Node> nodes = all_heads();
      if (nodes.size() == 1) return nodes.front();
      if (nodes.empty()) unknown("there is no head", "add a revision");
      ambiguous("`" + text_ + "` means several heads: " + base::join(ids(nodes), ", "),
                "name one, write `heads` for all or `label@head` for one branch, or merge them");
    }
    return member();
  }

  // By id or prefix; with a branch, a prefix has to be unique within it only.
  Node member() const {
    if (member_.empty()) return graph_.resolve(target_.name);
    if (const Place exact = graph_.find(target_.name)) {
      if (!is_member(*exact))
        unknown("revision " + target_.name + " is not a member of branch " + target_.branch,
                "name a revision of that branch");
      return *exact;
    }
    std::vector<Node> nodes;
    for (Node node = 0; node < graph_.revisions().size(); ++node)
      if (member_[node] && target_.name.size() > 3 && graph_.at(node).id.starts_with(target_.name))
        nodes.push_back(node);
    if (nodes.size() == 1) return nodes.front();
    if (nodes.empty())
      unknown("no revision " + target_.name + " in branch " + target_.branch,
              "name an id, or more than 3 characters with which it begins");
    ambiguous("several revisions begin with " + target_.name + ": " + base::join(ids(nodes), ", "),
              "write more of the id");
  }

  Place current() const {
    std::vector<Node> nodes;
    for (const std::string& id : heads_among(graph_, applied_))
      if (const Node node = *graph_.find(id); is_member(node)) nodes.push_back(node);
    if (nodes.size() > 1)
      ambiguous("`" + text_ + "` is relative and the database has several heads: " +
                    base::join(ids(nodes), ", "),
                "name the branch, as in `label@+1`, or a revision");
    return nodes.empty() ? Place() : Place(nodes.front());
  }

  Place walk_up(Place from, int steps) const {
    for (; steps > 0; --steps) {
      std::vector<Node> next;
      if (from) {
        next = graph_.revised_by(*from);
      } else {
        for (const std::string& id : graph_.bases()) next.push_back(*graph_.find(id));
      }
      std::erase_if(next, [this](Node node) { return !is_member(node); });
      if (next.empty()) too_far();
      if (next.size() > 1) fork(next);
      from = next.front();
    }
    return from;
  }

  Place walk_down(Place from, int steps) const {
    for (; steps > 0; --steps) {
      if (!from) too_far();
      std::vector<Node> next = graph_.revises(*from);
      std::erase_if(next, [this](Node node) { return !is_member(node); });
      if (next.size() > 1) fork(next);
      from = next.empty() ? Place() : Place(next.front());
    }
    return from;
  }

  [[noreturn]] void fork(const std::vector<Node>& next) const {
    ambiguous("`" + text_ + "` comes to a fork: " + base::join(ids(next), ", "),
              "name the branch, as in `label@+1`, or a revision");
  }
  [[noreturn]] void too_far() const {
    unknown("relative revision " + text_ + " didn't produce " +
                std::to_string(std::abs(*target_.step)) + " migrations",
            "there are fewer revisions in that direction");
  }
  std::vector<std::string> ids(const std::vector<Node>& nodes) const {
    std::vector<std::string> names;
    for (const Node node : nodes) names.push_back(graph_.at(node).id);
    return names;
  }

  const Graph& graph_;
  const std::set<std::string>& applied_;
  std::string text_;
  Target target_;
  std::vector<bool> member_;    // of the branch; empty: no branch was named
  std::vector<bool> descends_;  // from the revision that names the branch
};

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

Path upgrade_path(const Graph& graph, const std::set<std::string>& applied, std::string_view text) {
  const Resolver resolver(graph, applied, text);
  std::vector<Node> nodes;
  if (resolver.target().name == "heads" && !resolver.target().step) {
    nodes = resolver.all_heads();
  } else if (const Place place = resolver.place(true)) {
    nodes.push_back(*place);
  }
  Path path;
  for (const Node node : nodes) path.target.push_back(graph.at(node).id);
  const std::vector<bool> needed = graph.ancestors(nodes);
  for (Node node = 0; node < needed.size(); ++node)
    if (needed[node] && !applied.contains(graph.at(node).id)) path.steps.push_back(node);
  return path;
}

Path downgrade_path(const Graph& graph, const std::set<std::string>& applied,
                    std::string_view text) {
  const Resolver resolver(graph, applied, text);
  const Place place = resolver.place(false);
  Path path;
  std::vector<bool> leaves(graph.revisions().size(), true);
  if (place) {
    const std::string& id = graph.at(*place).id;
    if (!applied.contains(id))
      unknown("revision " + id + " is not applied, so nothing can be downgraded to it",
              "name a revision that is applied");
    path.target.push_back(id);
    // What depends on the target itself may stay; what depends on one that goes, goes before it.
    leaves = graph.descendants(graph.revised_by(*place));
  } else if (!resolver.target().branch.empty()) {
    unknown("`" + std::string(text) + "`: this version does not downgrade one branch to its base",
            "name the revision at which the branch begins");
  }
  for (Node node = graph.revisions().size(); node-- > 0;)
    if (leaves[node] && applied.contains(graph.at(node).id)) path.steps.push_back(node);
  return path;
}

}  // namespace sluice::revisions
