#include "schema/column_type.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "lint/column_type.h"
#include "schema/ddl_kinds.h"

namespace sluice::schema {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// format_type()'s names, and those of pg_type.
constexpr std::array kNames{
    Pair{"character varying", "varchar"},
    Pair{"character", "bpchar"},
    Pair{"bit varying", "varbit"},
    Pair{"timestamp without time zone", "timestamp"},
    Pair{"timestamp with time zone", "timestamptz"},
    Pair{"time without time zone", "time"},
    Pair{"time with time zone", "timetz"},
    Pair{"double precision", "float8"},
    Pair{"real", "float4"},
    Pair{"smallint", "int2"},
    Pair{"integer", "int4"},
    Pair{"bigint", "int8"},
    Pair{"boolean", "bool"},
};

constexpr std::array<std::string_view, 6> kNumbers{"int2",   "int4",   "int8",
                                                   "float4", "float8", "numeric"};
constexpr std::array<std::string_view, 4> kTexts{"text", "varchar", "bpchar", "name"};

// pg_cast of PostgreSQL 13 to 17, without numbers among themselves and without texts: the casts
// that are made without being asked for (implicit and in assignments), and those that are not.
constexpr std::array kAssigned{
    Pair{"int4", "money"},         Pair{"int8", "money"},
    Pair{"numeric", "money"},      Pair{"money", "numeric"},
    Pair{"int2", "oid"},           Pair{"int4", "oid"},
    Pair{"int8", "oid"},           Pair{"oid", "int4"},
    Pair{"oid", "int8"},           Pair{"date", "timestamp"},
    Pair{"date", "timestamptz"},   Pair{"time", "interval"},
    Pair{"time", "timetz"},        Pair{"timestamp", "date"},
    Pair{"timestamp", "time"},     Pair{"timestamp", "timestamptz"},
    Pair{"timestamptz", "date"},   Pair{"timestamptz", "time"},
    Pair{"timestamptz", "timetz"}, Pair{"timestamptz", "timestamp"},
    Pair{"timetz", "time"},        Pair{"interval", "time"},
    Pair{"inet", "cidr"},          Pair{"cidr", "inet"},
    Pair{"macaddr", "macaddr8"},   Pair{"macaddr8", "macaddr"},
    Pair{"bit", "varbit"},         Pair{"varbit", "bit"},
    Pair{"json", "jsonb"},         Pair{"jsonb", "json"},
    Pair{"box", "polygon"},        Pair{"path", "polygon"},
    Pair{"polygon", "path"},       Pair{"point", "box"},
};
constexpr std::array kExplicit{
    Pair{"int4", "bool"},      Pair{"bool", "int4"},    Pair{"int4", "bit"},
    Pair{"int8", "bit"},       Pair{"bit", "int4"},     Pair{"bit", "int8"},
    Pair{"jsonb", "bool"},     Pair{"jsonb", "int2"},   Pair{"jsonb", "int4"},
    Pair{"jsonb", "int8"},     Pair{"jsonb", "float4"}, Pair{"jsonb", "float8"},
    Pair{"jsonb", "numeric"},  Pair{"circle", "box"},   Pair{"circle", "point"},
    Pair{"circle", "polygon"}, Pair{"box", "circle"},   Pair{"box", "lseg"},
    Pair{"lseg", "point"},     Pair{"polygon", "box"},  Pair{"polygon", "circle"},
    Pair{"polygon", "point"},  Pair{"box", "point"},
};

bool is_in(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}
bool is_in(std::span<const Pair> pairs, const Pair& pair) {
  return std::ranges::find(pairs, pair) != pairs.end();
}

// format_type()'s text: name(mods) rest [].
lint::ColumnType parse(std::string_view text) {
  lint::ColumnType type;
  while (text.ends_with("[]")) {
    type.array = true;
    text.remove_suffix(2);
  }
  type.name = text;
  // A type of a user's schema keeps its modifiers in its name: they mean what only it knows.
  if (text.find_first_of(".\"") != std::string_view::npos) return type;
  const size_t open = text.find('(');
  if (open != std::string_view::npos) {
    const size_t close = text.find(')', open);
    for (const std::string& part : base::split_list(text.substr(open + 1, close - open - 1), ',')) {
      int value = 0;
      std::from_chars(part.data(), part.data() + part.size(), value);
      type.mods.push_back(value);
    }
    type.name = std::string(text.substr(0, open)) + std::string(text.substr(close + 1));
  }
  const auto* const known = std::ranges::find(kNames, type.name, &Pair::first);
  if (known != kNames.end()) type.name = known->second;
  return type;
}

struct Resolved {
  std::string text;  // what is below all domains
  bool constrained = false;
  bool domain = false;
};

Resolved resolve(const Catalog& catalog, std::string type) {
  Resolved answer;
  while (const Object* object = type_named(catalog, Kind::Domain, type)) {
    const auto& domain = details<Domain>(*object);
    answer.domain = true;
    answer.constrained |= domain.not_null || !domain.constraints.empty();
    type = domain.type;
  }
  answer.text = std::move(type);
  return answer;
}

bool is_text(const lint::ColumnType& type) { return is_in(kTexts, type.name); }
bool is_number(const lint::ColumnType& type) { return is_in(kNumbers, type.name); }

// Beyond what lint knows: money has two places behind the point in most currencies; jsonb keeps the
// last of two equal keys, and no order; without its zone an instant is one of two, once a year.
bool cuts_besides(const lint::ColumnType& from, const lint::ColumnType& to) {
  if (from.name == "money" && to.name == "numeric")
    return to.mods.size() == 1 || (to.mods.size() == 2 && to.mods[1] < 2);
  return (from.name == "json" && to.name == "jsonb") ||
         (from.name == "timestamptz" && to.name == "timestamp");
}

bool is_own(const lint::ColumnType& type) { return type.name.find('.') != std::string::npos; }

bool has_cast(const Catalog& catalog, const std::string& was, const std::string& is) {
  Key key;
  key.kind = Kind::Cast;
  key.name = was + " AS " + is;
  return catalog.find(key) != nullptr;
}

bool is_enum(const Catalog& catalog, const std::string& type) {
  return type_named(catalog, Kind::Enum, type) != nullptr;
}

}  // namespace

