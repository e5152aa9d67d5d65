// Where the ledger and the files say different things of an applied revision, and how the files
// come to be believed.
#pragma once

#include <string>
#include <vector>

#include "ledger/state.h"
#include "postgres/advisory_lock.h"
#include "revisions/graph.h"

namespace sluice::engine {

struct Drift {
  std::string file;
  bool repeatable = false;
  // Other statements, or another place in the graph: an upgrade refuses. Otherwise only comments,
  // the header or the down section differ.
  bool refuses = false;
  ledger::AppliedRevision recorded;
  ledger::AppliedRevision now;
};

// Pure; `state` with texts. In the graph's order. Repeatable revisions whose statements changed are
// none: they are pending.
std::vector<Drift> find_drift(const revisions::Graph& graph, const ledger::State& state);

// The ledger takes over what the files say; no statement of them is run.
void accept(postgres::AdvisoryLock& lock, const std::vector<Drift>& drifts);

// Forgets what an interrupted run of a revision without a transaction did. Throws Error{Invalid,
// "TargetUnknown"} when there is nothing of it.
void abandon(postgres::AdvisoryLock& lock, const ledger::State& state, const std::string& revision);

}  // namespace sluice::engine
