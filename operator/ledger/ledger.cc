#include "ledger/ledger.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/own_revisions.h"
#include "sql/split.h"

namespace sluice::ledger {
namespace {

using base::Error;
using base::ErrorKind;
using postgres::Row;
using postgres::Rows;
using postgres::Session;
using postgres::Transaction;

constexpr const char* kUser = "user";
constexpr const char* kOwn = "sluice";

std::string to_array(const std::vector<std::string>& list) { return nlohmann::json(list).dump(); }

std::vector<std::string> from_array(const std::string& json) {
  return nlohmann::json::parse(json).get<std::vector<std::string>>();
}

AppliedRevision read_row(const Row& row) {
  const auto text = [&row](size_t column) { return row.at(column).value_or(""); };
  AppliedRevision revision;
  revision.id = text(1);
  revision.revises = from_array(text(2));
  revision.depends_on = from_array(text(3));
  revision.branch_labels = from_array(text(4));
  revision.message = text(5);
  revision.file = text(6);
  revision.text = text(7);
  revision.raw_checksum = text(8);
  revision.canonical_checksum = text(9);
  revision.applied_at = text(10);
  revision.run = text(11);
  return revision;
}

bool exists(Session& session) {
  return session.query("SELECT to_regclass('sluice.revisions') IS NOT NULL").at(0).at(0) == "t";
}

std::set<std::string> own_applied(Session& session) {
  std::set<std::string> ids;
  if (!exists(session)) return ids;
  for (const Row& row : session.query("SELECT id FROM sluice.revisions WHERE origin = $1", {kOwn}))
    ids.insert(row.at(0).value_or(""));
  for (const std::string& id : ids)
    if (!own_revisions().find(id))
      throw Error(ErrorKind::Refused, "LedgerNewer",
                  session.where() + ": a newer Sluice wrote the ledger (it has " + id + ")",
                  "use that version of Sluice, or a later one");
  return ids;
}

void record(Session& session, const char* origin, const Run& run, const AppliedRevision& revision,
            std::chrono::milliseconds duration) {
  session.query(
      "WITH applied AS (INSERT INTO sluice.revisions (origin, id, revises, depends_on, "
      "branch_labels, message, file, body, raw_checksum, canonical_checksum, run, epoch, "
      "duration_ms) "
      "VALUES ($1, $2, ARRAY(SELECT json_array_elements_text($3::json)), "
      "ARRAY(SELECT json_array_elements_text($4::json)), "
      "ARRAY(SELECT json_array_elements_text($5::json)), $6, $7, $8, $9, $10, $11, $12::bigint, "
      "$13::bigint) RETURNING *) "
      "INSERT INTO sluice.history (direction, origin, revision, raw_checksum, run, epoch, "
      "duration_ms) SELECT 'up', origin, id, raw_checksum, run, epoch, duration_ms FROM applied",
      {origin, revision.id, to_array(revision.revises), to_array(revision.depends_on),
       to_array(revision.branch_labels), revision.message, revision.file, revision.text,
       revision.raw_checksum, revision.canonical_checksum, run.id, std::to_string(run.epoch),
       std::to_string(duration.count())});
}

}  // namespace

State read(Session& session, bool texts) {
  State state;
  const std::set<std::string> own = own_applied(session);
  state.version = static_cast<uint32_t>(own.size());
  state.exists = !own.empty();
  if (!state.exists) return state;
  const Rows epoch = session.query("SELECT epoch FROM sluice.fence");
  state.epoch = std::stoll(epoch.at(0).at(0).value_or("0"));
  const Rows rows = session.query(
      "SELECT position, id, to_json(revises), to_json(depends_on), to_json(branch_labels), "
      "message, file, " +
          std::string(texts ? "body" : "NULL") +
          ", raw_checksum, canonical_checksum, "
          "to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), run "
          "FROM sluice.revisions WHERE origin = $1 ORDER BY position",
      {kUser});
  state.applied.reserve(rows.size());
  for (const Row& row : rows) state.applied.push_back(read_row(row));
  return state;
}

void migrate(Session& session) {
  const std::set<std::string> applied = own_applied(session);
  for (const revisions::Revision& revision : own_revisions().revisions()) {
    if (applied.contains(revision.id)) continue;
    const auto began = std::chrono::steady_clock::now();
    Transaction transaction(session);
    session.execute(revision.up.sql);
    AppliedRevision row;
    row.id = revision.id;
    row.revises = revision.revises;
    row.message = revision.message;
    row.file = revision.file;
    row.text = revision.text;
    row.raw_checksum = base::sha256(revision.text);
    row.canonical_checksum = sql::canonical_checksum(revision.up.sql);
    record(session, kOwn, Run{}, row,
           std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 began));
    transaction.commit();
  }
}

Run start_run(Session& session, const std::string& id, std::string_view kind,
              std::string_view target, std::string_view plan_digest) {
  Transaction transaction(session);
  // A run that lost its lock may still be in its last transaction, which holds the fence.
  session.execute("SET LOCAL lock_timeout = '10s'");
  const Rows rows = session.query("UPDATE sluice.fence SET epoch = epoch + 1 RETURNING epoch");
  const Run run{id, std::stoll(rows.at(0).at(0).value_or("0"))};
  session.query(
      "INSERT INTO sluice.runs (epoch, id, kind, target, plan_digest) "
      "VALUES ($1::bigint, $2, $3, $4, $5)",
      {std::to_string(run.epoch), run.id, std::string(kind), std::string(target),
       std::string(plan_digest)});
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
  const Rows rows = session.query("SELECT epoch FROM sluice.fence FOR SHARE");
  if (rows.empty() || rows[0][0] != std::to_string(run.epoch))
    throw Error(ErrorKind::Refused, "Fenced",
                session.where() + ": a newer run has started, so this one may not write",
                "look at the newest row of sluice.runs");
}

void record_up(Session& session, const Run& run, const AppliedRevision& revision,
               std::chrono::milliseconds duration) {
  record(session, kUser, run, revision, duration);
}

void record_down(Session& session, const Run& run, const std::string& id,
                 std::chrono::milliseconds duration) {
  const Rows rows = session.query(
      "WITH gone AS (DELETE FROM sluice.revisions WHERE origin = $1 AND id = $2 RETURNING *) "
      "INSERT INTO sluice.history (direction, origin, revision, raw_checksum, run, epoch, "
      "duration_ms) SELECT 'down', origin, id, raw_checksum, $3, $4::bigint, $5::bigint FROM gone "
      "RETURNING position",
      {kUser, id, run.id, std::to_string(run.epoch), std::to_string(duration.count())});
  if (rows.size() != 1)
    throw Error(ErrorKind::Failed, "LedgerUnexpected",
                session.where() + ": revision " + id + " is not in the ledger any more",
                "read the ledger again");
}

}  // namespace sluice::ledger
