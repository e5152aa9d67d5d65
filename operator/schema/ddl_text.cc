#include <algorithm>

#include "lint/tree.h"
#include "schema/ddl_kinds.h"
#include "sql/quote.h"

namespace sluice::schema {
namespace {

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

std::string quoted(std::string_view name) { return lint::quoted(name); }

std::string qualified(std::string_view schema, std::string_view name) {
  return (schema.empty() ? "" : quoted(schema) + ".") + quoted(name);
}

std::string column_list(const std::vector<std::string>& names) { return lint::column_list(names); }

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
