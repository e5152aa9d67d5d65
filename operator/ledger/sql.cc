#include "ledger/sql.h"

#include "base/digest.h"
#include "sql/quote.h"

namespace sluice::ledger {

using sql::literal;

std::string array(const std::vector<std::string>& list) {
  std::string text = "ARRAY[";
  for (const std::string& item : list) text += (&item == &list.front() ? "" : ",") + literal(item);
  return text + "]::text[]";
}

std::string_view to_string(Origin origin) {
  switch (origin) {
    case Origin::User:
      return "user";
    case Origin::Sluice:
      return "sluice";
    case Origin::Repeatable:
      return "repeatable";
  }
  return {};
}

std::string applied_sql(Origin origin, const RunSql& run, const AppliedRevision& revision,
                        const std::string& duration_ms, std::string_view direction) {
  return "SELECT sluice.record_applied(" + literal(direction) + ", " + literal(to_string(origin)) +
         ", " + literal(revision.id) + ", " + array(revision.revises) + ", " +
         array(revision.depends_on) + ", " + array(revision.branch_labels) + ", " +
         literal(revision.message) + ", " + literal(revision.file) + ", " + literal(revision.text) +
         ", " + literal(revision.raw_checksum) + ", " + literal(revision.canonical_checksum) +
         ", " + run.id + ", " + run.epoch + ", " + duration_ms + ")";
}

std::string repeatables_due_sql() {
  return "due AS (UPDATE sluice.revisions SET canonical_checksum = '' WHERE origin = 'repeatable' "
         "AND EXISTS (SELECT FROM gone))";
}

std::string unapplied_sql(const RunSql& run, const std::string& id, const std::string& duration_ms,
                          std::string_view direction) {
  return "WITH gone AS (DELETE FROM sluice.revisions WHERE origin = 'user' AND id = " +
         literal(id) + " RETURNING *), " + repeatables_due_sql() +
         " INSERT INTO sluice.history (direction, origin, revision, raw_checksum, "
         "run, epoch, duration_ms) SELECT " +
         literal(direction) + ", origin, id, raw_checksum, " + run.id + ", " + run.epoch + ", " +
         duration_ms + " FROM gone";
}

std::string synced_sql(const RunSql& run, const SyncedPart& part, const std::string& duration_ms) {
  return "WITH synced AS (INSERT INTO sluice.syncs (epoch, id, wanted, body, run, duration_ms) "
         "VALUES "
         "(" +
         run.epoch + ", " + literal(part.id) + ", " + literal(part.wanted) + ", " +
         literal(part.body) + ", " + run.id + ", " + duration_ms +
         ") RETURNING *) INSERT INTO sluice.history (direction, origin, revision, raw_checksum, "
         "run, epoch, duration_ms) SELECT 'sync', 'sync', id, " +
         literal(base::sha256(part.body)) + ", run, epoch, duration_ms FROM synced";
}

std::string start_run_sql(const std::string& id, std::string_view kind, std::string_view target,
                          std::string_view plan_digest) {
  return "WITH fence AS (UPDATE sluice.fence SET epoch = epoch + 1 RETURNING epoch) "
         "INSERT INTO sluice.runs (epoch, id, kind, target, plan_digest) SELECT epoch, " +
         literal(id) + ", " + literal(kind) + ", " + literal(target) + ", " + literal(plan_digest) +
         " FROM fence";
}

std::string relink_sql(const AppliedRevision& revision) {
  return "UPDATE sluice.revisions SET revises = " + array(revision.revises) +
         ", body = " + literal(revision.text) +
         ", raw_checksum = " + literal(revision.raw_checksum) +
         " WHERE origin = 'user' AND id = " + literal(revision.id);
}

namespace {

std::string statement_sql(const RunSql& run, const StatementRecord& record, const char* state,
                          const std::string& last_key, const std::string& end_key) {
  return "INSERT INTO sluice.statements (revision, direction, number, checksum, state, batch_key, "
         "batch_end, run, epoch) VALUES (" +
         literal(record.revision) + ", " + literal(record.up ? "up" : "down") + ", " +
         std::to_string(record.number) + ", " + literal(record.checksum) + ", " + literal(state) +
         ", " + last_key + ", " + end_key + ", " + run.id + ", " + run.epoch +
         ") ON CONFLICT (revision, direction, number) DO UPDATE SET state = excluded.state, "
         "batch_key = coalesce(excluded.batch_key, sluice.statements.batch_key)";
}

}  // namespace

std::string statement_done_sql(const RunSql& run, const StatementRecord& record) {
  return statement_sql(run, record, "done", "NULL", "NULL");
}

std::string batch_done_sql(const RunSql& run, const StatementRecord& record,
                           const std::string& last_key, const std::string& end_key) {
  return statement_sql(run, record, "begun", last_key, end_key);
}

}  // namespace sluice::ledger
