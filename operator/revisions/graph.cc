#include "revisions/graph.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <queue>

#include "base/error.h"
#include "base/text.h"

namespace sluice::revisions {
namespace {

using base::Error;
using base::ErrorKind;

[[noreturn]] void refuse(const char* reason, const std::string& message,
                         const std::string& remedy) {
  throw Error(ErrorKind::Invalid, reason, message, remedy);
}

std::vector<bool> reach(const std::vector<std::vector<Node>>& edges,
                        const std::vector<Node>& from) {
  std::vector<bool> seen(edges.size());
  std::vector<Node> todo = from;
  while (!todo.empty()) {
    const Node node = todo.back();
    todo.pop_back();
    if (seen[node]) continue;
    seen[node] = true;
    todo.insert(todo.end(), edges[node].begin(), edges[node].end());
  }
  return seen;
}

// One cycle among the nodes that are left (each has a parent that is left, too), by file.
std::string name_cycle(const std::vector<Revision>& revisions,
                       const std::vector<std::vector<Node>>& parents, const std::vector<bool>& left,
                       std::string_view verb) {
  auto node = static_cast<Node>(std::ranges::find(left, true) - left.begin());
  std::vector<size_t> position(revisions.size(), 0);
  std::vector<Node> walk;
  while (position[node] == 0) {
    walk.push_back(node);
    position[node] = walk.size();
    node = *std::ranges::find_if(parents[node], [&](Node parent) { return left[parent]; });
  }
  std::vector<std::string> names;
  for (size_t i = position[node] - 1; i < walk.size(); ++i)
    names.push_back(revisions[walk[i]].id + " (" + revisions[walk[i]].file + ")");
  if (constexpr size_t kMany = 10; names.size() > kMany) {
    names.resize(kMany);
    names.emplace_back("…");
  }
  names.push_back(names.front());
  return base::join(names, " " + std::string(verb) + " ");
}

// Kahn's algorithm, smallest node first, which makes the order unique. Marks in `left` what stands
// on a cycle, or behind one.
std::vector<Node> sort_topologically(const std::vector<std::vector<Node>>& parents,
                                     const std::vector<std::vector<Node>>& children,
                                     std::vector<bool>& left) {
  const size_t count = parents.size();
  std::vector<size_t> waits_for(count);
  std::priority_queue<Node, std::vector<Node>, std::greater<>> ready;
  for (Node node = 0; node < count; ++node) {
    waits_for[node] = parents[node].size();
    if (waits_for[node] == 0) ready.push(node);
  }
  left.assign(count, true);
  std::vector<Node> sequence;
  while (!ready.empty()) {
    const Node node = ready.top();
    ready.pop();
    left[node] = false;
    sequence.push_back(node);
    for (const Node child : children[node])
      if (--waits_for[child] == 0) ready.push(child);
  }
  return sequence;
}

}  // namespace

Graph::Graph(std::vector<Revision> revisions)
    : revisions_(std::make_shared<std::vector<Revision>>(std::move(revisions))) {
  set_repeatables_apart();
  sort_by_id();
  index_names();
  resolve_edges();
  order();
}

void Graph::set_repeatables_apart() {
  const auto apart = std::stable_partition(revisions_->begin(), revisions_->end(),
                                           [](const Revision& each) { return !each.repeatable; });
  std::move(apart, revisions_->end(), std::back_inserter(repeatables_));
  revisions_->erase(apart, revisions_->end());
  std::ranges::stable_sort(repeatables_, {}, &Revision::file);
  std::map<std::string_view, const Revision*> seen;
  for (const Revision& revision : repeatables_)
    if (const auto [at, fresh] = seen.emplace(revision.id, &revision); !fresh)
      refuse("RevisionDuplicate",
             "repeatable revision " + revision.id + " stands in two files: " + at->second->file +
                 " and " + revision.file,
             "remove one, or give it an id of its own");
}

// Whatever order the caller has, the result is the same. Each revision is moved once.
void Graph::sort_by_id() {
  std::vector<Node> sequence(revisions_->size());
  std::iota(sequence.begin(), sequence.end(), Node{0});
  std::ranges::stable_sort(
      sequence, {}, [this](Node node) -> const auto& { return (*revisions_)[node].id; });
  rearrange(sequence);
}

void Graph::rearrange(const std::vector<Node>& sequence) {
  std::vector<Revision> revisions;
  revisions.reserve(sequence.size());
  for (const Node node : sequence) revisions.push_back(std::move((*revisions_)[node]));
  *revisions_ = std::move(revisions);
}

void Graph::index_names() {
  for (Node node = 0; node < revisions_->size(); ++node) {
    const Revision& revision = (*revisions_)[node];
    const auto at = by_id_.emplace_hint(by_id_.end(), revision.id, node);
    if (at->second != node)
      refuse("RevisionDuplicate",
             "revision " + revision.id + " stands in two files: " + (*revisions_)[at->second].file +
                 " and " + revision.file,
             "remove one, or give it an id of its own");
  }
  for (Node node = 0; node < revisions_->size(); ++node)
    for (const std::string& label : (*revisions_)[node].branch_labels) {
      const auto [at, is_new] = by_label_.emplace(label, node);
      if (!is_new || by_id_.contains(label))
        refuse("RevisionDuplicate",
               "branch label " + label + " in " + (*revisions_)[node].file + " is also " +
                   (is_new ? "the id of " + (*revisions_)[by_id_.find(label)->second].file
                           : "in " + (*revisions_)[at->second].file),
               "a label names one branch; rename one");
    }
}

void Graph::resolve_edges() {
  const size_t count = revisions_->size();
  revises_.assign(count, {});
  revised_by_.assign(count, {});
  parents_.assign(count, {});
  children_.assign(count, {});
  for (Node node = 0; node < count; ++node) link(node);
}

void Graph::link(Node node) {
  const Revision& revision = (*revisions_)[node];
  for (const std::string& id : revision.revises) {
    const std::optional<Node> parent = find(id);
    if (!parent)
      refuse("RevisionMissing", revision.file + ": revises " + id + ", which no file has",
             "add the file that is missing, or correct the id");
    if (*parent == node)
      refuse("RevisionSelf", revision.file + ": revision " + id + " revises itself",
             "name the revision that it follows");
    revises_[node].push_back(*parent);
    revised_by_[*parent].push_back(node);
    parents_[node].push_back(*parent);
  }
  for (const std::string& name : revision.depends_on) {
    Node parent = 0;
    try {
      parent = resolve(name);
    } catch (const Error& error) {
      refuse("RevisionMissing", revision.file + ": depends-on " + name + ": " + error.message(),
             "name a revision or branch label that there is");
    }
    if (parent == node)
      refuse("DependencySelf", revision.file + ": revision " + revision.id + " depends on itself",
             "remove the depends-on");
    if (std::ranges::find(parents_[node], parent) == parents_[node].end())
      parents_[node].push_back(parent);
  }
  for (const Node parent : parents_[node]) children_[parent].push_back(node);
}

// Afterwards a node's number is its place in the order, so that later traversals need no sorting.
void Graph::order() {
  const size_t count = revisions_->size();
  std::vector<bool> left;
  const std::vector<Node> sequence = sort_topologically(parents_, children_, left);
  if (sequence.size() != count) {
    std::vector<bool> revising;
    if (sort_topologically(revises_, revised_by_, revising).size() != count)
      refuse(
          "RevisionCycle",
          "the revisions form a cycle: " + name_cycle(*revisions_, revises_, revising, "revises"),
          "one of them must revise an earlier revision, or none");
    refuse("DependencyCycle",
           "the revisions' dependencies form a cycle: " +
               name_cycle(*revisions_, parents_, left, "needs"),
           "remove one of the depends-on");
  }
  rearrange(sequence);
  std::vector<Node> place(count);
  for (Node node = 0; node < count; ++node) place[sequence[node]] = node;
  for (auto* index : {&by_id_, &by_label_})
    for (auto& entry : *index) entry.second = place[entry.second];
  for (auto* edges : {&revises_, &revised_by_, &parents_, &children_}) {
    std::vector<std::vector<Node>> moved(count);
    for (Node node = 0; node < count; ++node) {
      for (Node& other : (*edges)[node]) other = place[other];
      moved[place[node]] = std::move((*edges)[node]);
    }
    *edges = std::move(moved);
  }
  // As if the revisions had come in this order.
  for (auto* edges : {&revised_by_, &children_})
    for (std::vector<Node>& list : *edges) std::ranges::sort(list);
}

std::optional<Node> Graph::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

Node Graph::resolve(std::string_view name, const std::vector<bool>* within) const {
  if (const std::optional<Node> exact = find(name)) return *exact;
  if (const auto label = by_label_.find(name); label != by_label_.end()) return label->second;
  constexpr size_t kMany = 10;
  constexpr size_t kShortest = 4;
  std::vector<std::string> matches;
  std::optional<Node> node;
  for (const auto* index : {&by_id_, &by_label_})
    for (auto at = name.empty() ? index->end() : index->lower_bound(name);
         at != index->end() && at->first.starts_with(name) && matches.size() <= kMany; ++at) {
      if (at->first.size() < kShortest || (within != nullptr && !(*within)[at->second])) continue;
      matches.push_back(at->first);
      node = at->second;
    }
  if (matches.size() == 1) return *node;
  if (matches.empty())
    refuse("TargetUnknown", "no revision or branch " + base::truncate_utf8(name, 80),
           "name an id, the beginning of one that is longer than 3 characters, or a branch label");
  if (matches.size() > kMany) matches.back() = "…";
  refuse("TargetAmbiguous",
         "several revisions begin with " + std::string(name) + ": " + base::join(matches, ", "),
         "write more of the id");
}

std::vector<std::string> Graph::heads() const {
  std::vector<std::string> ids;
  for (Node node = 0; node < revisions_->size(); ++node)
    if (revised_by_[node].empty()) ids.push_back((*revisions_)[node].id);
  return ids;
}

std::vector<std::string> Graph::effective_heads() const {
  std::vector<std::string> ids;
  for (Node node = 0; node < revisions_->size(); ++node)
    if (children_[node].empty()) ids.push_back((*revisions_)[node].id);
  return ids;
}

std::vector<std::string> Graph::bases() const {
  std::vector<std::string> ids;
  for (Node node = 0; node < revisions_->size(); ++node)
    if (revises_[node].empty()) ids.push_back((*revisions_)[node].id);
  return ids;
}

std::vector<std::string> Graph::branch_points() const {
  std::vector<std::string> ids;
  for (Node node = 0; node < revisions_->size(); ++node)
    if (revised_by_[node].size() > 1) ids.push_back((*revisions_)[node].id);
  return ids;
}

std::vector<bool> Graph::ancestors(const std::vector<Node>& nodes) const {
  return reach(parents_, nodes);
}

std::vector<bool> Graph::descendants(const std::vector<Node>& nodes) const {
  return reach(children_, nodes);
}

std::vector<bool> Graph::lineage(Node node) const {
  std::vector<bool> members = reach(revises_, {node});
  const std::vector<bool> later = reach(revised_by_, {node});
  for (Node each = 0; each < members.size(); ++each)
    if (later[each]) members[each] = true;
  return members;
}

std::vector<std::set<std::string>> Graph::branch_names() const {
  std::vector<std::set<std::string>> names(revisions_->size());
  for (const auto& [label, carrier] : by_label_) {
    const std::vector<bool> later = reach(revised_by_, {carrier});
    for (Node node = carrier; node < later.size(); ++node)
      if (later[node]) names[node].insert(label);
    for (Node node = carrier; revises_[node].size() == 1;) {
      node = revises_[node].front();
      if (children_[node].size() > 1) break;
      names[node].insert(label);
    }
  }
  return names;
}

std::vector<std::string> heads_among(const Graph& graph, const std::set<std::string>& ids) {
  std::vector<std::string> heads;
  for (Node node = 0; node < graph.revisions().size(); ++node) {
    if (!ids.contains(graph.at(node).id)) continue;
    const bool revised = std::ranges::any_of(
        graph.revised_by(node), [&](Node child) { return ids.contains(graph.at(child).id); });
    if (!revised) heads.push_back(graph.at(node).id);
  }
  return heads;
}

}  // namespace sluice::revisions
