#include "revisions/place.h"

#include <algorithm>
#include <cstdlib>

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

}  // namespace

Places::Places(const Graph& graph, const Standing& standing, std::string_view text)
    : graph_(graph), standing_(standing), text_(text), target_(parse_target(text)) {
  if (target_.branch.empty()) return;
  try {
    branch_ = graph_.resolve(target_.branch);
  } catch (const Error& error) {
    throw Error(error.kind(), error.reason(), "no such branch: " + error.message(), error.remedy());
  }
  member_ = graph_.lineage(*branch_);
}

std::vector<std::string> Places::ids(const std::vector<Node>& nodes) const {
  std::vector<std::string> names;
  for (const Node node : nodes) names.push_back(graph_.at(node).id);
  return names;
}

// `heads` without a branch leaves out what another head depends on: it is needed anyway.
std::vector<Node> Places::heads_of(bool effective) const {
  std::vector<Node> nodes;
  for (Node node = 0; node < graph_.revisions().size(); ++node)
    if ((effective ? graph_.children(node) : graph_.revised_by(node)).empty())
      nodes.push_back(node);
  return nodes;
}

// `of_branch`: whether the branch, where there is one, restricts what the name may mean. Alembic
// does not look at it where a downgrade names a revision or a walk up begins at one.
std::vector<Node> Places::named(bool of_branch) const {
  const bool restricted = of_branch && branch_.has_value();
  if (target_.name == "base") return {};
  if (target_.name == "head" || target_.name == "heads") {
    std::vector<Node> nodes = heads_of(target_.name == "heads" && !restricted);
    if (restricted) std::erase_if(nodes, [this](Node node) { return !member_[node]; });
    if (target_.name == "head" && nodes.size() > 1)
      ambiguous("`" + text_ + "` means several heads: " + base::join(ids(nodes), ", "),
                "name one, write `heads` for all or `label@head` for one branch, or merge them");
    return nodes;
  }
  const Node node = graph_.resolve(target_.name, restricted ? &member_ : nullptr);
  if (restricted && !member_[node])
    unknown("revision " + graph_.at(node).id + " is not a member of branch " + target_.branch,
            "name a revision of that branch");
  return {node};
}

Place Places::single(bool of_branch) const {
  const std::vector<Node> nodes = named(of_branch);
  if (nodes.size() > 1)
    ambiguous("`" + text_ + "` means several heads: " + base::join(ids(nodes), ", "), "name one");
  return nodes.empty() ? Place() : Place(nodes.front());
}

std::vector<Node> Places::absolute() const {
  if (target_.step)
    unknown("`" + text_ + "` is relative, and there is nothing to which it could be",
            "name a revision, head, heads, base or label@head");
  return named(true);
}

std::vector<Node> Places::above() const {
  if (!target_.step) {
    std::vector<Node> nodes = named(true);
    const std::vector<bool> needed = [&] {
      std::vector<Node> parents;
      for (const Node node : nodes)
        parents.insert(parents.end(), graph_.parents(node).begin(), graph_.parents(node).end());
      return graph_.ancestors(parents);
    }();
    for (const Node node : nodes)
      if (needed[node])
        ambiguous("`" + text_ + "` means " + base::join(ids(nodes), ", ") + ", and " +
                      graph_.at(node).id + " is needed by another of them",
                  "name the one that needs the others, or write `heads`");
    return nodes;
  }
  const int step = *target_.step;
  if (target_.name.empty()) {
    if (step <= 0) too_far();
    return {*walk_up(start_above(), step)};
  }
  if (step > 0) return {*walk_up(single(false), step)};
  const Place start = single(true);
  const Place end = start ? walk_down(*start, -step) : Place();
  if (!end)
    unknown("`" + text_ + "` means base, to which nothing is upgraded",
            "name a revision, or downgrade");
  return {*end};
}

