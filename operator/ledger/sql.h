// The SQL that writes the ledger, as text without parameters: sent by a run, or printed for psql.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/state.h"

namespace sluice::ledger {

// ARRAY[…]::text[]
std::string array(const std::vector<std::string>& list);

// A run, as SQL expressions.
struct RunSql {
  std::string id;
  std::string epoch;
};

enum class Origin { User, Sluice, Repeatable };
std::string_view to_string(Origin origin);

// One row of sluice.revisions and one of sluice.history. A repeatable revision takes the place of
// itself. `duration_ms`: an expression. A SELECT, of one row without a value.
std::string applied_sql(Origin origin, const RunSql& run, const AppliedRevision& revision,
                        const std::string& duration_ms, std::string_view direction = "up");
// Part of a WITH: where `gone` has rows, every repeatable revision is due again, because what it
// made may be gone, too.
std::string repeatables_due_sql();
// Adds no row to the history when the revision is not there. RETURNING may follow.
std::string unapplied_sql(const RunSql& run, const std::string& id, const std::string& duration_ms,
                          std::string_view direction = "down");
// One row of sluice.syncs and one of sluice.history.
std::string synced_sql(const RunSql& run, const SyncedPart& part, const std::string& duration_ms);
// Takes the next epoch. RETURNING may follow.
std::string start_run_sql(const std::string& id, std::string_view kind, std::string_view target,
                          std::string_view plan_digest);

// What an applied revision revises, and its text.
std::string relink_sql(const AppliedRevision& revision);
// A statement of a revision without a transaction, as done; and a batched one, as come so far:
// `last_key` and `end_key` are expressions.
std::string statement_done_sql(const RunSql& run, const StatementRecord& record);
std::string batch_done_sql(const RunSql& run, const StatementRecord& record,
                           const std::string& last_key, const std::string& end_key);

}  // namespace sluice::ledger
