#include <algorithm>
#include <array>
#include <string_view>

#include "schema/ddl_relation.h"
#include "sql/scan.h"

namespace sluice::schema {
namespace {

bool has_index(ConstraintType type) {
  return type == ConstraintType::PrimaryKey || type == ConstraintType::Unique ||
         type == ConstraintType::Exclusion;
}

std::string table(const Object& object) { return "ALTER TABLE " + object.relation + " "; }
// pg_dump's word too: each partition's key is an object of its own.
std::string only(const Object& object) { return "ALTER TABLE ONLY " + object.relation + " "; }

std::string add(const Object& object) { return "ADD CONSTRAINT " + object.identity + " "; }

// PRIMARY KEY (a) … WITH (…) USING INDEX TABLESPACE …; these come before DEFERRABLE.
std::string key_parameters(const Constraint& constraint) {
  std::string text;
  if (!constraint.options.empty()) text += " WITH (" + option_list(constraint.options) + ")";
  return text;
}

// pg_get_constraintdef() of a key, cut: PRIMARY KEY | UNIQUE [NULLS NOT DISTINCT], (a, b) [INCLUDE
// (c)], [DEFERRABLE …].
struct KeyDefinition {
  std::string start, columns, end;
};

KeyDefinition parts_of(const std::string& definition) {
  size_t first = definition.size();
  size_t last = definition.size();
  for (const sql::Token& token : sql::scan(definition).tokens) {
    if (token.kind == '(') first = std::min(first, token.start);
    if (token.kind == ')') last = token.end;
  }
  return {definition.substr(0, first), definition.substr(first, last - first),
          definition.substr(last)};
}

std::string with_parameters(const Constraint& constraint) {
  if (!has_index(constraint.type) || (constraint.options.empty() && constraint.tablespace.empty()))
    return constraint.definition;
  // An exclusion constraint's may end with WHERE (…), which comes after them.
  std::string parameters = key_parameters(constraint);
  if (!constraint.tablespace.empty())
    parameters += " USING INDEX TABLESPACE " + quoted(constraint.tablespace);
  if (constraint.type == ConstraintType::Exclusion) {
    int depth = 0;
    for (const sql::Token& token : sql::scan(constraint.definition).tokens) {
      if (token.kind == '(') ++depth;
      if (token.kind == ')' && --depth == 0) {
        const std::string rest = constraint.definition.substr(token.end);
        const std::string include = " INCLUDE ";
        if (rest.starts_with(include)) continue;
        return constraint.definition.substr(0, token.end) + parameters + rest;
      }
    }
  }
  const KeyDefinition parts = parts_of(constraint.definition);
  return parts.start + parts.columns + parameters + parts.end;
}

// The index first, while others write.
std::vector<Statement> build_key(const Object& object) {
  const auto& constraint = details<Constraint>(object);
  const KeyDefinition parts = parts_of(constraint.definition);
  const bool primary = constraint.type == ConstraintType::PrimaryKey;
  std::string index = "CREATE UNIQUE INDEX CONCURRENTLY " + object.identity + " ON " +
                      object.relation + " " + parts.columns;
  constexpr std::string_view kUnique = "UNIQUE ";
  if (!primary && parts.start.size() > kUnique.size())
    index += " " + parts.start.substr(kUnique.size(), parts.start.size() - kUnique.size() - 1);
  index += key_parameters(constraint);
  if (!constraint.tablespace.empty()) index += " TABLESPACE " + quoted(constraint.tablespace);
  Statement build = statement(object, Change::Add, std::move(index), {}, true);
  build.outside_transaction = true;
  return {std::move(build),
          statement(object, Change::Add,
                    table(object) + add(object) + (primary ? "PRIMARY KEY" : "UNIQUE") +
                        " USING INDEX " + object.identity + parts.end,
                    {}, true)};
}

bool is_partitioned(const Catalog& catalog, const Object& object) {
  const Object* const relation = relation_of(catalog, object);
  return relation != nullptr && relation->key.kind == Kind::Table &&
         !details<Table>(*relation).partition_by.empty();
}

Hazard hazard_of(const Object& object) {
  switch (details<Constraint>(object).type) {
    case ConstraintType::PrimaryKey:
      return {lint::RuleId::AddPrimaryKey,
              "its index is built while nobody may use " + object.relation};
    case ConstraintType::Unique:
      return {lint::RuleId::AddUniqueConstraint,
              "its index is built while nobody may use " + object.relation};
    case ConstraintType::Exclusion:
      return {lint::RuleId::AddExclusionConstraint,
              "its index is built while nobody may use " + object.relation};
    case ConstraintType::ForeignKey:
      return {lint::RuleId::AddForeignKey,
              "all rows of " + object.relation + " are checked while neither it nor " +
                  details<Constraint>(object).references + " can be written"};
    case ConstraintType::Check:
    case ConstraintType::NotNull:
      break;
  }
  return {lint::RuleId::AddCheckConstraint,
          "all rows of " + object.relation + " are read while nobody may use it"};
}

// What ALTER CONSTRAINT changes; pg_get_constraintdef() ends so.
std::string without_deferrable(std::string definition, std::string& deferrable) {
  for (const std::string_view end : {" DEFERRABLE INITIALLY DEFERRED", " DEFERRABLE"})
    if (definition.ends_with(end)) {
      deferrable = end;
      definition.resize(definition.size() - end.size());
      break;
    }
  return definition;
}

bool inherits_from(const Table& table, const std::string& parent) {
  return table.partition_of == parent ||
         std::ranges::find(table.inherits, parent) != table.inherits.end();
}

// ADD CONSTRAINT of a check adds it to what inherits from the table, too.
bool has_constraint(const Catalog& catalog, const std::string& schema, const std::string& table,
                    const std::string& name) {
  for (const Kind kind : {Kind::Constraint, Kind::Trigger})
    if (catalog.find({kind, schema, table, name, ""}) != nullptr) return true;
  const std::string identity = qualified(schema, table);
  const auto tables = std::ranges::equal_range(catalog.objects, Kind::Table, {},
                                               [](const Object& each) { return each.key.kind; });
  return std::ranges::any_of(tables, [&](const Object& each) {
    return inherits_from(details<Table>(each), identity) &&
           has_constraint(catalog, each.key.schema, each.key.name, name);
  });
}

}  // namespace

std::string name_of_passing_check(const Catalog& from, const Catalog& to, const std::string& schema,
                                  const std::string& table, std::string_view start,
                                  std::string_view end) {
  constexpr size_t kLongest = 63;
  for (int number = 0;; ++number) {
    const std::string last = std::string(end) + (number == 0 ? "" : std::to_string(number));
    std::string name = cut(start, kLongest - last.size()) + last;
    if (!has_constraint(from, schema, table, name) && !has_constraint(to, schema, table, name))
      return name;
  }
}

Statement validate_constraint(const Object& object) {
  Statement answer = statement(object, Change::Alter,
                               table(object) + "VALIDATE CONSTRAINT " + object.identity, {}, true);
  answer.begins_group = true;
  return answer;
}

std::vector<Statement> create_constraint(const Catalog& catalog, const Object& object,
                                         const DdlContext& how) {
  const auto& constraint = details<Constraint>(object);
  const bool foreign = constraint.type == ConstraintType::ForeignKey;
  const bool partitioned = is_partitioned(catalog, object);
  const std::string not_valid = constraint.validated ? "" : " NOT VALID";
  const bool apart = !how.fresh && !how.options.offline && constraint.validated;
  const bool key =
      constraint.type == ConstraintType::PrimaryKey || constraint.type == ConstraintType::Unique;
  if (apart && key && !partitioned) return build_key(object);
  // A foreign key of a partitioned table cannot be NOT VALID.
  if (apart && !has_index(constraint.type) && !(foreign && partitioned))
    return {statement(object, Change::Add,
                      table(object) + add(object) + constraint.definition + " NOT VALID", {}, true),
            validate_constraint(object)};
  // Of a partitioned table, keys are instant: each partition has its own.
  const bool free = how.fresh || !constraint.validated || (key && partitioned);
  std::vector<Hazard> hazards;
  if (!free) hazards.push_back(hazard_of(object));
  return {statement(
      object, Change::Add,
      (key ? only(object) : table(object)) + add(object) + with_parameters(constraint) + not_valid,
      std::move(hazards), true)};
}

std::vector<Statement> drop_constraint(const Catalog& /*catalog*/, const Object& object,
                                       const DdlContext& how) {
  return {
      statement(object, Change::Drop,
                (how.only ? only(object) : table(object)) + "DROP CONSTRAINT " + object.identity)};
}

std::optional<std::vector<Statement>> alter_constraint(const Catalog& /*from*/, const Object& was,
                                                       const Catalog& /*to*/, const Object& is,
                                                       const DdlContext& /*how*/) {
  const auto& a = details<Constraint>(was);
  const auto& b = details<Constraint>(is);
  if (a.type != b.type || (a.validated && !b.validated) || a.references != b.references ||
      a.columns != b.columns || (a.local && !a.inherited && !b.local))
    return std::nullopt;
  std::vector<Statement> answer;
  if (a.definition != b.definition) {
    std::string before;
    std::string after;
    if (a.type != ConstraintType::ForeignKey ||
        without_deferrable(a.definition, before) != without_deferrable(b.definition, after))
      return std::nullopt;
    answer.push_back(statement(is, Change::Alter,
                               table(is) + "ALTER CONSTRAINT " + is.identity +
                                   (after.empty() ? " NOT DEFERRABLE" : after)));
  }
  if (!a.validated && b.validated) answer.push_back(validate_constraint(is));
  const std::string index = "ALTER INDEX " + qualified(is.key.schema, is.key.name) + " ";
  for (const std::string& each : option_changes(a.options, b.options))
    answer.push_back(statement(is, Change::Alter, index + each));
  if (a.tablespace != b.tablespace)
    answer.push_back(statement(
        is, Change::Alter,
        index + "SET TABLESPACE " + (b.tablespace.empty() ? "pg_default" : quoted(b.tablespace)),
        {{lint::RuleId::SetTablespace,
          "the index is copied while nobody may use " + is.relation}}));
  return answer;
}

}  // namespace sluice::schema
