#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "base/text.h"
#include "schema/ddl_relation.h"
#include "sql/quote.h"

namespace sluice::schema {
namespace {

using sql::literal;

bool is_integer(std::string_view type) {
  return type == "smallint" || type == "integer" || type == "bigint";
}

bool descends(const Sequence& sequence) { return sequence.increment.starts_with('-'); }

// What CREATE SEQUENCE chooses.
Sequence natural(const Sequence& wanted) {
  struct Range {
    std::string_view type, minimum, maximum;
  };
  constexpr std::array kRanges{
      Range{"smallint", "-32768", "32767"},
      Range{"integer", "-2147483648", "2147483647"},
      Range{"bigint", "-9223372036854775808", "9223372036854775807"},
  };
  Sequence answer;
  answer.increment = "1";
  answer.cache = "1";
  for (const Range& range : kRanges)
    if (range.type == wanted.type) {
      answer.minimum = descends(wanted) ? range.minimum : "1";
      answer.maximum = descends(wanted) ? "-1" : range.maximum;
    }
  answer.start = descends(wanted) ? wanted.maximum : wanted.minimum;
  return answer;
}

int64_t number(const std::string& text) {
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Where it stands is not in the catalog: it may be anywhere in its old range.
bool leaves_range(const Sequence& was, const Sequence& is) {
  return number(is.minimum) > number(was.minimum) || number(is.maximum) < number(was.maximum);
}

// An expression over last_value that is in both ranges; nullopt: they have nothing in common.
std::optional<std::string> place_in_both(const Sequence& was, const Sequence& is) {
  const int64_t low = std::max(number(was.minimum), number(is.minimum));
  const int64_t high = std::min(number(was.maximum), number(is.maximum));
  if (low > high) return std::nullopt;
  return "least(greatest(last_value, " + std::to_string(low) + "), " + std::to_string(high) + ")";
}

}  // namespace

std::vector<std::string> sequence_changes(const Sequence& was, const Sequence& is) {
  std::vector<std::string> parts;
  if (was.increment != is.increment) parts.push_back("INCREMENT BY " + is.increment);
  if (was.minimum != is.minimum) parts.push_back("MINVALUE " + is.minimum);
  if (was.maximum != is.maximum) parts.push_back("MAXVALUE " + is.maximum);
  if (was.start != is.start) parts.push_back("START WITH " + is.start);
  if (was.cache != is.cache) parts.push_back("CACHE " + is.cache);
  if (was.cycle != is.cycle) parts.push_back(is.cycle ? "CYCLE" : "NO CYCLE");
  return parts;
}

std::string sequence_options(const Sequence& sequence, bool type) {
  std::string text;
  if (type && sequence.type != "bigint") text += " AS " + sequence.type;
  for (const std::string& part : sequence_changes(natural(sequence), sequence)) text += " " + part;
  return text;
}

std::vector<Statement> create_sequence(const Catalog& /*catalog*/, const Object& object,
                                       const DdlContext& /*how*/) {
  const auto& sequence = details<Sequence>(object);
  return {statement(object, Change::Add,
                    std::string("CREATE ") + (sequence.unlogged ? "UNLOGGED " : "") + "SEQUENCE " +
                        object.identity + sequence_options(sequence, true),
                    {}, true)};
}

std::vector<Statement> drop_sequence(const Catalog& /*catalog*/, const Object& object,
                                     const DdlContext& how) {
  std::vector<Hazard> hazards;
  if (!how.fresh)
    hazards.push_back(
        {lint::RuleId::DropSequence,
         "whatever calls nextval() on " + object.identity + " fails, and its position is gone"});
  return {statement(object, Change::Drop, "DROP SEQUENCE " + object.identity, std::move(hazards))};
}

std::optional<std::vector<Statement>> alter_sequence(const Catalog& /*from*/, const Object& was,
                                                     const Catalog& /*to*/, const Object& is,
                                                     const DdlContext& /*how*/) {
  const auto& a = details<Sequence>(was);
  const auto& b = details<Sequence>(is);
  std::vector<Statement> answer;
  std::vector<std::string> parts = sequence_changes(a, b);
  if (a.type != b.type) {
    // The bounds follow the type, or do not fit it: all of it is said.
    parts = {"AS " + b.type, "INCREMENT BY " + b.increment, "MINVALUE " + b.minimum,
             "MAXVALUE " + b.maximum, "START WITH " + b.start};
    if (a.cache != b.cache) parts.push_back("CACHE " + b.cache);
    if (a.cycle != b.cycle) parts.emplace_back(b.cycle ? "CYCLE" : "NO CYCLE");
  }
  std::vector<Hazard> moves;
  if (leaves_range(a, b)) {
    moves.push_back(
        {lint::RuleId::DropSequence, is.identity + " is moved to where its new bounds let it be"});
    const std::optional<std::string> place = place_in_both(a, b);
    if (place)
      answer.push_back(statement(is, Change::Alter,
                                 "SELECT pg_catalog.setval(" + literal(is.identity) + ", " +
                                     *place + ", is_called) FROM " + is.identity,
                                 moves));
    else
      parts.push_back("RESTART WITH " + b.start);
  }
  if (!parts.empty())
    answer.push_back(statement(is, Change::Alter,
                               "ALTER SEQUENCE " + is.identity + " " + base::join(parts, " "),
                               std::move(moves)));
  if (a.unlogged != b.unlogged)
    answer.push_back(statement(
        is, Change::Alter,
        "ALTER SEQUENCE " + is.identity + " SET " + (b.unlogged ? "UNLOGGED" : "LOGGED")));
  return answer;
}

Statement own_sequence(const Object& sequence) {
  const auto& its = details<Sequence>(sequence);
  return statement(sequence, Change::Alter,
                   "ALTER SEQUENCE " + sequence.identity + " OWNED BY " +
                       qualified(its.owner_schema, its.owner_table) + "." +
                       quoted(its.owner_column),
                   {}, true);
}

std::vector<Statement> continue_sequence(const Object& column, const std::string& identity,
                                         const Sequence& sequence, const std::string& source) {
  const bool down = descends(sequence);
  const bool counts = is_integer(details<Column>(column).type);
  const std::string last = (down ? "min(" : "max(") + column.identity + ")";
  std::string sql = "SELECT pg_catalog.setval(" + literal(identity) + ", ";
  if (!source.empty() && !counts) {
    sql += "last_value, is_called) FROM " + source;
  } else if (!source.empty()) {
    sql += std::string(down ? "least" : "greatest") +
           "(s.last_value, t.last), s.is_called OR coalesce(t.last " + (down ? "<=" : ">=") +
           " s.last_value, false)) FROM " + source + " s, (SELECT " + last + " AS last FROM " +
           column.relation + ") t";
  } else if (counts) {
    sql += last + ") FROM " + column.relation + " HAVING " + last + (down ? " <= " : " >= ") +
           (down ? sequence.maximum : sequence.minimum);
  } else {
    return {};
  }
  return {statement(column, Change::Alter, std::move(sql), {}, true)};
}

std::string held_position(const Object& column) {
  return qualified(column.key.schema, aside_name(column.key.relation + "_" + column.key.name));
}

std::vector<Statement> hold_position(const Object& column) {
  const Identity& identity = *details<Column>(column).identity;
  const std::string name = held_position(column);
  return {statement(column, Change::Alter,
                    "CREATE SEQUENCE " + name + sequence_options(identity.sequence, true)),
          statement(column, Change::Alter,
                    "SELECT pg_catalog.setval(" + literal(name) + ", last_value, is_called) FROM " +
                        identity.sequence_name)};
}

Statement let_go_position(const Object& column) {
  return statement(column, Change::Alter, "DROP SEQUENCE " + held_position(column));
}

Statement disown_sequence(const Object& sequence) {
  return statement(sequence, Change::Alter,
                   "ALTER SEQUENCE " + sequence.identity + " OWNED BY NONE");
}

}  // namespace sluice::schema
