#include "engine/probe.h"

#include <algorithm>

#include "base/text.h"
#include "sql/quote.h"

namespace sluice::engine {
namespace {

using Form = sql::Subject::Form;

std::string qualified(const sql::Subject& subject) {
  return sql::qualified(subject.schema, subject.name);
}

// An index stands in the schema of its table. The answer ends with the index's full name.
constexpr const char* kIndex =
    "SELECT (CASE WHEN i.indisvalid THEN 'valid ' ELSE 'invalid ' END) || c.oid || ' ' || "
    "c.oid::regclass FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid "
    "WHERE c.relname = $1::name AND c.relnamespace = (SELECT relnamespace FROM pg_catalog.pg_class "
    "WHERE "
    "oid = to_regclass($2))";

constexpr const char* kRelation =
    "SELECT 'there ' || oid FROM pg_catalog.pg_class WHERE oid = to_regclass($1)";

// The halves that REINDEX CONCURRENTLY leaves are invalid and have these ends; those of TOAST
// tables nobody may drop.
constexpr const char* kHalves =
    "SELECT string_agg(c.oid || ' ' || c.oid::regclass, chr(31) ORDER BY c.oid) FROM "
    "pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid WHERE NOT "
    "i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND c.relnamespace <> "
    "'pg_toast'::regnamespace";

constexpr const char* kPartition =
    "SELECT CASE WHEN inhdetachpending THEN 'pending' ELSE 'attached' END FROM "
    "pg_catalog.pg_inherits WHERE inhrelid = to_regclass($1) AND inhparent = to_regclass($2)";

std::string first(const postgres::Rows& rows, const std::string& otherwise) {
  return rows.empty() ? otherwise : rows[0][0].value_or(otherwise);
}

std::string oid_of(const std::string& fact) {
  const std::vector<std::string> words = base::split_list(fact, ' ');
  return words.size() < 2 ? "" : words[1];
}

// "valid 123 public.name": what comes after the second word.
std::string name_of(const std::string& fact) {
  const size_t space = fact.find(' ', fact.find(' ') + 1);
  return space == std::string::npos ? "" : fact.substr(space + 1);
}

Aftermath created_index(const std::string& before, const std::string& now) {
  if (now == "absent" || oid_of(now) == oid_of(before)) return {};
  if (now.starts_with("valid ")) return {true, {}};
  return {false, {"DROP INDEX CONCURRENTLY " + name_of(now)}};
}

Aftermath reindexed(const std::string& before, const std::string& now) {
  const std::vector<std::string> old = base::split_list(before, '\x1f');
  Aftermath aftermath;
  for (const std::string& half : base::split_list(now, '\x1f'))
    if (std::ranges::find(old, half) == old.end())
      aftermath.repair.push_back("DROP INDEX CONCURRENTLY " + half.substr(half.find(' ') + 1));
  return aftermath;
}

}  // namespace

std::string look(postgres::Session& session, const sql::Subject& subject) {
  const std::string name = qualified(subject);
  switch (subject.form) {
    case Form::CreateIndex:
      return first(session.query(kIndex, {subject.name, subject.table}), "absent");
    case Form::DropIndex:
      return first(session.query(kRelation, {name}), "absent");
    case Form::Reindex:
      return first(session.query(kHalves), "");
    case Form::DetachPartition:
      if (session.server_version() < 140000) return "";
      return first(session.query(kPartition, {name, subject.table}), "detached");
    case Form::CreateDatabase:
    case Form::DropDatabase:
      return first(
          session.query("SELECT 'there' FROM pg_catalog.pg_database WHERE datname = $1::name",
                        {subject.name}),
          "absent");
    case Form::CreateTablespace:
    case Form::DropTablespace:
      return first(
          session.query("SELECT 'there' FROM pg_catalog.pg_tablespace WHERE spcname = $1::name",
                        {subject.name}),
          "absent");
    case Form::CreateSubscription:
      return first(
          session.query(
              "SELECT 'there' FROM pg_catalog.pg_stat_subscription WHERE subname = $1::name",
              {subject.name}),
          "absent");
    case Form::Repeatable:
    case Form::DiscardAll:
      return "";
  }
  return "";
}

Aftermath judge(const sql::Subject& subject, const std::string& before, const std::string& now) {
  switch (subject.form) {
    case Form::CreateIndex:
      return created_index(before, now);
    case Form::Reindex:
      return reindexed(before, now);
    case Form::DetachPartition:
      if (now == "pending" && before != "pending")
        return {true,
                {"ALTER TABLE " + subject.table + " DETACH PARTITION " + qualified(subject) +
                 " FINALIZE"}};
      return {before == "attached" && now == "detached", {}};
    case Form::CreateDatabase:
    case Form::CreateTablespace:
    case Form::CreateSubscription:
      return {before == "absent" && now == "there", {}};
    case Form::DropIndex:
    case Form::DropDatabase:
    case Form::DropTablespace:
      return {before != "absent" && now == "absent", {}};
    case Form::Repeatable:
    case Form::DiscardAll:
      return {};
  }
  return {};
}

bool is_unusable(const sql::Subject& subject, const std::string& now) {
  return subject.form == Form::CreateIndex && now.starts_with("invalid ");
}

}  // namespace sluice::engine
