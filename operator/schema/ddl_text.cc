#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

#include "schema/ddl_kinds.h"
#include "sql/quote.h"

namespace sluice::schema {
namespace {

// Key words that cannot be a name of every kind, PostgreSQL 13 to 17: quote_ident() quotes them.
constexpr auto kWords = std::to_array<std::string_view>({"all",
                                                         "analyse",
                                                         "analyze",
                                                         "and",
                                                         "any",
                                                         "array",
                                                         "as",
                                                         "asc",
                                                         "asymmetric",
                                                         "authorization",
                                                         "between",
                                                         "bigint",
                                                         "binary",
                                                         "bit",
                                                         "boolean",
                                                         "both",
                                                         "case",
                                                         "cast",
                                                         "char",
                                                         "character",
                                                         "check",
                                                         "coalesce",
                                                         "collate",
                                                         "collation",
                                                         "column",
                                                         "concurrently",
                                                         "constraint",
                                                         "create",
                                                         "cross",
                                                         "current_catalog",
                                                         "current_date",
                                                         "current_role",
                                                         "current_schema",
                                                         "current_time",
                                                         "current_timestamp",
                                                         "current_user",
                                                         "dec",
                                                         "decimal",
                                                         "default",
                                                         "deferrable",
                                                         "desc",
                                                         "distinct",
                                                         "do",
                                                         "else",
                                                         "end",
                                                         "except",
                                                         "exists",
                                                         "extract",
                                                         "false",
                                                         "fetch",
                                                         "float",
                                                         "for",
                                                         "foreign",
                                                         "freeze",
                                                         "from",
                                                         "full",
                                                         "grant",
                                                         "greatest",
                                                         "group",
                                                         "grouping",
                                                         "having",
                                                         "ilike",
                                                         "in",
                                                         "initially",
                                                         "inner",
                                                         "inout",
                                                         "int",
                                                         "integer",
                                                         "intersect",
                                                         "interval",
                                                         "into",
                                                         "is",
                                                         "isnull",
                                                         "join",
                                                         "json",
                                                         "json_array",
                                                         "json_arrayagg",
                                                         "json_exists",
                                                         "json_object",
                                                         "json_objectagg",
                                                         "json_query",
                                                         "json_scalar",
                                                         "json_serialize",
                                                         "json_table",
                                                         "json_value",
                                                         "lateral",
                                                         "leading",
                                                         "least",
                                                         "left",
                                                         "like",
                                                         "limit",
                                                         "localtime",
                                                         "localtimestamp",
                                                         "merge_action",
                                                         "national",
                                                         "natural",
                                                         "nchar",
                                                         "none",
                                                         "normalize",
                                                         "not",
                                                         "notnull",
                                                         "null",
                                                         "nullif",
                                                         "numeric",
                                                         "offset",
                                                         "on",
                                                         "only",
                                                         "or",
                                                         "order",
                                                         "out",
                                                         "outer",
                                                         "overlaps",
                                                         "overlay",
                                                         "placing",
                                                         "position",
                                                         "precision",
                                                         "primary",
                                                         "real",
                                                         "references",
                                                         "returning",
                                                         "right",
                                                         "row",
                                                         "select",
                                                         "session_user",
                                                         "setof",
                                                         "similar",
                                                         "smallint",
                                                         "some",
                                                         "substring",
                                                         "symmetric",
                                                         "system_user",
                                                         "table",
                                                         "tablesample",
                                                         "then",
                                                         "time",
                                                         "timestamp",
                                                         "to",
                                                         "trailing",
                                                         "treat",
                                                         "trim",
                                                         "true",
                                                         "union",
                                                         "unique",
                                                         "user",
                                                         "using",
                                                         "values",
                                                         "varchar",
                                                         "variadic",
                                                         "verbose",
                                                         "when",
                                                         "where",
                                                         "window",
                                                         "with",
                                                         "xmlattributes",
                                                         "xmlconcat",
                                                         "xmlelement",
                                                         "xmlexists",
                                                         "xmlforest",
                                                         "xmlnamespaces",
                                                         "xmlparse",
                                                         "xmlpi",
                                                         "xmlroot",
                                                         "xmlserialize",
                                                         "xmltable"});
static_assert(std::ranges::is_sorted(kWords));

bool is_plain(std::string_view name) {
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::ranges::all_of(
             name,
             [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }) &&
         !std::ranges::binary_search(kWords, name);
}

// A word or a number as storage parameters have them; everything else is a literal.
bool is_bare(std::string_view value) {
  return !value.empty() &&
         std::ranges::all_of(value,
                             [](char c) {
                               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                                      c == '.' || c == '_';
                             }) &&
         (value.find_first_not_of("0123456789.") == std::string_view::npos ||
          (value.front() >= 'a' && value.front() <= 'z' &&
           value.find('.') == std::string_view::npos));
}

std::string option_name(std::string_view name) {
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return quoted(name);
  return quoted(name.substr(0, dot)) + "." + quoted(name.substr(dot + 1));
}

std::string option(std::string_view name, std::string_view value) {
  return option_name(name) + " = " + (is_bare(value) ? std::string(value) : sql::literal(value));
}

}  // namespace

Statement statement(const Object& object, Change change, std::string sql,
                    std::vector<Hazard> hazards, bool additive) {
  Statement answer;
  answer.sql = std::move(sql);
  answer.object = object.key;
  answer.change = change;
  answer.hazards = std::move(hazards);
  answer.additive = additive;
  return answer;
}

std::string quoted(std::string_view name) {
  return is_plain(name) ? std::string(name) : sql::quote_identifier(name);
}

std::string qualified(std::string_view schema, std::string_view name) {
  return (schema.empty() ? "" : quoted(schema) + ".") + quoted(name);
}

std::string cut(std::string_view name, size_t bytes) {
  if (name.size() <= bytes) return std::string(name);
  constexpr unsigned char kMask = 0xC0;
  constexpr unsigned char kContinues = 0x80;
  while (bytes > 0 && (static_cast<unsigned char>(name[bytes]) & kMask) == kContinues) --bytes;
  return std::string(name.substr(0, bytes));
}

std::string aside_name(std::string_view name) {
  constexpr size_t kRoom = 50;
  return cut(name, kRoom) + "__old";
}

std::string column_list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + quoted(name);
  return "(" + text + ")";
}

