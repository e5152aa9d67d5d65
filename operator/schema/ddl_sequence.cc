#include <array>

#include "base/text.h"
#include "schema/ddl_relation.h"

namespace sluice::schema {
namespace {

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
  if (!parts.empty())
    answer.push_back(statement(is, Change::Alter,
                               "ALTER SEQUENCE " + is.identity + " " + base::join(parts, " ")));
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

Statement disown_sequence(const Object& sequence) {
  return statement(sequence, Change::Alter,
                   "ALTER SEQUENCE " + sequence.identity + " OWNED BY NONE");
}

}  // namespace sluice::schema
