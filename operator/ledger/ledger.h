// The tables of schema `sluice` (migrations/ at the root of the project). Every function but read()
// expects that the caller holds the advisory lock of the same session.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/sql.h"
#include "ledger/state.h"
#include "postgres/session.h"

namespace sluice::ledger {

// Writes nothing. With `texts` false the revisions' text is left out. Throws Error{Refused,
// "LedgerNewer"} when a newer Sluice wrote the ledger, "LedgerForeign" when its table is another's.
State read(postgres::Session& session, bool texts = true);

// State::heads() of what is there now, alone.
std::vector<std::string> read_heads(postgres::Session& session);

// Brings the ledger's own schema up to date; does nothing when it is. Same errors as read().
void migrate(postgres::Session& session);

struct Run {
  std::string id;
  int64_t epoch = 0;
};

// For ledger/sql.h.
RunSql to_sql(const Run& run);

// local-<time>-<pid>, for a run that nobody gave a name.
std::string make_run_id();
// Takes the next epoch and records the run, in a transaction of its own.
Run start_run(postgres::Session& session, const std::string& id, std::string_view kind,
              std::string_view target, std::string_view plan_digest);
// outcome: succeeded, failed. Best effort is the caller's decision: it throws as any statement.
void finish_run(postgres::Session& session, const Run& run, std::string_view outcome,
                std::string_view message);

// Inside a revision's transaction. Throws Error{Refused, "Fenced"} when a newer run has started,
// and keeps any from starting until the transaction ends.
void check_fence(postgres::Session& session, const Run& run);
// The same in one exchange with `before`, which begins the transaction.
void begin_fenced(postgres::Session& session, const Run& run, const std::string& before);

// Moves the revision out of the applied ones; history keeps it. `before` is SQL to send along, in
// front.
void record_down(postgres::Session& session, const Run& run, const std::string& id,
                 std::chrono::milliseconds duration, const std::string& before = {});
// An applied revision's text, checksums and what it revises become those given.
void repair(postgres::Session& session, const Run& run, const AppliedRevision& revision,
            bool repeatable);
// Makes the user's applied revisions exactly these, in this order; rows that stay are not touched.
// The repeatable ones remain.
void replace_applied(postgres::Session& session, const Run& run,
                     const std::vector<AppliedRevision>& revisions);

bool is_recorded_sync(postgres::Session& session, const Run& run, const std::string& id);
// What syncs that were interrupted have written down of their statements: the next one compares
// anew. read() leaves it out.
void forget_syncs(postgres::Session& session, const Run& run);

// Whether this run has recorded it, which answers a COMMIT in doubt.
bool is_recorded_up(postgres::Session& session, const Run& run, const std::string& id,
                    bool repeatable);
bool is_recorded_down(postgres::Session& session, const Run& run, const std::string& id);
// As recorded now.
std::optional<StatementRecord> find_statement(postgres::Session& session,
                                              const std::string& revision, bool up,
                                              uint32_t number);
void write_statement(postgres::Session& session, const Run& run, const StatementRecord& record);
void forget_statement(postgres::Session& session, const StatementRecord& record);
// All of one revision.
void forget_statements(postgres::Session& session, const std::string& revision);

}  // namespace sluice::ledger
