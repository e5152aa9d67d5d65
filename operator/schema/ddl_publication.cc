#include <algorithm>

#include "base/text.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"
#include "sql/quote.h"

namespace sluice::schema {
namespace {

// What the server takes where nothing is said.
const Options& default_options() {
  static const Options options{{"publish", "insert, update, delete, truncate"},
                               {"publish_via_partition_root", "false"}};
  return options;
}

std::string setting_list(const Options& options) {
  std::vector<std::string> settings;
  for (const auto& [name, value] : options) settings.push_back(name + " = " + sql::literal(value));
  return "(" + base::join(settings, ", ") + ")";
}

std::string text_of(const PublicationTable& table) {
  std::string text = "TABLE " + table.table;
  if (!table.columns.empty()) text += " " + table.columns;
  if (!table.filter.empty()) text += " WHERE (" + table.filter + ")";
  return text;
}

std::string text_of(const std::string& schema) { return "TABLES IN SCHEMA " + schema; }

std::vector<std::string> members_of(const Publication& publication) {
  std::vector<std::string> members;
  for (const PublicationTable& table : publication.tables) members.push_back(text_of(table));
  for (const std::string& schema : publication.schemas) members.push_back(text_of(schema));
  return members;
}

// Members of `a` that `b` does not name; and whether both name one, each in another way.
struct Delta {
  std::vector<std::string> members;
  bool changed = false;
};

Delta without(const Publication& a, const Publication& b, bool to_drop) {
  Delta delta;
  for (const PublicationTable& table : a.tables) {
    const auto same = std::ranges::find(b.tables, table.table, &PublicationTable::table);
    if (same == b.tables.end()) {
      delta.members.push_back(to_drop ? "TABLE " + table.table : text_of(table));
    } else if (*same != table) {
      delta.changed = true;
    }
  }
  for (const std::string& schema : a.schemas)
    if (std::ranges::find(b.schemas, schema) == b.schemas.end())
      delta.members.push_back(text_of(schema));
  return delta;
}

}  // namespace

std::vector<Statement> create_publication(const Catalog&, const Object& object, const DdlContext&) {
  const auto& publication = details<Publication>(object);
  std::string sql = phrase("CREATE", object);
  if (publication.all_tables) {
    sql += " FOR ALL TABLES";
  } else if (const auto members = members_of(publication); !members.empty()) {
    sql += " FOR " + base::join(members, ", ");
  }
  if (!publication.options.empty()) sql += " WITH " + setting_list(publication.options);
  return {statement(object, Change::Add, sql, {}, true)};
}

std::vector<Statement> drop_publication(const Catalog&, const Object& object, const DdlContext&) {
  return {statement(object, Change::Drop, phrase("DROP", object))};
}

std::optional<std::vector<Statement>> alter_publication(const Catalog&, const Object& was,
                                                        const Catalog&, const Object& is,
                                                        const DdlContext&) {
  const auto& old = details<Publication>(was);
  const auto& wanted = details<Publication>(is);
  if (old.all_tables != wanted.all_tables) return std::nullopt;
  std::vector<Statement> statements;
  const auto change = [&](const std::string& action, bool additive = false) {
    statements.push_back(
        statement(is, Change::Alter, phrase("ALTER", is) + " " + action, {}, additive));
  };
  const Delta gone = without(old, wanted, true);
  const Delta added = without(wanted, old, false);
  if (gone.changed) {
    change("SET " + base::join(members_of(wanted), ", "));
  } else {
    if (!gone.members.empty()) change("DROP " + base::join(gone.members, ", "));
    if (!added.members.empty()) change("ADD " + base::join(added.members, ", "), true);
  }
  Options settings;
  for (const auto& [name, value] : wanted.options) {
    const auto before = old.options.find(name);
    if (before == old.options.end() || before->second != value) settings[name] = value;
  }
  for (const auto& [name, value] : default_options())
    if (old.options.contains(name) && !wanted.options.contains(name)) settings[name] = value;
  if (!settings.empty()) change("SET " + setting_list(settings));
  return statements;
}

}  // namespace sluice::schema
