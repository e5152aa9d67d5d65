#include "ledger/ledger.h"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/own_revisions.h"
#include "ledger/sql.h"
#include "sql/quote.h"
#include "sql/split.h"

namespace sluice::ledger {
namespace {

using base::Error;
using base::ErrorKind;
using postgres::Row;
using postgres::Rows;
using postgres::Session;
using postgres::Transaction;
using sql::literal;

std::vector<std::string> from_array(const std::string& json) {
  return nlohmann::json::parse(json).get<std::vector<std::string>>();
}

std::string text_of(const Row& row, size_t column) { return row.at(column).value_or(""); }

AppliedRevision read_row(const Row& row) {
  AppliedRevision revision;
  revision.id = text_of(row, 1);
  revision.revises = from_array(text_of(row, 2));
  revision.depends_on = from_array(text_of(row, 3));
  revision.branch_labels = from_array(text_of(row, 4));
  revision.message = text_of(row, 5);
  revision.file = text_of(row, 6);
  revision.text = text_of(row, 7);
  revision.raw_checksum = text_of(row, 8);
  revision.canonical_checksum = text_of(row, 9);
  revision.applied_at = text_of(row, 10);
  revision.run = text_of(row, 11);
  return revision;
}

StatementRecord::State state_of(const std::string& name) {
  if (name == "done") return StatementRecord::State::Done;
  return name == "begun" ? StatementRecord::State::Begun : StatementRecord::State::Intended;
}

std::string_view name_of(StatementRecord::State state) {
  if (state == StatementRecord::State::Done) return "done";
  return state == StatementRecord::State::Begun ? "begun" : "intended";
}

constexpr const char* kStatements =
    "SELECT revision, direction, number, checksum, state, before, batch_key, batch_end, batch_met, "
    "batch_changed FROM sluice.statements ";

StatementRecord read_statement(const Row& row) {
  StatementRecord record;
  record.revision = text_of(row, 0);
  record.up = text_of(row, 1) == "up";
  record.number = static_cast<uint32_t>(std::stoul(text_of(row, 2)));
  record.checksum = text_of(row, 3);
  record.state = state_of(text_of(row, 4));
  record.before = text_of(row, 5);
  record.last_key = row.at(6);
  record.end_key = row.at(7);
  record.met = std::stoull(text_of(row, 8));
  record.changed = std::stoull(text_of(row, 9));
  return record;
}

bool exists(Session& session) {
  const Rows rows = session.query(
      "SELECT to_regclass('sluice.revisions') IS NOT NULL, (SELECT count(*) FROM "
      "pg_catalog.pg_attribute WHERE attrelid = to_regclass('sluice.revisions') AND attname IN "
      "('origin', 'canonical_checksum')) = 2");
  if (rows.at(0).at(0) != "t") return false;
  if (rows[0].at(1) != "t")
    throw Error(ErrorKind::Refused, "LedgerForeign",
                session.where() + ": the table sluice.revisions is not Sluice's",
                "rename its schema: Sluice keeps its ledger in the schema sluice");
  return true;
}

std::set<std::string> own_applied(Session& session) {
  std::set<std::string> ids;
  if (!exists(session)) return ids;
  for (const Row& row :
       session.query("SELECT id FROM sluice.revisions WHERE origin = $1", {"sluice"}))
    ids.insert(row.at(0).value_or(""));
  for (const std::string& id : ids)
    if (!own_revisions().find(id))
      throw Error(ErrorKind::Refused, "LedgerNewer",
                  session.where() + ": a newer Sluice wrote the ledger (it has " + id + ")",
                  "use that version of Sluice, or a later one");
  return ids;
}

void expect_one(Session& session, const Rows& rows, const std::string& id) {
  if (rows.size() != 1)
    throw Error(ErrorKind::Failed, "LedgerUnexpected",
                session.where() + ": revision " + id + " is not in the ledger any more",
                "read the ledger again");
}

std::string after(const std::string& before, const std::string& sql) {
  return before.empty() ? sql : before + "; " + sql;
}

void expect_epoch(Session& session, const Run& run, const Rows& rows) {
  if (rows.empty() || rows[0][0] != std::to_string(run.epoch))
    throw Error(ErrorKind::Refused, "Fenced",
                session.where() + ": a newer run has started, so this one may not write",
                "look at the newest row of sluice.runs");
}

constexpr const char* kFence = "SELECT epoch FROM sluice.fence FOR SHARE";

}  // namespace

RunSql to_sql(const Run& run) { return {literal(run.id), std::to_string(run.epoch)}; }

State read(Session& session, bool texts) {
  State state;
  const std::set<std::string> own = own_applied(session);
  state.version = static_cast<uint32_t>(own.size());
  state.exists = !own.empty();
  if (!state.exists) return state;
  const Rows epoch = session.query("SELECT epoch FROM sluice.fence");
  state.epoch = std::stoll(epoch.at(0).at(0).value_or("0"));
  session.each_row(
      "SELECT origin, id, to_json(revises), to_json(depends_on), to_json(branch_labels), "
      "message, file, " +
          std::string(texts ? "body" : "NULL") +
          ", raw_checksum, canonical_checksum, "
          "to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), run "
          "FROM sluice.revisions WHERE origin <> 'sluice' ORDER BY position",
      [&](const Row& row) {
        (row.at(0) == "repeatable" ? state.repeatables : state.applied).push_back(read_row(row));
      });
  for (const Row& row :
       session.query(std::string(kStatements) +
                         "WHERE NOT starts_with(revision, $1) ORDER BY revision, number",
                     {kSyncPrefix}))
    state.statements.push_back(read_statement(row));
  return state;
}

std::vector<std::string> read_heads(Session& session) {
  std::vector<std::string> heads;
  session.each_row(
      "SELECT id FROM sluice.revisions WHERE origin = 'user' AND id NOT IN (SELECT unnest(revises) "
      "FROM sluice.revisions WHERE origin = 'user') ORDER BY position",
      [&](const Row& row) { heads.push_back(text_of(row, 0)); });
  return heads;
}

void migrate(Session& session) {
  const std::set<std::string> applied = own_applied(session);
  for (const revisions::Revision& revision : own_revisions().revisions()) {
    if (applied.contains(revision.id)) continue;
    const auto began = std::chrono::steady_clock::now();
    Transaction transaction(session);
    session.execute(revision.up.sql);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    session.script(
        applied_sql(Origin::Sluice, to_sql(Run{}), to_row(revision), std::to_string(took.count())));
    transaction.commit();
  }
}

std::string make_run_id() {
  return "local-" + base::to_rfc3339(base::now()) + "-" + std::to_string(::getpid());
}

Run start_run(Session& session, const std::string& id, std::string_view kind,
              std::string_view target, std::string_view plan_digest) {
  Transaction transaction(session);
  // A run that lost its lock may still be in its last transaction, which holds the fence.
  const Rows rows =
      session.script("SET LOCAL lock_timeout = '10s'; " +
                     start_run_sql(id, kind, target, plan_digest) + " RETURNING epoch");
  const Run run{id, std::stoll(rows.at(0).at(0).value_or("0"))};
  transaction.commit();
  return run;
}

void finish_run(Session& session, const Run& run, std::string_view outcome,
                std::string_view message) {
  session.query(
      "UPDATE sluice.runs SET finished_at = clock_timestamp(), outcome = $2, message = $3 "
      "WHERE epoch = $1::bigint",
      {std::to_string(run.epoch), std::string(outcome), base::truncate_utf8(message, 4096)});
}

void check_fence(Session& session, const Run& run) {
  expect_epoch(session, run, session.query(kFence));
}

void begin_fenced(Session& session, const Run& run, const std::string& before) {
  expect_epoch(session, run, session.script(after(before, kFence)));
}

void record_down(Session& session, const Run& run, const std::string& id,
                 std::chrono::milliseconds duration, const std::string& before) {
  expect_one(session,
             session.script(
                 after(before, unapplied_sql(to_sql(run), id, std::to_string(duration.count())) +
                                   " RETURNING position")),
             id);
}

void repair(Session& session, const Run& run, const AppliedRevision& revision, bool repeatable) {
  const std::string origin = literal(to_string(repeatable ? Origin::Repeatable : Origin::User));
  const std::string sql =
      "WITH repaired AS (UPDATE sluice.revisions SET revises = " + array(revision.revises) +
      ", depends_on = " + array(revision.depends_on) +
      ", branch_labels = " + array(revision.branch_labels) +
      ", message = " + literal(revision.message) + ", file = " + literal(revision.file) +
      ", body = " + literal(revision.text) + ", raw_checksum = " + literal(revision.raw_checksum) +
      ", canonical_checksum = " + literal(revision.canonical_checksum) +
      " WHERE origin = " + origin + " AND id = " + literal(revision.id) +
      " RETURNING *) INSERT INTO sluice.history (direction, origin, revision, raw_checksum, run, "
      "epoch, duration_ms) SELECT 'repair', origin, id, raw_checksum, " +
      literal(run.id) + ", " + std::to_string(run.epoch) + ", 0 FROM repaired RETURNING position";
  expect_one(session, session.script(sql), revision.id);
}

void replace_applied(Session& session, const Run& run,
                     const std::vector<AppliedRevision>& revisions) {
  std::set<std::string> wanted;
  for (const AppliedRevision& revision : revisions) wanted.insert(revision.id);
  std::set<std::string> there;
  for (const Row& row : session.query("SELECT id FROM sluice.revisions WHERE origin = 'user'"))
    there.insert(text_of(row, 0));
  for (const std::string& id : there)
    if (!wanted.contains(id)) session.script(unapplied_sql(to_sql(run), id, "0", "unstamp"));
  for (const AppliedRevision& revision : revisions)
    if (!there.contains(revision.id))
      session.script(applied_sql(Origin::User, to_sql(run), revision, "0", "stamp"));
}

bool is_recorded_sync(Session& session, const Run& run, const std::string& id) {
  return !session
              .query("SELECT FROM sluice.syncs WHERE epoch = $1::bigint AND id = $2",
                     {std::to_string(run.epoch), id})
              .empty();
}

void forget_syncs(Session& session, const Run& run) {
  Transaction transaction(session);
  check_fence(session, run);
  session.query("DELETE FROM sluice.statements WHERE starts_with(revision, $1)", {kSyncPrefix});
  transaction.commit();
}

bool is_recorded_up(Session& session, const Run& run, const std::string& id, bool repeatable) {
  return !session
              .query(
                  "SELECT FROM sluice.revisions WHERE origin = $1 AND id = $2 AND "
                  "epoch = $3::bigint",
                  {repeatable ? "repeatable" : "user", id, std::to_string(run.epoch)})
              .empty();
}

bool is_recorded_down(Session& session, const Run& run, const std::string& id) {
  return !session
              .query(
                  "SELECT FROM sluice.history WHERE direction = 'down' AND revision = $1 AND "
                  "epoch = $2::bigint",
                  {id, std::to_string(run.epoch)})
              .empty();
}

std::optional<StatementRecord> find_statement(Session& session, const std::string& revision,
                                              bool up, uint32_t number) {
  const Rows rows = session.query(
      std::string(kStatements) + "WHERE revision = $1 AND direction = $2 AND number = $3::int",
      {revision, up ? "up" : "down", std::to_string(number)});
  if (rows.empty()) return std::nullopt;
  return read_statement(rows.front());
}

void write_statement(Session& session, const Run& run, const StatementRecord& record) {
  session.query(
      "INSERT INTO sluice.statements (revision, direction, number, checksum, state, before, "
      "batch_key, batch_end, batch_met, batch_changed, run, epoch) VALUES ($1, $2, $3::int, $4, "
      "$5, $6, $7, $8, $9::bigint, $10::bigint, $11, $12::bigint) "
      "ON CONFLICT (revision, direction, number) DO UPDATE SET checksum = excluded.checksum, "
      "state = excluded.state, before = excluded.before, batch_key = excluded.batch_key, "
      "batch_end = excluded.batch_end, batch_met = excluded.batch_met, "
      "batch_changed = excluded.batch_changed, run = excluded.run, epoch = excluded.epoch, "
      "at = excluded.at",
      {record.revision, record.up ? "up" : "down", std::to_string(record.number), record.checksum,
       std::string(name_of(record.state)), record.before, record.last_key, record.end_key,
       std::to_string(record.met), std::to_string(record.changed), run.id,
       std::to_string(run.epoch)});
}

void forget_statement(Session& session, const StatementRecord& record) {
  session.query(
      "DELETE FROM sluice.statements WHERE revision = $1 AND direction = $2 AND number = $3::int",
      {record.revision, record.up ? "up" : "down", std::to_string(record.number)});
}

void forget_statements(Session& session, const std::string& revision) {
  session.query("DELETE FROM sluice.statements WHERE revision = $1", {revision});
}

}  // namespace sluice::ledger
