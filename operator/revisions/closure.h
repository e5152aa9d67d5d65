// Ancestors, without asking that the graph is whole.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "revisions/revision.h"

namespace sluice::revisions {

// Revision id → the ids that it revises or depends on.
using Parents = std::map<std::string, std::vector<std::string>>;

// Labels and prefixes in depends-on are replaced by ids where they name exactly one.
Parents parents_of(const std::vector<Revision>& revisions);

// The given ids and all their ancestors. Ids that `parents` does not hold count, without ancestors;
// cycles are no problem. Linear.
std::set<std::string> closure(const Parents& parents, const std::vector<std::string>& ids);

}  // namespace sluice::revisions
