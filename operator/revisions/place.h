// Where in the graph a target lies, seen from what is applied: the part of revisions/target.h that
// knows no steps.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "revisions/graph.h"
#include "revisions/target.h"

namespace sluice::revisions {

// nullopt stands for base.
using Place = std::optional<Node>;

// Where a database stands.
struct Standing {
  std::set<std::string> applied;
  std::vector<Node> heads;  // as current_heads() says
};

// What a downgrade goes to, and the branch to which it is confined where the place forks.
struct Bound {
  Place place;
  Place branch;
  std::vector<std::string> warnings;
};

// Borrows what it is given. All of it throws as revisions/target.h says.
class Places {
 public:
  Places(const Graph& graph, const Standing& standing, std::string_view text);

  // Of an upgrade: none for base, several for `heads`.
  std::vector<Node> above() const;
  // Of a downgrade.
  Bound below() const;
  // Of a target that is not relative to what is applied.
  std::vector<Node> absolute() const;

  const Target& target() const { return target_; }

 private:
  bool is_member(Node node) const { return member_.empty() || member_[node]; }
  std::vector<Node> heads_of(bool effective) const;
  std::vector<Node> named(bool of_branch) const;
  // One revision, or base.
  Place single(bool of_branch) const;
  Place start_above() const;
  Place start_below(Bound& bound) const;
  Place walk_up(Place from, int steps) const;
  Place walk_down(Node from, int steps) const;

  [[noreturn]] void fork(const std::vector<Node>& next) const;
  [[noreturn]] void too_far() const;
  std::vector<std::string> ids(const std::vector<Node>& nodes) const;

  const Graph& graph_;
  const Standing& standing_;
  std::string text_;
  Target target_;
  Place branch_;              // the revision that names the branch
  std::vector<bool> member_;  // of the branch; empty: no branch was named
};

}  // namespace sluice::revisions
