#include "revisions/closure.h"

#include <algorithm>

namespace sluice::revisions {
namespace {

// The one id that `name` means: itself, a label's, or that of a prefix which only one id or label
// of more than 3 characters has. `names` holds ids and labels.
std::string resolve(const std::map<std::string, std::string>& names, const std::string& name) {
  if (const auto exact = names.find(name); exact != names.end()) return exact->second;
  constexpr size_t kShortest = 4;
  const std::string* found = nullptr;
  for (auto at = names.lower_bound(name); at != names.end() && at->first.starts_with(name); ++at) {
    if (at->first.size() < kShortest) continue;
    if (found != nullptr) return name;
    found = &at->second;
  }
  return found == nullptr ? name : *found;
}

}  // namespace

Parents parents_of(const std::vector<Revision>& revisions) {
  Parents parents;
  std::map<std::string, std::string> names;
  for (const Revision& revision : revisions) {
    parents[revision.id] = revision.revises;
    for (const std::string& label : revision.branch_labels) names[label] = revision.id;
  }
  for (const auto& [id, revises] : parents) names[id] = id;
  for (const Revision& revision : revisions)
    for (const std::string& name : revision.depends_on)
      parents[revision.id].push_back(resolve(names, name));
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
