// What leads a database to a wanted schema, as a plan that apply() runs: locks, fence, patience and
// ledger are those of revisions. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/plan.h"

namespace sluice::engine {

// Statements, without semicolons, that share a transaction; or one that runs outside of any.
struct SyncPart {
  bool transactional = true;
  std::vector<std::string> statements;
};

// `wanted`: digest of the wanted schema; `target_text`: what the ledger calls the run's target.
// Nothing of an interrupted sync is gone on with: whoever syncs again compares anew. Throws
// Error{Refused, "RevisionUnfinished"} when a revision was interrupted.
Plan plan_sync(const std::vector<SyncPart>& parts, const ledger::State& state,
               const std::string& wanted, const std::string& target_text);

}  // namespace sluice::engine
