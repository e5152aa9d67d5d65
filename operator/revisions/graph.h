// The revisions of one source and how they follow one another. Immutable once built; safe to share
// between threads. Every traversal is linear in revisions and edges, and every order is determined
// by the revisions alone.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "revisions/revision.h"

namespace sluice::revisions {

// An index into Graph::revisions().
using Node = size_t;

class Graph {
 public:
  // Takes ownership. Throws Error{Invalid} with the files and what to do:
  //   RevisionDuplicate  one id, or one branch label, in two files
  //   RevisionMissing    revises or depends on an id that no file has
  //   RevisionSelf       revises itself
  //   RevisionCycle      the revisions revise one another in a circle
  //   DependencySelf     depends on itself
  //   DependencyCycle    a circle that takes a depends-on
  explicit Graph(std::vector<Revision> revisions);

  // Those that run after all others, ordered by file; they have no place in the graph.
  const std::vector<Revision>& repeatables() const { return repeatables_; }

  // In topological order: what a revision revises or depends on stands before it.
  const std::vector<Revision>& revisions() const { return *revisions_; }
  const Revision& at(Node node) const { return (*revisions_)[node]; }
  // The same, for who may outlive the graph: a directory's texts are in memory once.
  std::shared_ptr<const Revision> share(Node node) const {
    return {revisions_, &(*revisions_)[node]};
  }

  // By exact id.
  std::optional<Node> find(std::string_view id) const;
  // By exact id, by the branch label that it carries, or by a prefix that just one id or label of
  // more than 3 characters has (Alembic's rule: the limit is for what is found, not for what is
  // typed). `within`: prefixes are looked up among these revisions only. Throws Error{Invalid,
  // "TargetUnknown"} or {Invalid, "TargetAmbiguous"} naming the matches.
  Node resolve(std::string_view name, const std::vector<bool>* within = nullptr) const;

  // Ids, in topological order. Heads, bases and branch points count `revises` only, as Alembic
  // does; the effective heads are those that nothing depends on either.
  std::vector<std::string> heads() const;
  std::vector<std::string> effective_heads() const;
  std::vector<std::string> bases() const;
  std::vector<std::string> branch_points() const;

  const std::vector<Node>& revises(Node node) const { return revises_[node]; }
  const std::vector<Node>& revised_by(Node node) const { return revised_by_[node]; }
  // revises and depends-on together, and the other way round.
  const std::vector<Node>& parents(Node node) const { return parents_[node]; }
  const std::vector<Node>& children(Node node) const { return children_[node]; }

  // Membership by node of the given nodes and all they need; or of all that needs them.
  std::vector<bool> ancestors(const std::vector<Node>& nodes) const;
  std::vector<bool> descendants(const std::vector<Node>& nodes) const;
  // The node, what it descends from and what descends from it, by `revises` only: the members of
  // its branch.
  std::vector<bool> lineage(Node node) const;

  // By node: the labels of the branches that it is on. A label counts for what descends from the
  // revision that carries it, and for what leads to that one without a fork or merge. Costs labels
  // times revisions.
  std::vector<std::set<std::string>> branch_names() const;

 private:
  void set_repeatables_apart();
  void sort_by_id();
  void rearrange(const std::vector<Node>& sequence);
  void index_names();
  void resolve_edges();
  void link(Node node);
  void order();

  std::shared_ptr<std::vector<Revision>> revisions_;
  std::vector<Revision> repeatables_;
  std::map<std::string, Node, std::less<>> by_id_;
  std::map<std::string, Node, std::less<>> by_label_;
  std::vector<std::vector<Node>> revises_, revised_by_, parents_, children_;
};

// The newest among the given revisions: those that no other of them revises. Ids that the graph
// does not know are left out. In topological order.
std::vector<std::string> heads_among(const Graph& graph, const std::set<std::string>& ids);

}  // namespace sluice::revisions
