#include "desired/sync.h"

#include <algorithm>
#include <set>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "desired/hints.h"
#include "engine/sync.h"
#include "ledger/ledger.h"
#include "schema/read.h"

namespace sluice::desired {
namespace {

using base::Error;
using base::ErrorKind;
using schema::Change;
using schema::Kind;

// The table that the object is, or belongs to.
schema::Key table_key(const schema::Key& key) {
  schema::Key table;
  table.kind = Kind::Table;
  table.schema = key.schema;
  table.name = key.kind == Kind::Table ? key.name : key.relation;
  return table;
}

// What it was called before the renames.
schema::Key former(schema::Key table, const std::vector<schema::Rename>& renames) {
  for (const schema::Rename& rename : renames)
    if (rename.kind == Kind::Table && rename.schema == table.schema && rename.to == table.name)
      table.name = rename.from;
  for (const schema::Rename& rename : renames)
    if (rename.kind == Kind::Schema && rename.to == table.schema) table.schema = rename.from;
  return table;
}

size_t count_tables(const schema::Catalog& live, const schema::Catalog& wanted,
                    const std::vector<schema::Rename>& renames) {
  std::set<schema::Key> tables;
  for (const schema::Object& object : live.objects)
    if (object.key.kind == Kind::Table) tables.insert(object.key);
  for (const schema::Object& object : wanted.objects)
    if (object.key.kind == Kind::Table) tables.insert(former(object.key, renames));
  return tables.size();
}

std::vector<const schema::Statement*> statements_of(const std::vector<schema::Group>& groups) {
  std::vector<const schema::Statement*> all;
  for (const schema::Group& group : groups)
    for (const schema::Statement& statement : group.statements) all.push_back(&statement);
  return all;
}

bool loses_data(const schema::Statement& statement) {
  return std::ranges::any_of(statement.hazards, [](const schema::Hazard& hazard) {
    return lint::rule(hazard.rule).category == lint::Category::LosesData;
  });
}

void expect_no_loss(const std::vector<schema::Group>& groups) {
  std::vector<std::string> lossy;
  for (const schema::Statement* statement : statements_of(groups))
    if (loses_data(*statement)) lossy.push_back(statement->sql);
  if (lossy.empty()) return;
  constexpr size_t kMost = 20;
  const size_t count = lossy.size();
  if (count > kMost) lossy.resize(kMost);
  throw Error(ErrorKind::Refused, "DataLoss",
              base::counted(count, "statement") + " would lose rows or values: " +
                  base::join(lossy, "; ") + (count > kMost ? "; …" : ""),
              "allow it (--allow-data-loss), after a backup; or change the wanted schema; or sync "
              "by the policy additive");
}

void note_tables(const schema::Catalog& live, const schema::Catalog& wanted,
                 const std::vector<schema::Rename>& renames, SyncReport& report) {
  std::set<std::string> changed, created, dropped;
  for (const schema::Statement* statement : statements_of(report.groups)) {
    const schema::Key& key = statement->object;
    const schema::Object* const is = wanted.find(table_key(key));
    const schema::Key before = former(table_key(key), renames);
    const schema::Object* const was = live.find(is == nullptr ? table_key(key) : before);
    const schema::Object* const table = is == nullptr ? was : is;
    if (table == nullptr) continue;
    (is == nullptr ? dropped : was == nullptr ? created : changed).insert(table->identity);
    if (key.kind != Kind::Column || statement->change != Change::Add || was == nullptr) continue;
    const schema::Object* column = wanted.find(key);
    report.columns_added.push_back(
        {table->identity, key.name,
         column == nullptr ? "" : schema::details<schema::Column>(*column).type, statement->sql});
  }
  report.tables_changed.assign(changed.begin(), changed.end());
  report.tables_created.assign(created.begin(), created.end());
  report.tables_dropped.assign(dropped.begin(), dropped.end());
}

schema::Diff compare(const schema::Catalog& live, const Loaded& wanted,
                     const SyncRequest& request) {
  schema::DiffOptions options = request.compare;
  options.additive_only = request.policy == Policy::Additive;
  options.renames = pending(wanted.hints, live, wanted.catalog);
  return schema::diff(live, wanted.catalog, options);
}

std::vector<engine::SyncPart> parts_of(const std::vector<schema::Group>& groups) {
  std::vector<engine::SyncPart> parts;
  for (const schema::Group& group : groups) {
    engine::SyncPart part;
    part.transactional = group.transactional;
    for (const schema::Statement& statement : group.statements)
      part.statements.push_back(statement.sql);
    parts.push_back(std::move(part));
  }
  return parts;
}

// Of a database there is no text to take it of.
std::string digest_of(const Loaded& wanted, const std::vector<schema::Group>& groups) {
  if (!wanted.digest.empty()) return wanted.digest;
  base::Sha256 digest;
  digest.update(wanted.described).update("\n");
  for (const schema::Statement* statement : statements_of(groups))
    digest.update(statement->sql).update("\n");
  return digest.hex();
}

}  // namespace

size_t SyncReport::statements() const { return statements_of(groups).size(); }

SyncReport plan_sync(const schema::Catalog& live, const Loaded& wanted,
                     const SyncRequest& request) {
  const schema::Diff diff = compare(live, wanted, request);
  SyncReport report;
  const std::vector<schema::Rename> renames = pending(wanted.hints, live, wanted.catalog);
  report.tables_looked_at = count_tables(live, wanted.catalog, renames);
  report.groups = diff.groups;
  report.left_undone = diff.left_undone;
  report.warnings = diff.warnings;
  report.remaining = diff.differences;
  note_tables(live, wanted.catalog, renames, report);
  if (!request.allow_data_loss) expect_no_loss(report.groups);
  return report;
}

engine::Plan to_plan(const SyncReport& report, const Loaded& wanted, const SyncRequest& request,
                     const ledger::State& state) {
  const std::string policy = request.policy == Policy::Additive ? "additive" : "full";
  return engine::plan_sync(parts_of(report.groups), state, digest_of(wanted, report.groups),
                           policy + " " + wanted.described);
}

SyncReport sync(postgres::AdvisoryLock& lock, const Loaded& wanted, const SyncRequest& request,
                engine::Observer& observer, const std::stop_token& stop) {
  postgres::Session& session = lock.session();
  SyncReport report = plan_sync(schema::read(session), wanted, request);
  if (!report.groups.empty())
    engine::apply(lock, to_plan(report, wanted, request, ledger::read(session, false)),
                  request.apply, observer, stop);
  const schema::Diff after = compare(schema::read(session), wanted, request);
  report.verified = request.policy == Policy::Additive ? after.groups.empty() : after.empty();
  report.remaining = after.differences;
  return report;
}

}  // namespace sluice::desired