TypeChange type_change(const Catalog& from, const std::string& was, const Catalog& to,
                       const std::string& is) {
  TypeChange change;
  const Resolved old_one = resolve(from, was);
  const Resolved new_one = resolve(to, is);
  const lint::ColumnType a = parse(old_one.text);
  const lint::ColumnType b = parse(new_one.text);
  const bool same = old_one.text == new_one.text;
  change.free = !new_one.constrained && (same || lint::changes_freely(a, b));
  change.cuts = lint::cuts(a, b) || cuts_besides(a, b);
  change.refuses = lint::narrows(a, b) || (new_one.constrained && was != is);
  change.trims = is_text(a) && is_text(b) && lint::narrows(a, b);
  if (same || change.free) return change;
  // A cast to varchar(n) cuts what is too long; the assignment of a text refuses it.
  const bool measured = is_text(b) && !b.mods.empty();
  const std::string direct = "::" + (measured ? b.array ? "text[]" : "text" : is);
  if (a.array != b.array) {
    // Only from and to a text, which is written as the array is.
    change.possible = is_text(a.array ? b : a);
    change.conversion = direct;
    change.cuts |= !is_text(b);
    change.refuses |= measured || !a.array;
    return change;
  }
  const Pair pair{a.name, b.name};
  if (a.name == b.name || (is_number(a) && is_number(b)) || is_in(kAssigned, pair) || is_text(b)) {
    // Numbers, texts and times find their way; (n) of a user's type is its own affair.
    if (is_own(a)) change.conversion = direct;
    change.refuses |= measured && !is_text(a);
    return change;
  }
  change.conversion = direct;
  if (has_cast(to, old_one.text, new_one.text)) return change;
  change.refuses = true;
  // '007' is 7, and '2026-11-21 10:00' a date; a label is a label.
  change.cuts = !is_enum(to, b.name) && b.name != "json";
  if (is_text(a) || is_in(kExplicit, pair)) return change;
  if (is_enum(from, a.name) && is_enum(to, b.name)) {
    change.conversion = std::string("::text") + (a.array ? "[]" : "") + direct;
    return change;
  }
  change.possible = false;
  return change;
}

const Object* type_named(const Catalog& catalog, Kind kind, const std::string& identity) {
  const auto those = std::ranges::equal_range(catalog.objects, kind, {},
                                              [](const Object& object) { return object.key.kind; });
  const auto found = std::ranges::find(those, identity, &Object::identity);
  return found == those.end() ? nullptr : &*found;
}

std::string below_domains(const Catalog& catalog, const std::string& type) {
  return resolve(catalog, type).text;
}

bool has_constraints(const Catalog& catalog, const std::string& type) {
  return resolve(catalog, type).constrained;
}

bool is_of_type(const std::string& type, const std::string& identity) {
  if (!type.starts_with(identity)) return false;
  const std::string_view rest = std::string_view(type).substr(identity.size());
  return rest.empty() || rest.front() == '[' || rest.front() == '(';
}

std::string natural_storage(const Catalog& catalog, const std::string& type) {
  const lint::ColumnType base = parse(resolve(catalog, type).text);
  if (base.array) return "EXTENDED";
  if (is_in(std::to_array<std::string_view>({"numeric", "inet", "cidr"}), base.name)) return "MAIN";
  constexpr auto kLong = std::to_array<std::string_view>(
      {"text",   "varchar",   "bpchar",    "varbit",   "bit",      "json",      "jsonb",
       "xml",    "bytea",     "path",      "polygon",  "tsvector", "tsquery",   "jsonpath",
       "record", "int4range", "int8range", "numrange", "tsrange",  "tstzrange", "daterange"});
  if (is_in(kLong, base.name) || base.name.ends_with("multirange")) return "EXTENDED";
  return is_own(base) && !is_enum(catalog, base.name) ? "EXTENDED" : "PLAIN";
}

}  // namespace sluice::schema