// Where `+N` begins: the one current head, of the branch if one is named; else the newest applied
// revision of that branch; else base.
Place Places::start_above() const {
  std::vector<Node> starts = standing_.heads;
  if (branch_) {
    std::erase_if(starts, [this](Node node) { return !member_[node]; });
    if (starts.empty()) {
      std::vector<bool> active(graph_.revisions().size());
      for (Node node = 0; node < active.size(); ++node)
        active[node] = member_[node] && standing_.applied.contains(graph_.at(node).id);
      for (Node node = 0; node < active.size(); ++node)
        if (active[node] &&
            std::ranges::none_of(graph_.children(node), [&](Node child) { return active[child]; }))
          starts.push_back(node);
    }
  }
  if (starts.size() > 1)
    ambiguous(
        "ambiguous upgrade: `" + text_ +
            "` is relative and the database has several heads: " + base::join(ids(starts), ", "),
        "name the branch, as in `label@+1`, or a revision");
  return starts.empty() ? Place() : Place(starts.front());
}

// Where `-N` begins. With several heads Alembic warns and takes the first.
Place Places::start_below(Bound& bound) const {
  std::vector<Node> starts = standing_.heads;
  if (!branch_) {
    if (starts.empty()) return {};
    if (starts.size() > 1)
      bound.warnings.push_back("`" + text_ + "` from several heads (" +
                               base::join(ids(starts), ", ") + ") is ambiguous; " +
                               graph_.at(starts.front()).id + " is taken");
    bound.branch = starts.front();
    return starts.front();
  }
  std::erase_if(starts, [this](Node node) { return !member_[node]; });
  if (starts.empty()) {
    // The branch's own head is no current head when something else depends on it.
    for (Node node = 0; node < member_.size(); ++node) {
      const auto is_applied = [this](Node each) {
        return standing_.applied.contains(graph_.at(each).id);
      };
      if (member_[node] && is_applied(node) &&
          std::ranges::none_of(graph_.revised_by(node), is_applied))
        starts.push_back(node);
    }
  }
  if (starts.size() > 1)
    ambiguous("`" + text_ + "` is relative and the branch has several current heads: " +
                  base::join(ids(starts), ", "),
              "name a revision");
  return starts.empty() ? Place() : Place(starts.front());
}

Bound Places::below() const {
  Bound bound;
  bound.branch = branch_;
  if (!target_.step) {
    bound.place = single(false);
    return bound;
  }
  const int step = *target_.step;
  if (target_.name.empty()) {
    const Place start = step < 0 ? start_below(bound) : Place();
    if (!start) too_far();
    bound.place = walk_down(*start, -step);
    return bound;
  }
  if (step >= 0) {
    const Place start = single(false);
    if (!start && step == 0) too_far();
    bound.place = walk_up(start, step);
    return bound;
  }
  const Place start = single(true);
  if (!start) too_far();
  bound.place = walk_down(*start, -step);
  return bound;
}

Place Places::walk_up(Place from, int steps) const {
  for (; steps > 0; --steps) {
    std::vector<Node> next;
    if (from) {
      next = graph_.revised_by(*from);
    } else {
      for (Node node = 0; node < graph_.revisions().size(); ++node)
        if (graph_.revises(node).empty()) next.push_back(node);
    }
    std::erase_if(next, [this](Node node) { return !is_member(node); });
    if (next.empty()) too_far();
    if (next.size() > 1) fork(next);
    from = next.front();
  }
  return from;
}

Place Places::walk_down(Node from, int steps) const {
  for (; steps > 0; --steps) {
    const std::vector<Node>& next = graph_.revises(from);
    if (next.size() > 1) fork(next);
    if (next.empty()) {
      if (steps > 1) too_far();
      return {};
    }
    from = next.front();
  }
  return from;
}

void Places::fork(const std::vector<Node>& next) const {
  const bool down = target_.step && *target_.step < 0;
  // Down, a fork is a merge, and no branch label tells its sides apart.
  ambiguous("ambiguous walk: `" + text_ + "` comes to a fork: " + base::join(ids(next), ", "),
            down ? "name one of them, which undoes the merge alone, or an older revision"
                 : "name the branch, as in `label@+1`, or a revision");
}

void Places::too_far() const {
  unknown("relative revision " + text_ + " didn't produce " +
              std::to_string(std::abs(*target_.step)) + " migrations",
          "there are fewer revisions in that direction");
}

}  // namespace sluice::revisions
