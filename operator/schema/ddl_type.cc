// Enums, composites and ranges.
#include <algorithm>
#include <ranges>

#include "base/text.h"
#include "schema/column_type.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"
#include "schema/type_use.h"
#include "sql/quote.h"

namespace sluice::schema {
namespace {

using lint::RuleId;
using sql::literal;

std::vector<Statement> drop_type(const Object& object, const DdlContext& how) {
  std::vector<Hazard> hazards;
  if (!how.fresh)
    hazards.push_back({RuleId::DropType, "statements that name type " + object.identity +
                                             " in a cast or a parameter fail"});
  return {statement(object, Change::Drop, phrase("DROP", object), std::move(hazards))};
}

std::string field_text(const CompositeField& field) {
  return quoted(field.name) + " " + field.type +
         (field.collation.empty() ? "" : " COLLATE " + field.collation);
}

bool same_type(const CompositeField& a, const CompositeField& b) {
  return a.type == b.type && a.collation == b.collation;
}

const CompositeField* find_field(const Composite& composite, const std::string& name) {
  const auto at = std::ranges::find(composite.fields, name, &CompositeField::name);
  return at == composite.fields.end() ? nullptr : &*at;
}

// What stays keeps its order, and what is new stands behind it: all that ALTER TYPE can do.
bool appended_only(const Composite& was, const Composite& is) {
  std::vector<std::string> kept;
  for (const CompositeField& field : was.fields)
    if (find_field(is, field.name) != nullptr) kept.push_back(field.name);
  if (kept.size() > is.fields.size()) return false;
  return std::ranges::equal(kept, is.fields | std::views::take(kept.size()), {}, {},
                            &CompositeField::name);
}

}  // namespace

std::vector<Statement> create_enum(const Catalog&, const Object& object, const DdlContext&) {
  std::vector<std::string> labels;
  for (const std::string& label : details<Enum>(object).labels) labels.push_back(literal(label));
  return {statement(object, Change::Add,
                    phrase("CREATE", object) + " AS ENUM (" + base::join(labels, ", ") + ")", {},
                    true)};
}

std::vector<Statement> drop_enum(const Catalog&, const Object& object, const DdlContext& how) {
  return drop_type(object, how);
}

std::optional<std::vector<Statement>> alter_enum(const Catalog&, const Object& was, const Catalog&,
                                                 const Object& is, const DdlContext&) {
  const std::vector<std::string>& old = details<Enum>(was).labels;
  const std::vector<std::string>& wanted = details<Enum>(is).labels;
  std::vector<Statement> statements;
  size_t kept = 0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (kept < old.size() && old[kept] == wanted[i]) {
      ++kept;
      continue;
    }
    std::string place;
    if (kept < old.size())
      place = i == 0 ? " BEFORE " + literal(old.front()) : " AFTER " + literal(wanted[i - 1]);
    Statement added =
        statement(is, Change::Alter,
                  phrase("ALTER", is) + " ADD VALUE " + literal(wanted[i]) + place, {}, true);
    added.begins_group = true;
    statements.push_back(std::move(added));
  }
  if (kept < old.size()) return std::nullopt;
  return statements;
}

std::vector<Statement> create_composite(const Catalog&, const Object& object, const DdlContext&) {
  std::vector<std::string> fields;
  for (const CompositeField& field : details<Composite>(object).fields)
    fields.push_back(field_text(field));
  return {statement(object, Change::Add,
                    phrase("CREATE", object) + " AS (" + base::join(fields, ", ") + ")", {}, true)};
}

std::vector<Statement> drop_composite(const Catalog&, const Object& object, const DdlContext& how) {
  return drop_type(object, how);
}

