#include "revisions/closure.h"

#include <algorithm>

namespace sluice::revisions {
namespace {

// The one id that `name` means: itself, a label's, or that of a prefix of more than 3 characters.
std::string resolve(const Parents& parents, const std::map<std::string, std::string>& labels,
                    const std::string& name) {
  if (parents.contains(name)) return name;
  if (const auto label = labels.find(name); label != labels.end()) return label->second;
  if (name.size() <= 3) return name;
  const auto first = parents.lower_bound(name);
  if (first == parents.end() || !first->first.starts_with(name)) return name;
  const auto next = std::next(first);
  return next != parents.end() && next->first.starts_with(name) ? name : first->first;
}

}  // namespace

Parents parents_of(const std::vector<Revision>& revisions) {
  Parents parents;
  std::map<std::string, std::string> labels;
  for (const Revision& revision : revisions) {
    parents[revision.id] = revision.revises;
    for (const std::string& label : revision.branch_labels) labels[label] = revision.id;
  }
  for (const Revision& revision : revisions)
    for (const std::string& name : revision.depends_on)
      parents[revision.id].push_back(resolve(parents, labels, name));
  return parents;
}

std::set<std::string> closure(const Parents& parents, const std::vector<std::string>& ids) {
  std::set<std::string> seen;
  std::vector<std::string> todo = ids;
  while (!todo.empty()) {
    const std::string id = std::move(todo.back());
    todo.pop_back();
    if (!seen.insert(id).second) continue;
    if (const auto found = parents.find(id); found != parents.end())
      todo.insert(todo.end(), found->second.begin(), found->second.end());
  }
  return seen;
}

}  // namespace sluice::revisions
