// Which revisions count as applied: by the database, or by what the user says.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/common.h"
#include "revisions/graph.h"

namespace sluice::cli {

struct Standing {
  std::set<std::string> applied;
  std::vector<std::string> heads;  // in the order in which they were named or applied
};

// `at`: revisions of the graph with commas between, whose ancestors and dependencies count as
// applied too, or `base`. Throws as revisions/target.h says.
Standing standing_at(const revisions::Graph& graph, std::string_view at);

// By the ledger of the database that the options name.
Standing standing_of_database(const CommonOptions& options);

// Whether the options or the environment name a database, other than by libpq's own variables.
bool names_database(const CommonOptions& options);

}  // namespace sluice::cli