std::optional<std::vector<Statement>> alter_composite(const Catalog& from, const Object& was,
                                                      const Catalog& to, const Object& is,
                                                      const DdlContext& how) {
  const auto& old = details<Composite>(was);
  const auto& wanted = details<Composite>(is);
  const TypeUse use = use_of_type(from, was);
  if (!appended_only(old, wanted)) return std::nullopt;
  // Tables OF the type change with it.
  const std::string cascade = use.typed_table ? " CASCADE" : "";
  const auto change = [&](const std::string& action, std::vector<Hazard> hazards, bool additive) {
    if (how.fresh) hazards.clear();
    return statement(is, Change::Alter, phrase("ALTER", is) + " " + action + cascade,
                     std::move(hazards), additive);
  };
  std::vector<Statement> statements;
  for (const CompositeField& field : old.fields) {
    const CompositeField* const now = find_field(wanted, field.name);
    if (now == nullptr) {
      statements.push_back(
          change("DROP ATTRIBUTE " + quoted(field.name),
                 {{RuleId::DropColumn, "the values of attribute " + field.name + " of type " +
                                           is.identity + " are gone, and who names it fails"}},
                 false));
    } else if (!same_type(*now, field)) {
      if (use.stored) return std::nullopt;
      std::string action = "ALTER ATTRIBUTE " + quoted(field.name) + " TYPE " + now->type;
      if (!now->collation.empty()) action += " COLLATE " + now->collation;
      std::vector<Hazard> hazards;
      if (use.typed_table)
        hazards.push_back({RuleId::ChangeColumnType, "the tables of type " + is.identity +
                                                         " are written anew while nobody may "
                                                         "read them"});
      if (use.typed_table && type_change(from, field.type, to, now->type).cuts)
        hazards.push_back({RuleId::NarrowColumnType, "values of attribute " + field.name +
                                                         " in the tables of type " + is.identity +
                                                         " are rounded or cut to " + now->type});
      statements.push_back(change(action, std::move(hazards), false));
    }
  }
  for (const CompositeField& field : wanted.fields)
    if (find_field(old, field.name) == nullptr)
      statements.push_back(change("ADD ATTRIBUTE " + field_text(field), {}, true));
  return statements;
}

std::vector<Statement> create_range(const Catalog&, const Object& object, const DdlContext&) {
  return {statement(object, Change::Add,
                    phrase("CREATE", object) + " AS RANGE " + details<Range>(object).definition, {},
                    true)};
}

namespace {

// What follows "name = " in the definition, up to the next one.
std::string parameter_of(const Range& range, std::string_view name) {
  const std::string& text = range.definition;
  const std::string start = std::string(name) + " = ";
  size_t at = text.find(start);
  if (at == std::string::npos) return "";
  at += start.size();
  bool inside = false;
  size_t end = at;
  for (; end < text.size(); ++end) {
    if (text[end] == '"') inside = !inside;
    if (!inside && (text[end] == ',' || text[end] == ')')) break;
  }
  return text.substr(at, end - at);
}

}  // namespace

std::string multirange_of(const Range& range) {
  return parameter_of(range, "multirange_type_name");
}

std::string subtype_of(const Range& range) { return parameter_of(range, "subtype"); }

std::vector<Statement> move_constructors_aside(const Object& object) {
  const auto& range = details<Range>(object);
  const std::string subtype = subtype_of(range);
  const std::string multirange = multirange_of(range);
  const std::string aside = " RENAME TO " + quoted(aside_name(object.key.name));
  std::vector<Statement> answer;
  const auto move = [&](const std::string& what) {
    answer.push_back(statement(object, Change::Rename, "ALTER " + what + aside));
  };
  for (const std::string& arguments :
       {subtype + ", " + subtype, subtype + ", " + subtype + ", text"})
    move("FUNCTION " + object.identity + "(" + arguments + ")");
  if (multirange.empty()) return answer;
  for (const std::string& arguments : {std::string(), object.identity, object.identity + "[]"})
    move("FUNCTION " + multirange + "(" + arguments + ")");
  answer.push_back(statement(object, Change::Rename,
                             "ALTER TYPE " + multirange + " RENAME TO " +
                                 quoted(aside_name(object.key.name + "_multirange"))));
  return answer;
}

std::vector<Statement> drop_range(const Catalog&, const Object& object, const DdlContext& how) {
  return drop_type(object, how);
}

std::optional<std::vector<Statement>> alter_range(const Catalog&, const Object& was, const Catalog&,
                                                  const Object& is, const DdlContext&) {
  if (details<Range>(was) != details<Range>(is)) return std::nullopt;
  return std::vector<Statement>{};
}

}  // namespace sluice::schema
