#include <algorithm>
#include <span>

#include "base/text.h"
#include "schema/ddl_column.h"
#include "schema/ddl_name.h"
#include "schema/ddl_relation.h"

namespace sluice::schema {
namespace {

std::string table(const Object& object) { return "ALTER TABLE " + object.identity + " "; }

const Table& its(const Object& object) { return details<Table>(object); }

std::vector<const Object*> columns_of(const Catalog& catalog, const Object& table) {
  std::vector<const Object*> answer;
  for (const Object& column : belongings(catalog, Kind::Column, table)) answer.push_back(&column);
  std::ranges::sort(answer, {},
                    [](const Object* column) { return details<Column>(*column).position; });
  return answer;
}

// The column that an inherited one comes from; nullptr: none of the parents has it.
const Object* inherited_from(const Catalog& catalog, const Object& table, const Object& column) {
  for (const Ref ref : table.needs) {
    const Object& parent = catalog.at(ref);
    if (parent.key.kind != Kind::Table ||
        std::ranges::find(its(table).inherits, parent.identity) == its(table).inherits.end())
      continue;
    const Object* const found =
        catalog.find({Kind::Column, parent.key.schema, parent.key.name, column.key.name, ""});
    if (found != nullptr) return found;
  }
  return nullptr;
}

const std::string& generated(const Object& column) { return details<Column>(column).generated; }

// Where a column that came with a parent or a type is not quite what that made it.
void mend(const Catalog& catalog, const Object& table, const Object& object,
          std::vector<std::string>& actions) {
  const auto& column = details<Column>(object);
  const Object* const parent = inherited_from(catalog, table, object);
  const Column* const was = parent == nullptr ? nullptr : &details<Column>(*parent);
  const std::string start = "ALTER COLUMN " + object.identity + " ";
  const std::string& before = was == nullptr ? std::string() : was->default_value;
  if (column.default_value != before)
    actions.push_back(start + (column.default_value.empty()
                                   ? "DROP DEFAULT"
                                   : "SET DEFAULT " + column.default_value));
  if (column.not_null && (was == nullptr || !was->not_null))
    actions.push_back(start + "SET NOT NULL");
  if (was != nullptr && was->storage == column.storage) return;
  for (std::string& setting : column_settings(object)) actions.push_back(std::move(setting));
}

std::string tablespace(const std::string& name) {
  return name.empty() ? "pg_default" : quoted(name);
}

std::string_view identity_word(ReplicaIdentity identity) {
  switch (identity) {
    case ReplicaIdentity::Nothing:
      return "NOTHING";
    case ReplicaIdentity::Full:
      return "FULL";
    case ReplicaIdentity::Default:
    case ReplicaIdentity::Index:
      break;
  }
  return "DEFAULT";
}

// By a foreign key to what it is a partition of: PostgreSQL then lets it be detached, not dropped.
bool is_referred_to(const Catalog& catalog, const Object& table) {
  const std::string& parent = its(table).partition_of;
  if (parent.empty()) return false;
  for (const Object& each : catalog.objects) {
    if (each.key.kind == Kind::Constraint && details<Constraint>(each).references == parent)
      return true;
    if (each.key.kind == Kind::Table && each.identity == parent && is_referred_to(catalog, each))
      return true;
  }
  return false;
}

const std::string& clustered_on(const Object& relation) {
  if (const auto* view = std::get_if<MaterializedView>(&relation.details)) return view->cluster_on;
  return its(relation).cluster_on;
}

// ENABLE ROW LEVEL SECURITY and the like, as actions of ALTER TABLE.
std::vector<std::string> switches(const Table& was, const Table& is) {
  std::vector<std::string> answer;
  if (was.row_security != is.row_security)
    answer.push_back(std::string(is.row_security ? "ENABLE" : "DISABLE") + " ROW LEVEL SECURITY");
  if (was.force_row_security != is.force_row_security)
    answer.push_back(std::string(is.force_row_security ? "FORCE" : "NO FORCE") +
                     " ROW LEVEL SECURITY");
  if (is.replica_identity != ReplicaIdentity::Index && was.replica_identity != is.replica_identity)
    answer.push_back("REPLICA IDENTITY " + std::string(identity_word(is.replica_identity)));
  return answer;
}

std::vector<Hazard> hazard(const DdlContext& how, lint::RuleId rule, std::string text) {
  if (how.fresh) return {};
  return {{rule, std::move(text)}};
}

}  // namespace

std::vector<Statement> create_table(const Catalog& catalog, const Object& object,
                                    const DdlContext& how) {
  const Table& wanted = its(object);
  std::vector<std::string> lines;
  std::vector<std::string> actions;
  std::vector<Statement> sequences;
  for (const Object* column : columns_of(catalog, object)) {
    const bool partition = !wanted.partition_of.empty();
    if (!wanted.of_type.empty() || (!details<Column>(*column).local && !partition)) {
      mend(catalog, object, *column, actions);
      continue;
    }
    const auto ref = static_cast<Ref>(column - catalog.objects.data());
    const bool with_default = !std::ranges::binary_search(how.deferred_default, ref);
    const Object* const parent = inherited_from(catalog, object, *column);
    // PostgreSQL 15 lets no child say again what it inherits, not even the same.
    if (parent != nullptr && !generated(*column).empty() &&
        generated(*parent) == generated(*column)) {
      Object plain = *column;
      std::get<Column>(plain.details).generated.clear();
      lines.push_back("    " + column_definition(plain, with_default));
    } else {
      lines.push_back("    " + column_definition(*column, with_default));
    }
    for (std::string& setting : column_settings(*column)) actions.push_back(std::move(setting));
    for (Statement& each : identity_persistence(catalog, *column))
      sequences.push_back(std::move(each));
  }
  std::string sql = std::string("CREATE ") +
                    (wanted.persistence == Persistence::Unlogged ? "UNLOGGED " : "") + "TABLE " +
                    object.identity;
  if (!wanted.of_type.empty())
    sql += " OF " + wanted.of_type;
  else
    sql += lines.empty() ? " ()" : " (\n" + base::join(lines, ",\n") + "\n)";
  if (!wanted.inherits.empty()) sql += "\nINHERITS (" + base::join(wanted.inherits, ", ") + ")";
  if (!wanted.partition_by.empty()) sql += "\nPARTITION BY " + wanted.partition_by;
  if (!wanted.access_method.empty()) sql += "\nUSING " + quoted(wanted.access_method);
  if (!wanted.options.empty()) sql += "\nWITH (" + option_list(wanted.options) + ")";
  if (!wanted.tablespace.empty()) sql += "\nTABLESPACE " + quoted(wanted.tablespace);
  std::vector<Statement> answer{statement(object, Change::Add, std::move(sql), {}, true)};
  for (const std::string& action : actions)
    answer.push_back(statement(object, Change::Add,
                               "ALTER TABLE ONLY " + object.identity + " " + action, {}, true));
  for (const std::string& action : switches({}, wanted))
    answer.push_back(statement(object, Change::Add, table(object) + action, {}, true));
  for (Statement& each : sequences) answer.push_back(std::move(each));
  return answer;
}

std::vector<Statement> drop_table(const Catalog& catalog, const Object& object,
                                  const DdlContext& how) {
  std::vector<Hazard> hazards =
      hazard(how, lint::RuleId::DropTable,
             "the rows of " + object.identity + " are gone, and statements that use it fail");
  if (!its(object).partition_of.empty())
    for (Hazard& each : hazard(how, lint::RuleId::DetachPartition,
                               "ACCESS EXCLUSIVE on " + its(object).partition_of))
      hazards.push_back(std::move(each));
  std::vector<Statement> answer;
  if (is_referred_to(catalog, object)) answer = detach_partition(catalog, object, how);
  answer.push_back(
      statement(object, Change::Drop, "DROP TABLE " + object.identity, std::move(hazards)));
  return answer;
}

std::optional<std::vector<Statement>> alter_table(const Catalog& /*from*/, const Object& was,
                                                  const Catalog& /*to*/, const Object& is,
                                                  const DdlContext& how) {
  const Table& a = its(was);
  const Table& b = its(is);
  if (a.partition_by != b.partition_by) return std::nullopt;
  std::vector<Statement> answer;
  const auto act = [&](std::string action, std::vector<Hazard> hazards = {}) {
    answer.push_back(statement(is, Change::Alter, table(is) + action, std::move(hazards)));
  };
  for (const std::string& parent : a.inherits)
    if (std::ranges::find(b.inherits, parent) == b.inherits.end()) act("NO INHERIT " + parent);
  for (const std::string& parent : b.inherits)
    if (std::ranges::find(a.inherits, parent) == a.inherits.end()) act("INHERIT " + parent);
  if (a.of_type != b.of_type) act(b.of_type.empty() ? "NOT OF" : "OF " + b.of_type);
  if (a.persistence != b.persistence)
    act(b.persistence == Persistence::Unlogged ? "SET UNLOGGED" : "SET LOGGED",
        hazard(how, lint::RuleId::SetLogged,
               is.identity + " is written anew while nobody may use it"));
  if (a.access_method != b.access_method)
    act("SET ACCESS METHOD " + (b.access_method.empty() ? "heap" : quoted(b.access_method)),
        hazard(how, lint::RuleId::SetAccessMethod,
               is.identity + " is written anew while nobody may use it"));
  if (a.tablespace != b.tablespace)
    act("SET TABLESPACE " + tablespace(b.tablespace),
        hazard(how, lint::RuleId::SetTablespace,
               is.identity + " is copied while nobody may use it"));
  for (std::string& each : option_changes(a.options, b.options)) act(std::move(each));
  for (std::string& each : switches(a, b)) act(std::move(each));
  return answer;
}

std::vector<Statement> finish_table(const Object* was, const Object& is) {
  std::vector<Statement> answer;
  const bool additive = was == nullptr;
  const std::string before = was == nullptr ? "" : clustered_on(*was);
  const std::string& now = clustered_on(is);
  if (before != now)
    answer.push_back(statement(
        is, Change::Alter,
        phrase("ALTER", is) + (now.empty() ? " SET WITHOUT CLUSTER" : " CLUSTER ON " + quoted(now)),
        {}, additive));
  if (is.key.kind != Kind::Table) return answer;
  const Table none;
  const Table& a = was == nullptr ? none : its(*was);
  const Table& b = its(is);
  if (b.replica_identity == ReplicaIdentity::Index && a.replica_index != b.replica_index)
    answer.push_back(statement(is, Change::Alter,
                               "ALTER TABLE ONLY " + is.identity +
                                   " REPLICA IDENTITY USING INDEX " + quoted(b.replica_index),
                               {}, additive));
  return answer;
}

std::vector<Statement> attach_partition(const Catalog& from, const Catalog& to,
                                        const Object& object, const DdlContext& how) {
  const Table& wanted = its(object);
  const std::string attach = "ALTER TABLE ONLY " + wanted.partition_of + " ATTACH PARTITION " +
                             object.identity + " " + wanted.bound;
  if (how.fresh || how.options.offline || wanted.bound_check.empty())
    return {
        statement(object, how.fresh ? Change::Add : Change::Alter, attach,
                  hazard(how, lint::RuleId::AttachPartition,
                         "all rows of " + object.identity + " are read while nobody may use it"),
                  how.fresh)};
  const std::string name = quoted(name_of_passing_check(
      from, to, object.key.schema, object.key.name, object.key.name, "_bound_check"));
  Statement validate =
      statement(object, Change::Alter, table(object) + "VALIDATE CONSTRAINT " + name);
  validate.begins_group = true;
  Statement join = statement(object, Change::Alter, attach);
  join.begins_group = true;
  return {statement(object, Change::Alter,
                    table(object) + "ADD CONSTRAINT " + name + " CHECK (" + wanted.bound_check +
                        ") NOT VALID"),
          std::move(validate), std::move(join),
          statement(object, Change::Alter, table(object) + "DROP CONSTRAINT " + name)};
}

std::vector<Statement> detach_partition(const Catalog& /*from*/, const Object& object,
                                        const DdlContext& how) {
  return {statement(
      object, Change::Alter,
      "ALTER TABLE " + its(object).partition_of + " DETACH PARTITION " + object.identity,
      hazard(how, lint::RuleId::DetachPartition,
             "ACCESS EXCLUSIVE on " + its(object).partition_of + " and everything in it"))};
}

}  // namespace sluice::schema
