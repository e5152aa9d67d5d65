#include "engine/script.h"

#include <algorithm>
#include <cctype>

#include "base/digest.h"
#include "base/text.h"
#include "engine/by_statement.h"
#include "engine/execution.h"
#include "engine/psql_text.h"
#include "engine/script_batches.h"
#include "ledger/own_revisions.h"
#include "ledger/sql.h"
#include "postgres/advisory_lock.h"
#include "sql/quote.h"

namespace sluice::engine {
namespace {

using sql::literal;

constexpr const char* kBegin = "BEGIN ISOLATION LEVEL READ COMMITTED;\n";
// The script is UTF-8, whatever psql's environment, the role or a revision says.
constexpr const char* kUtf8 = "SET client_encoding = 'UTF8';\n";

std::string reset() {
  return std::string("RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL;\n") + kUtf8;
}

// Before what goes into the ledger.
std::string own_role() { return std::string(kOwnRole) + ";\n" + kUtf8; }

// What a function does besides lasts until the ledger's next row.
bool may_change_encoding(const sql::Statement& statement) {
  std::string text = statement.text;
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto holds = [&](const char* word) { return text.find(word) != std::string::npos; };
  // SET NAMES, RESET ALL
  return holds("client_encoding") || (statement.setting && (holds("names") || holds("all")));
}

// Makes what the ledger lacks of one of Sluice's own revisions.
std::string make_ledger(const revisions::Revision& revision) {
  // Before its first revision there is no table to ask.
  const std::string missing =
      revision.revises.empty()
          ? "SELECT to_regclass('sluice.revisions') IS NULL AS sluice_missing \\gset\n"
          : "SELECT NOT EXISTS (SELECT FROM sluice.revisions WHERE id = " + literal(revision.id) +
                ") AS sluice_missing \\gset\n";
  return missing + "\\if :sluice_missing\n" + kBegin + revision.up.sql +
         ledger::applied_sql(ledger::Origin::Sluice, {"''", "0"}, ledger::to_row(revision), "0") +
         kPrintsNothing + "COMMIT;\n\\endif\n\\unset sluice_missing\n";
}

class Script {
 public:
  explicit Script(const Plan& plan)
      : plan_(plan),
        run_{literal("script-" + plan.digest.substr(0, 12)), "(SELECT epoch FROM sluice.fence)"} {}

  std::string run() {
    begin();
    for (const Step& step : plan_.steps) write(step);
    text_ +=
        "UPDATE sluice.runs SET finished_at = clock_timestamp(), outcome = 'succeeded' WHERE epoch "
        "= " +
        run_.epoch + ";\n";
    return std::move(text_);
  }

 private:
  bool up() const { return plan_.direction == Direction::Up; }

  void begin() {
    text_ = script_prelude(std::string(up() ? "Upgrade" : "Downgrade") + " from " +
                           name(plan_.current) + " to " + name(plan_.target));
    guard();
    text_ +=
        ledger::start_run_sql("script-" + plan_.digest.substr(0, 12),
                              up() ? "upgrade" : "downgrade", plan_.target_text, plan_.digest) +
        ";\n";
  }

  static std::string name(const std::vector<std::string>& ids) {
    return ids.empty() ? "base" : base::join(ids, ", ");
  }

  void guard() {
    std::vector<std::string> heads = plan_.current;
    std::ranges::sort(heads);
    text_ += do_block(
        "DECLARE heads text[] := ARRAY(SELECT r.id COLLATE \"C\" FROM sluice.revisions r WHERE "
        "r.origin = 'user' AND NOT EXISTS (SELECT FROM sluice.revisions c WHERE c.origin = 'user' "
        "AND r.id = ANY (c.revises)) ORDER BY 1);\nBEGIN\n  IF heads <> " +
        ledger::array(heads) +
        " THEN\n    RAISE EXCEPTION 'this script is for another state: the database stands at %', "
        "heads;\n  END IF;\n  IF EXISTS (SELECT FROM sluice.statements) THEN\n    RAISE EXCEPTION "
        "'a "
        "run was interrupted: let sluice finish it first';\n  END IF;\nEND");
  }

  void write(const Step& step) {
    text_ += "\n-- " + std::string(to_string(step.direction)) + " " + step.revision->id +
             (step.revision->message.empty() ? "" : ": " + step.revision->message) + "\n";
    text_ += reset();
    if (step.revision->transactional) {
      text_ += std::string(kBegin) + "SET LOCAL lock_timeout = '2s';\n";
      for (const sql::Statement& statement : step.script.statements) write(statement);
    } else {
      for (size_t i = 0; i < step.script.statements.size(); ++i) write_alone(step, i);
      text_ += kBegin;
    }
    record(step);
    text_ += "COMMIT;\n";
  }

  void write(const sql::Statement& statement) {
    text_ += without_variables(statement.text) + ";\n";
    if (statement.copy_data) text_ += *statement.copy_data + "\\.\n";
    if (may_change_encoding(statement)) text_ += kUtf8;
  }

  // On fresh settings, and those that the revision makes before it; recorded in our own role.
  void write_alone(const Step& step, size_t index) {
    const sql::Statement& statement = step.script.statements[index];
    if (statement.setting) return;
    const bool inside = statement.kind != sql::Kind::OutsideTransaction && !statement.batch;
    text_ += reset();
    if (inside) text_ += std::string(kBegin) + "SET LOCAL lock_timeout = '2s';\n";
    for (size_t i = 0; i < index; ++i)
      if (step.script.statements[i].setting) write(step.script.statements[i]);
    ledger::StatementRecord record;
    record.revision = step.revision->id;
    record.up = step.direction == Direction::Up;
    record.number = static_cast<uint32_t>(index + 1);
    record.checksum = checksum_of(step, index);
    if (statement.batch) {
      text_ += batches_script(step, statement, run_, record);
    } else {
      write(statement);
    }
    text_ += own_role() + ledger::statement_done_sql(run_, record) + ";\n";
    if (inside) text_ += "COMMIT;\n";
  }

  void record(const Step& step) {
    text_ += own_role();
    if (!step.revision->transactional)
      text_ +=
          "DELETE FROM sluice.statements WHERE revision = " + literal(step.revision->id) + ";\n";
    if (step.direction == Direction::Down) {
      text_ += ledger::unapplied_sql(run_, step.revision->id, "0") + ";\n";
      return;
    }
    text_ += ledger::applied_sql(
                 step.revision->repeatable ? ledger::Origin::Repeatable : ledger::Origin::User,
                 run_, to_row(step), "0") +
             kPrintsNothing;
    for (const ledger::AppliedRevision& row : step.relinks)
      text_ += ledger::relink_sql(row) + ";\n";
  }

  const Plan& plan_;
  const ledger::RunSql run_;
  std::string text_;
};

}  // namespace

std::string script_prelude(const std::string& title) {
  std::string text = "-- For psql. " + title + ".\n";
  text += "\\set ON_ERROR_STOP on\n\\set QUIET on\n\\encoding UTF8\n";
  text +=
      do_block("BEGIN\n  IF NOT pg_catalog.pg_try_advisory_lock(" +
               std::string(postgres::AdvisoryLock::key()) +
               ") THEN\n    RAISE EXCEPTION 'another run of Sluice is at work';\n  END IF;\nEND");
  for (const revisions::Revision& revision : ledger::own_revisions().revisions())
    text += make_ledger(revision);
  return text;
}

std::string to_script(const Plan& plan) { return Script(plan).run(); }

}  // namespace sluice::engine
