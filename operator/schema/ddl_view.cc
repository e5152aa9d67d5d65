// Views and materialized views.
#include <algorithm>

#include "base/text.h"
#include "schema/column_type.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"

namespace sluice::schema {
namespace {

using lint::RuleId;

std::string with_options(const Options& options) {
  return options.empty() ? "" : " WITH (" + option_list(options) + ")";
}

bool same_shape(const ViewColumn& a, const ViewColumn& b) {
  return a.name == b.name && a.type == b.type && a.collation == b.collation;
}

// All that CREATE OR REPLACE VIEW may do to the columns is to append some.
bool appended_only(const std::vector<ViewColumn>& was, const std::vector<ViewColumn>& is) {
  return was.size() <= is.size() && std::equal(was.begin(), was.end(), is.begin(), same_shape);
}

Statement set_default(const Object& view, const ViewColumn& column, Change change, bool additive) {
  const std::string action =
      column.default_value.empty() ? "DROP DEFAULT" : "SET DEFAULT " + column.default_value;
  return statement(view, change,
                   phrase("ALTER", view) + " ALTER COLUMN " + quoted(column.name) + " " + action,
                   {}, additive);
}

std::vector<Statement> drop_relation(const Object& object, const DdlContext& how) {
  std::vector<Hazard> hazards;
  if (!how.fresh)
    hazards.push_back({RuleId::DropView, "statements that read " + title(object) + " fail"});
  return {statement(object, Change::Drop, phrase("DROP", object), std::move(hazards))};
}

// What is set for a column of a materialized view: ALTER MATERIALIZED VIEW says it as ALTER TABLE.
std::vector<Statement> column_settings(const Catalog& catalog, const Object& view,
                                       const ViewColumn& was, const ViewColumn& is, Change change) {
  std::vector<Statement> answer;
  const auto set = [&](const std::string& action) {
    answer.push_back(statement(
        view, change, phrase("ALTER", view) + " ALTER COLUMN " + quoted(is.name) + " " + action, {},
        change == Change::Add));
  };
  if (was.storage != is.storage)
    set("SET STORAGE " + (is.storage.empty() ? natural_storage(catalog, is.type) : is.storage));
  if (was.compression != is.compression)
    set("SET COMPRESSION " + (is.compression.empty() ? "DEFAULT" : is.compression));
  if (was.statistics != is.statistics) set("SET STATISTICS " + std::to_string(is.statistics));
  for (const std::string& options : option_changes(was.options, is.options)) set(options);
  return answer;
}

std::string replace_text(const Object& object) {
  const auto& view = details<View>(object);
  return phrase("CREATE OR REPLACE", object) + with_options(view.options) + " AS\n" +
         view.definition;
}

}  // namespace

// It may take the place of its stub.
std::vector<Statement> create_view(const Catalog&, const Object& object, const DdlContext&) {
  std::vector<Statement> statements{statement(object, Change::Add, replace_text(object), {}, true)};
  for (const ViewColumn& column : details<View>(object).columns)
    if (!column.default_value.empty())
      statements.push_back(set_default(object, column, Change::Add, true));
  return statements;
}

Statement create_view_stub(const Catalog&, const Object& object, const DdlContext&) {
  std::vector<std::string> columns;
  for (const ViewColumn& column : details<View>(object).columns)
    columns.push_back("NULL::" + column.type +
                      (column.collation.empty() ? "" : " COLLATE " + column.collation) + " AS " +
                      quoted(column.name));
  return statement(object, Change::Add,
                   phrase("CREATE", object) + " AS\n SELECT " + base::join(columns, ", "), {},
                   true);
}

std::vector<Statement> drop_view(const Catalog&, const Object& object, const DdlContext& how) {
  return drop_relation(object, how);
}

std::optional<std::vector<Statement>> alter_view(const Catalog&, const Object& was, const Catalog&,
                                                 const Object& is, const DdlContext&) {
  const auto& old = details<View>(was);
  const auto& wanted = details<View>(is);
  if (!appended_only(old.columns, wanted.columns)) return std::nullopt;
  std::vector<Statement> statements;
  if (old.definition != wanted.definition || old.columns.size() != wanted.columns.size()) {
    statements.push_back(statement(is, Change::Alter, replace_text(is)));
  } else {
    for (const std::string& change : option_changes(old.options, wanted.options))
      statements.push_back(statement(is, Change::Alter, phrase("ALTER", is) + " " + change));
  }
  for (size_t i = 0; i < wanted.columns.size(); ++i) {
    const std::string before = i < old.columns.size() ? old.columns[i].default_value : "";
    if (wanted.columns[i].default_value != before)
      statements.push_back(set_default(is, wanted.columns[i], Change::Alter, before.empty()));
  }
  return statements;
}

std::vector<Statement> create_materialized_view(const Catalog& catalog, const Object& object,
                                                const DdlContext& how) {
  const auto& view = details<MaterializedView>(object);
  std::string sql = phrase("CREATE", object);
  if (!view.access_method.empty()) sql += " USING " + quoted(view.access_method);
  sql += with_options(view.options);
  if (!view.tablespace.empty()) sql += " TABLESPACE " + quoted(view.tablespace);
  sql += " AS\n" + view.definition;
  if (!view.populated) sql += "\n  WITH NO DATA";
  std::vector<Hazard> hazards;
  if (!how.fresh && view.populated)
    hazards.push_back({RuleId::RefreshMaterializedView,
                       title(object) + " cannot be read until its query has run"});
  std::vector<Statement> statements{statement(object, Change::Add, sql, std::move(hazards), true)};
  for (const ViewColumn& column : view.columns)
    for (Statement& each : column_settings(catalog, object, {}, column, Change::Add))
      statements.push_back(std::move(each));
  return statements;
}

std::vector<Statement> drop_materialized_view(const Catalog&, const Object& object,
                                              const DdlContext& how) {
  return drop_relation(object, how);
}

std::optional<std::vector<Statement>> alter_materialized_view(const Catalog& from,
                                                              const Object& was, const Catalog& to,
                                                              const Object& is,
                                                              const DdlContext& how) {
  const auto& old = details<MaterializedView>(was);
  const auto& wanted = details<MaterializedView>(is);
  if (old.definition != wanted.definition ||
      !std::ranges::equal(old.columns, wanted.columns, same_shape))
    return std::nullopt;
  std::vector<Statement> statements;
  const auto change = [&](const std::string& action, std::vector<Hazard> hazards) {
    if (how.fresh) hazards.clear();
    statements.push_back(
        statement(is, Change::Alter, phrase("ALTER", is) + " " + action, std::move(hazards)));
  };
  for (const std::string& options : option_changes(old.options, wanted.options))
    change(options, {});
  if (old.access_method != wanted.access_method) {
    if (from.server_version != 0 && from.server_version < 150000) return std::nullopt;
    const std::string method = wanted.access_method.empty() ? "heap" : wanted.access_method;
    change("SET ACCESS METHOD " + quoted(method),
           {{RuleId::SetAccessMethod, title(is) + " is written anew while nobody may read it"}});
  }
  if (old.tablespace != wanted.tablespace) {
    const std::string space = wanted.tablespace.empty() ? "pg_default" : wanted.tablespace;
    change("SET TABLESPACE " + quoted(space),
           {{RuleId::SetTablespace, title(is) + " is copied while nobody may read it"}});
  }
  for (size_t i = 0; i < wanted.columns.size(); ++i)
    for (Statement& each :
         column_settings(to, is, old.columns[i], wanted.columns[i], Change::Alter))
      statements.push_back(std::move(each));
  return statements;
}

}  // namespace sluice::schema