std::span<const Object> belongings(const Catalog& catalog, Kind kind, const std::string& schema,
                                   const std::string& relation) {
  const auto place = [](const Object& object) {
    return std::tie(object.key.kind, object.key.schema, object.key.relation);
  };
  const auto found =
      std::ranges::equal_range(catalog.objects, std::tie(kind, schema, relation), {}, place);
  return {found.begin(), found.end()};
}

std::span<const Object> belongings(const Catalog& catalog, Kind kind, const Object& relation) {
  return belongings(catalog, kind, relation.key.schema, relation.key.name);
}

const Object* relation_of(const Catalog& catalog, const Object& object) {
  return object.owner_relation ? &catalog.at(*object.owner_relation) : nullptr;
}

std::string option_list(const Options& options) {
  std::string text;
  for (const auto& [name, value] : options)
    text += (text.empty() ? "" : ", ") + option(name, value);
  return text;
}

std::vector<std::string> option_changes(const Options& was, const Options& is) {
  Options set;
  std::string reset;
  for (const auto& [name, value] : is) {
    const auto found = was.find(name);
    if (found == was.end() || found->second != value) set.emplace(name, value);
  }
  for (const auto& [name, value] : was)
    if (!is.contains(name)) reset += (reset.empty() ? "" : ", ") + option_name(name);
  std::vector<std::string> answer;
  if (!set.empty()) answer.push_back("SET (" + option_list(set) + ")");
  if (!reset.empty()) answer.push_back("RESET (" + reset + ")");
  return answer;
}

}  // namespace sluice::schema
