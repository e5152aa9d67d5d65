// A database is brought to a wanted schema: compared, changed by the engine, compared again.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "desired/load.h"
#include "engine/apply.h"
#include "postgres/advisory_lock.h"
#include "schema/diff.h"

namespace sluice::desired {

enum class Policy { Additive, Full };

struct SyncRequest {
  Policy policy = Policy::Additive;
  // Of Policy::Full: rows and values may be lost.
  bool allow_data_loss = false;
  schema::DiffOptions compare;  // additive_only and renames are set from the above and the hints
  engine::ApplyOptions apply;
};

struct AddedColumn {
  std::string table;   // as SQL writes it
  std::string column;  // unquoted
  std::string type;
  std::string sql;
};

struct SyncReport {
  size_t tables_looked_at = 0;
  // As SQL writes them, sorted; without those that come new or go.
  std::vector<std::string> tables_changed;
  std::vector<std::string> tables_created;
  std::vector<std::string> tables_dropped;
  std::vector<AddedColumn> columns_added;  // to tables that were there
  std::vector<schema::Group> groups;
  std::vector<schema::LeftUndone> left_undone;
  std::vector<std::string> warnings;
  // After the changes: whether nothing is left that this policy would do.
  bool verified = false;
  std::vector<schema::Difference> remaining;

  size_t statements() const;
};

// What is to be done, from two catalogs. Pure. Throws what pending() and schema::diff() throw, and
// Error{Refused, "DataLoss"} naming the statements, where the request does not allow it.
SyncReport plan_sync(const schema::Catalog& live, const Loaded& wanted, const SyncRequest& request);

// The same for the engine; no steps where nothing is to be done. Pure. Throws as
// engine::plan_sync().
engine::Plan to_plan(const SyncReport& report, const Loaded& wanted, const SyncRequest& request,
                     const ledger::State& state);

// Does it, as a run in the ledger, and verifies. Nothing to do writes nothing. `lock` is held from
// before the comparison. Throws also as engine::apply() does; a run that was killed is taken up by
// the next, which compares anew.
SyncReport sync(postgres::AdvisoryLock& lock, const Loaded& wanted, const SyncRequest& request,
                engine::Observer& observer, const std::stop_token& stop);

}  // namespace sluice::desired
