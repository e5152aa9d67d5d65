// Columns as they come and go; what they become is said in schema/ddl_column_alter.cc.
#include "schema/ddl_column.h"
#include "schema/column_type.h"
#include "schema/ddl_relation.h"

#include <algorithm>

#include "base/text.h"
#include "lint/tree.h"
#include "lint/volatility.h"
#include "sql/split.h"

namespace sluice::schema {
namespace {

bool may_differ_by_row(const std::string& expression) {
  const sql::Script script = sql::split("SELECT " + expression, "default", 1, sql::Trees::Keep);
  if (script.error || script.statements.size() != 1) return true;
  const lint::Tree tree(script.statements.front());
  return tree.root() == nullptr || lint::any_of(tree.root(), lint::is_perhaps_volatile);
}

}  // namespace

std::string identity_clause(const Object& object, const Identity& identity) {
  std::string text =
      std::string("GENERATED ") + (identity.always ? "ALWAYS" : "BY DEFAULT") + " AS IDENTITY";
  std::string options = sequence_options(identity.sequence, false);
  const std::string natural =
      qualified(object.key.schema, object.key.relation + "_" + object.key.name + "_seq");
  if (!identity.sequence_name.empty() && identity.sequence_name != natural)
    options = " SEQUENCE NAME " + identity.sequence_name + options;
  return options.empty() ? text : text + " (" + options.substr(1) + ")";
}

std::vector<Statement> identity_persistence(const Catalog& catalog, const Object& object) {
  constexpr int kUnloggedSequences = 150000;
  const auto& identity = details<Column>(object).identity;
  const Object* const table = relation_of(catalog, object);
  if (!identity || identity->sequence_name.empty() || table == nullptr ||
      catalog.server_version < kUnloggedSequences)
    return {};
  const bool unlogged = details<Table>(*table).persistence == Persistence::Unlogged;
  if (identity->sequence.unlogged == unlogged) return {};
  return {statement(
      object, Change::Add,
      "ALTER SEQUENCE " + identity->sequence_name + " SET " + (unlogged ? "LOGGED" : "UNLOGGED"),
      {}, true)};
}

bool fills_each_row(const Catalog& catalog, const Object& object) {
  const auto& column = details<Column>(object);
  return column.identity || !column.generated.empty() || has_constraints(catalog, column.type) ||
         (!column.default_value.empty() && may_differ_by_row(column.default_value));
}

std::string column_definition(const Object& object, bool with_default) {
  const auto& column = details<Column>(object);
  std::string text = object.identity + " " + column.type;
  if (!column.compression.empty()) text += " COMPRESSION " + column.compression;
  if (!column.collation.empty()) text += " COLLATE " + column.collation;
  if (!column.generated.empty())
    text += " GENERATED ALWAYS AS (" + column.generated + ") STORED";
  else if (column.identity)
    text += " " + identity_clause(object, *column.identity);
  else if (!column.default_value.empty() && with_default)
    text += " DEFAULT " + column.default_value;
  if (column.not_null) text += " NOT NULL";
  return text;
}

std::vector<std::string> column_settings(const Object& object) {
  const auto& column = details<Column>(object);
  const std::string start = alter_of(object);
  std::vector<std::string> answer;
  if (!column.storage.empty()) answer.push_back(start + "SET STORAGE " + column.storage);
  if (column.statistics >= 0)
    answer.push_back(start + "SET STATISTICS " + std::to_string(column.statistics));
  if (!column.options.empty())
    answer.push_back(start + "SET (" + option_list(column.options) + ")");
  return answer;
}

Statement convert_column(const Object& was, const Object& is, const std::string& expression,
                         std::vector<Hazard> losses) {
  const std::string& old_default = details<Column>(was).default_value;
  const auto& column = details<Column>(is);
  std::string sql = table_of(is);
  if (!old_default.empty()) sql += alter_of(is) + "DROP DEFAULT, ";
  sql += alter_of(is) + "TYPE " + column.type;
  if (!column.collation.empty()) sql += " COLLATE " + column.collation;
  if (column.generated.empty() && !expression.empty()) sql += " USING " + expression;
  if (!column.default_value.empty())
    sql += ", " + alter_of(is) + "SET DEFAULT " + column.default_value;
  if (expression.empty())
    return statement(
        is, Change::Alter, std::move(sql),
        {{lint::RuleId::Reindex,
          "indexes on " + place_of(is) + " are built anew while nobody may use " + is.relation}});
  losses.insert(
      losses.begin(),
      {lint::RuleId::ChangeColumnType,
       place_of(is) + " is written anew, with its indexes, while nobody may read " + is.relation});
  return statement(is, Change::Alter, std::move(sql), std::move(losses));
}

Statement set_default(const Object& object) {
  return statement(object, Change::Alter,
                   only_table_of(object) + alter_of(object) + "SET DEFAULT " +
                       details<Column>(object).default_value,
                   {}, true);
}

Statement drop_default(const Object& object) {
  return statement(object, Change::Alter,
                   only_table_of(object) + alter_of(object) + "DROP DEFAULT");
}

Statement drop_identity(const Object& object) {
  return statement(object, Change::Alter, table_of(object) + alter_of(object) + "DROP IDENTITY");
}

std::vector<Statement> create_column(const Catalog& catalog, const Object& object,
                                     const DdlContext& how) {
  const auto& column = details<Column>(object);
  std::vector<Hazard> hazards;
  bool required = false;
  if (!how.fresh) {
    if (!column.generated.empty())
      hazards.push_back(
          {lint::RuleId::AddColumnStored,
           place_of(object) + " is computed for each row: the table is written anew"});
    else if (fills_each_row(catalog, object))
      hazards.push_back({lint::RuleId::AddColumnVolatileDefault,
                         "each row of " + object.relation +
                             " gets a value of its own: the table is written anew"});
    required = column.not_null && column.default_value.empty() && !column.identity &&
               column.generated.empty();
    if (required)
      hazards.push_back(
          {lint::RuleId::AddRequiredColumn, "it fails where " + object.relation +
                                                " has rows, and INSERTs that do not know " +
                                                object.identity + " fail from then on"});
  }
  const bool additive = how.fresh || hazards.empty();
  const auto ref = static_cast<Ref>(&object - catalog.objects.data());
  const bool deferred = std::ranges::binary_search(how.deferred_default, ref);
  std::vector<Statement> answer{statement(
      object, Change::Add, table_of(object) + "ADD COLUMN " + column_definition(object, !deferred),
      std::move(hazards), additive)};
  for (const std::string& setting : column_settings(object))
    answer.push_back(statement(object, Change::Add, only_table_of(object) + setting, {}, true));
  for (Statement& each : identity_persistence(catalog, object)) answer.push_back(std::move(each));
  return answer;
}

std::vector<Statement> drop_column(const Catalog& /*catalog*/, const Object& object,
                                   const DdlContext& how) {
  std::vector<Hazard> hazards;
  if (!how.fresh)
    hazards.push_back({lint::RuleId::DropColumn, "the values of " + place_of(object) +
                                                     " are gone, and statements that use it fail"});
  return {statement(
      object, Change::Drop,
      (how.only ? only_table_of(object) : table_of(object)) + "DROP COLUMN " + object.identity,
      std::move(hazards))};
}

}  // namespace sluice::schema
