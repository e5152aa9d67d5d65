// The tables of schema `sluice` (migrations/ at the root of the project). Every function but read()
// expects that the caller holds the advisory lock of the same session.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/state.h"
#include "postgres/session.h"

namespace sluice::ledger {

// Writes nothing. With `texts` false the revisions' text is left out. Throws Error{Refused,
// "LedgerNewer"} when a newer Sluice wrote the ledger.
State read(postgres::Session& session, bool texts = true);

// Brings the ledger's own schema up to date; does nothing when it is. Same errors as read().
void migrate(postgres::Session& session);

struct Run {
  std::string id;
  int64_t epoch = 0;
};

// Takes the next epoch and records the run, in a transaction of its own.
Run start_run(postgres::Session& session, const std::string& id, std::string_view kind,
              std::string_view target, std::string_view plan_digest);
// outcome: succeeded, failed. Best effort is the caller's decision: it throws as any statement.
void finish_run(postgres::Session& session, const Run& run, std::string_view outcome,
                std::string_view message);

// Inside a revision's transaction. Throws Error{Refused, "Fenced"} when a newer run has started,
// and keeps any from starting until the transaction ends.
void check_fence(postgres::Session& session, const Run& run);
void record_up(postgres::Session& session, const Run& run, const AppliedRevision& revision,
               std::chrono::milliseconds duration);
// Moves the revision out of the applied ones; history keeps it.
void record_down(postgres::Session& session, const Run& run, const std::string& id,
                 std::chrono::milliseconds duration);

}  // namespace sluice::ledger
