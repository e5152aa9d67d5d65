#include "lint/column_type.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace sluice::lint {
namespace {

using Names = std::vector<std::string_view>;

bool is_in(const std::string& name, const Names& names) {
  return std::ranges::find(names, name) != names.end();
}

// Other spellings that the parser leaves alone.
std::string own_name(const std::string& name) {
  static const std::map<std::string, std::string, std::less<>> kNames{
      {"int", "int4"},           {"integer", "int4"},   {"bigint", "int8"},
      {"smallint", "int2"},      {"serial", "serial4"}, {"bigserial", "serial8"},
      {"smallserial", "serial2"}};
  const auto found = kNames.find(name);
  return found == kNames.end() ? name : found->second;
}

// The larger, the more values; 0: no number.
int integer_rank(const std::string& name) {
  constexpr std::array<std::string_view, 3> kIntegers{"int2", "int4", "int8"};
  return static_cast<int>(std::ranges::find(kIntegers, name) - kIntegers.begin() + 1) % 4;
}

bool is_timed(const std::string& name) {
  return is_in(name, {"timestamp", "timestamptz", "time", "timetz", "interval"});
}

bool is_text(const std::string& name) { return is_in(name, {"text", "varchar"}); }

// The length or precision; none is the largest.
int room(const ColumnType& type, size_t index = 0) {
  constexpr int kAll = 1'000'000'000;
  return index < type.mods.size() ? type.mods[index] : kAll;
}

// A scale that is not written is 0 where a precision is.
int scale(const ColumnType& type) { return type.mods.size() == 1 ? 0 : room(type, 1); }

bool narrows_numeric(const ColumnType& from, const ColumnType& to) {
  if (to.mods.empty()) return false;
  if (from.mods.empty()) return true;
  return scale(to) < scale(from) || room(to) - scale(to) < room(from) - scale(from);
}

}  // namespace

ColumnType type_of(const PgQuery__TypeName* type) {
  ColumnType answer;
  if (type == nullptr) return answer;
  std::vector<std::string> names = texts_of(type->n_names, type->names);
  if (names.size() == 2 && names.front() == "pg_catalog") names.erase(names.begin());
  answer.name = names.size() == 1 ? own_name(names.front()) : quoted(names);
  answer.array = type->n_array_bounds > 0;
  for (const PgQuery__Node* mod : nodes(type->n_typmods, type->typmods))
    if (mod->node_case == PG_QUERY__NODE__NODE_A_CONST &&
        mod->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL)
      answer.mods.push_back(mod->a_const->ival->ival);
  // interval's fields, and the precision after them
  if (answer.name == "interval" && !answer.mods.empty()) answer.mods.erase(answer.mods.begin());
  return answer;
}

std::string written(const ColumnType& type) {
  static const std::map<std::string, std::string, std::less<>> kNames{
      {"int2", "smallint"},
      {"int4", "integer"},
      {"int8", "bigint"},
      {"bool", "boolean"},
      {"bpchar", "char"},
      {"float4", "real"},
      {"float8", "double precision"},
      {"serial2", "smallserial"},
      {"serial4", "serial"},
      {"serial8", "bigserial"}};
  const auto found = kNames.find(type.name);
  std::string text = found == kNames.end() ? type.name : found->second;
  std::string mods;
  for (const int mod : type.mods) mods += (mods.empty() ? "" : ",") + std::to_string(mod);
  if (!mods.empty()) text += "(" + mods + ")";
  return text + (type.array ? "[]" : "");
}

bool is_serial(const ColumnType& type) { return type.name.starts_with("serial"); }

ColumnType without_serial(const ColumnType& type) {
  return is_serial(type) ? ColumnType{"int" + type.name.substr(6), {}, false} : type;
}

bool changes_freely(const ColumnType& from, const ColumnType& to) {
  if (from == to) return true;
  if (from.array || to.array) return false;
  if (is_text(from.name) && is_text(to.name)) return room(to) >= room(from);
  if (from.name == "cidr" && to.name == "inet") return true;
  if (from.name != to.name) return false;
  if (from.name == "numeric")
    return to.mods.empty() ||
           (!from.mods.empty() && scale(to) == scale(from) && room(to) >= room(from));
  if (from.name == "varbit" || is_timed(from.name)) return room(to) >= room(from);
  return false;
}

bool narrows(const ColumnType& from, const ColumnType& to) {
  if (from.array != to.array) return false;
  const int rank = integer_rank(to.name);
  if (rank > 0)
    return integer_rank(from.name) > rank || is_in(from.name, {"numeric", "float4", "float8"});
  if (is_text(from.name) || from.name == "bpchar")
    return (is_text(to.name) || to.name == "bpchar") && room(to) < room(from);
  if (from.name == "numeric")
    return to.name == "numeric" ? narrows_numeric(from, to) : is_in(to.name, {"float4", "float8"});
  if (from.name == "float8" && to.name == "float4") return true;
  if (from.name == "timestamp" || from.name == "timestamptz")
    return is_in(to.name, {"date", "time", "timetz"}) ||
           (is_timed(to.name) && room(to) < room(from));
  if (from.name == "varbit" || is_timed(from.name))
    return from.name == to.name && room(to) < room(from);
  return false;
}

bool cuts(const ColumnType& from, const ColumnType& to) {
  if (from.array != to.array) return false;
  const bool floats = is_in(from.name, {"float4", "float8"});
  if (integer_rank(to.name) > 0) return floats || from.name == "numeric";
  if (to.name == "name") return is_text(from.name) || from.name == "bpchar";
  if (to.name == "numeric")
    return floats || (from.name == "numeric" && !to.mods.empty() &&
                      (from.mods.empty() || scale(to) < scale(from)));
  if (to.name == "money") return floats || from.name == "numeric";
  if (to.name == "float4") return is_in(from.name, {"int4", "int8", "numeric", "float8"});
  if (to.name == "float8") return is_in(from.name, {"int8", "numeric"});
  if (from.name == "inet") return to.name == "cidr";
  if (from.name == "timestamp" || from.name == "timestamptz")
    if (is_in(to.name, {"date", "time", "timetz"})) return true;
  if (to.name == "time" && is_in(from.name, {"timetz", "interval"})) return true;
  return is_timed(from.name) && is_timed(to.name) && room(to) < room(from);
}

}  // namespace sluice::lint
