// Says where a database stands without running anything: for one that was migrated by other means,
// and to put right what the ledger says.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "ledger/state.h"
#include "postgres/advisory_lock.h"
#include "revisions/graph.h"

namespace sluice::engine {

struct Stamp {
  std::string target_text;
  // What the ledger is to hold, nothing else, in the graph's order.
  std::vector<ledger::AppliedRevision> rows;
  std::vector<std::string> heads;    // of those
  std::vector<std::string> added;    // ids that the ledger did not have
  std::vector<std::string> removed;  // and that it had
};

// Targets as upgrade takes them, `base` for nothing. The revisions that they mean and all that
// those need count as applied. As with Alembic, what the database holds in another line of
// revisions, neither before nor after a target, stays, unless the target is `base`. With `purge`
// only what the targets say stays; it also forgets applied revisions that no file has, which
// without it are Error{Refused, "DatabaseDiverged"}. Throws also what revisions/target.h says.
// Pure.
Stamp plan_stamp(const revisions::Graph& graph, const ledger::State& state,
                 const std::vector<std::string>& targets, bool purge);

// Exactly these revisions, whether or not what they need is among them.
Stamp plan_stamp_of(const revisions::Graph& graph, const ledger::State& state,
                    const std::set<std::string>& ids, const std::string& target_text, bool purge);

// Writes it, in one transaction and as a run of the kind `stamp`. What interrupted runs left half
// done is forgotten, too. Makes the ledger when there is none; does nothing when there is nothing
// to change. Repeatable revisions stay as they are recorded. Throws as apply() does.
void apply_stamp(postgres::AdvisoryLock& lock, const ledger::State& state, const Stamp& stamp);

// The same as a script for psql, for a database that nobody looks at now.
std::string stamp_script(const Stamp& stamp);

}  // namespace sluice::engine
