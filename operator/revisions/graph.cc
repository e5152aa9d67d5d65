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
                       Node node) {
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
  return base::join(names, " needs ");
}

}  // namespace

Graph::Graph(std::vector<Revision> revisions) : revisions_(std::move(revisions)) {
  set_repeatables_apart();
  sort_by_id();
  resolve_edges();
  order();
}

void Graph::set_repeatables_apart() {
  const auto apart = std::stable_partition(revisions_.begin(), revisions_.end(),
                                           [](const Revision& each) { return !each.repeatable; });
  std::move(apart, revisions_.end(), std::back_inserter(repeatables_));
  revisions_.erase(apart, revisions_.end());
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
  std::vector<Node> sequence(revisions_.size());
  std::iota(sequence.begin(), sequence.end(), Node{0});
  std::ranges::stable_sort(
      sequence, {}, [this](Node node) -> const auto& { return revisions_[node].id; });
  rearrange(sequence);
}

void Graph::rearrange(const std::vector<Node>& sequence) {
  std::vector<Revision> revisions;
  revisions.reserve(sequence.size());
  for (const Node node : sequence) revisions.push_back(std::move(revisions_[node]));
  revisions_ = std::move(revisions);
}

void Graph::resolve_edges() {
  for (Node node = 0; node < revisions_.size(); ++node) {
    const Revision& revision = revisions_[node];
    const auto at = by_id_.emplace_hint(by_id_.end(), revision.id, node);
    if (at->second != node)
      refuse("RevisionDuplicate",
             "revision " + revision.id + " stands in two files: " + revisions_[at->second].file +
                 " and " + revision.file,
             "remove one, or give it an id of its own");
  }
  for (Node node = 0; node < revisions_.size(); ++node)
    for (const std::string& label : revisions_[node].branch_labels) {
      const auto [at, is_new] = by_label_.emplace(label, node);
      if (!is_new || by_id_.contains(label))
        refuse("RevisionDuplicate",
               "branch label " + label + " in " + revisions_[node].file + " is also " +
                   (is_new ? "the id of " + revisions_[by_id_.find(label)->second].file
                           : "in " + revisions_[at->second].file),
               "a label names one branch; rename one");
    }
  const size_t count = revisions_.size();
  revises_.assign(count, {});
  revised_by_.assign(count, {});
  parents_.assign(count, {});
  children_.assign(count, {});
  for (Node node = 0; node < count; ++node) {
    const Revision& revision = revisions_[node];
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
      const auto label = by_label_.find(name);
      std::optional<Node> parent = label != by_label_.end() ? label->second : find(name);
      if (!parent) {
        try {
          parent = resolve(name);
        } catch (const Error& error) {
          refuse("RevisionMissing", revision.file + ": depends-on " + name + ": " + error.message(),
                 "name a revision or branch label that there is");
        }
      }
      if (*parent == node)
        refuse("RevisionSelf", revision.file + ": revision " + revision.id + " depends on itself",
               "remove the depends-on");
      if (std::ranges::find(parents_[node], *parent) == parents_[node].end())
        parents_[node].push_back(*parent);
    }
    for (const Node parent : parents_[node]) children_[parent].push_back(node);
  }
}

// Kahn's algorithm, smallest id first, which makes the order unique. Afterwards a node's number is
// its place, so that later traversals need no sorting.
void Graph::order() {
  const size_t count = revisions_.size();
  std::vector<size_t> waits_for(count);
  std::priority_queue<Node, std::vector<Node>, std::greater<>> ready;
  for (Node node = 0; node < count; ++node) {
    waits_for[node] = parents_[node].size();
    if (waits_for[node] == 0) ready.push(node);
  }
  std::vector<bool> left(count, true);
  std::vector<Node> sequence;
  while (!ready.empty()) {
    const Node node = ready.top();
    ready.pop();
    left[node] = false;
    sequence.push_back(node);
    for (const Node child : children_[node])
      if (--waits_for[child] == 0) ready.push(child);
  }
  if (const auto stuck = std::ranges::find(left, true); stuck != left.end())
    refuse("RevisionCycle",
           "the revisions form a cycle: " +
               name_cycle(revisions_, parents_, left, static_cast<Node>(stuck - left.begin())),
           "one of them must revise an earlier revision, or none");
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

Node Graph::resolve(std::string_view name) const {
  if (const std::optional<Node> exact = find(name)) return *exact;
  std::vector<std::string> matches;
  // Alembic takes a prefix only when it is longer than 3 characters.
  if (name.size() > 3)
    for (auto at = by_id_.lower_bound(name); at != by_id_.end() && at->first.starts_with(name);
         ++at)
      matches.push_back(at->first);
  if (matches.size() == 1) return *find(matches.front());
  if (matches.empty())
    refuse("TargetUnknown", "no revision " + std::string(name),
           "name an id, or more than 3 characters with which it begins");
  if (constexpr size_t kMany = 10; matches.size() > kMany) {
    matches.resize(kMany);
    matches.emplace_back("…");
  }
  refuse("TargetAmbiguous",
         "several revisions begin with " + std::string(name) + ": " + base::join(matches, ", "),
         "write more of the id");
}

Node Graph::branch(std::string_view name) const {
  if (const auto label = by_label_.find(name); label != by_label_.end()) return label->second;
  return resolve(name);
}

std::vector<std::string> Graph::heads() const {
  std::vector<std::string> ids;
  for (Node node = 0; node < revisions_.size(); ++node)
    if (revised_by_[node].empty()) ids.push_back(revisions_[node].id);
  return ids;
}

std::vector<std::string> Graph::bases() const {
  std::vector<std::string> ids;
  for (Node node = 0; node < revisions_.size(); ++node)
    if (revises_[node].empty()) ids.push_back(revisions_[node].id);
  return ids;
}

std::vector<std::string> Graph::branch_points() const {
  std::vector<std::string> ids;
  for (Node node = 0; node < revisions_.size(); ++node)
    if (revised_by_[node].size() > 1) ids.push_back(revisions_[node].id);
  return ids;
}

std::vector<bool> Graph::ancestors(const std::vector<Node>& nodes) const {
  return reach(parents_, nodes);
}

std::vector<bool> Graph::descendants(const std::vector<Node>& nodes) const {
  return reach(children_, nodes);
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
