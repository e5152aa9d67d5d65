#include "schema/ddl.h"

#include "base/error.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"

namespace sluice::schema {
namespace {

using base::Error;
using base::ErrorKind;
using lint::RuleId;

// What one kind's SQL is made by.
struct Family {
  Create* create;
  Drop* drop;
  Alter* alter;
};

Family family_of(Kind kind) {
  switch (kind) {
    case Kind::Schema:
      return {create_schema, drop_schema, alter_schema};
    case Kind::Extension:
      return {create_extension, drop_extension, alter_extension};
    case Kind::Collation:
      return {create_collation, drop_collation, alter_collation};
    case Kind::Enum:
      return {create_enum, drop_enum, alter_enum};
    case Kind::Composite:
      return {create_composite, drop_composite, alter_composite};
    case Kind::Domain:
      return {create_domain, drop_domain, alter_domain};
    case Kind::Range:
      return {create_range, drop_range, alter_range};
    case Kind::Function:
      return {create_function, drop_function, alter_function};
    case Kind::Operator:
    case Kind::OperatorFamily:
    case Kind::OperatorClass:
    case Kind::Cast:
    case Kind::TextSearchParser:
    case Kind::TextSearchTemplate:
    case Kind::TextSearchDictionary:
    case Kind::TextSearchConfiguration:
      return {create_defined, drop_defined, alter_defined};
    case Kind::Sequence:
      return {create_sequence, drop_sequence, alter_sequence};
    case Kind::Table:
      return {create_table, drop_table, alter_table};
    case Kind::Column:
      return {create_column, drop_column, alter_column};
    case Kind::Constraint:
      return {create_constraint, drop_constraint, alter_constraint};
    case Kind::Index:
      return {create_index, drop_index, alter_index};
    case Kind::Statistics:
      return {create_statistics, drop_statistics, alter_statistics};
    case Kind::View:
      return {create_view, drop_view, alter_view};
    case Kind::MaterializedView:
      return {create_materialized_view, drop_materialized_view, alter_materialized_view};
    case Kind::Rule:
      return {create_rule, drop_rule, alter_rule};
    case Kind::Trigger:
      return {create_trigger, drop_trigger, alter_trigger};
    case Kind::Policy:
      return {create_policy, drop_policy, alter_policy};
    case Kind::EventTrigger:
      return {create_event_trigger, drop_event_trigger, alter_event_trigger};
    case Kind::Publication:
      return {create_publication, drop_publication, alter_publication};
    case Kind::DefaultPrivileges:
      return {create_default_privileges, drop_default_privileges, alter_default_privileges};
  }
  throw Error(ErrorKind::Failed, "KindUnknown", "an object of no known kind");
}

std::vector<Hazard> hazards_of_rename(const Object& object) {
  const auto breaks = [&](RuleId rule) {
    return std::vector<Hazard>{{rule, "statements that name " + title(object) + " fail"}};
  };
  switch (object.key.kind) {
    case Kind::Table:
    case Kind::View:
    case Kind::MaterializedView:
    case Kind::Sequence:
      return breaks(RuleId::RenameTable);
    case Kind::Column:
      return breaks(RuleId::RenameColumn);
    case Kind::Schema:
      return breaks(RuleId::RenameSchema);
    case Kind::Enum:
    case Kind::Composite:
    case Kind::Domain:
    case Kind::Range:
      return breaks(RuleId::RenameType);
    case Kind::Function:
      return breaks(RuleId::RenameFunction);
    default:
      return {};
  }
}

}  // namespace

std::vector<Statement> create(const Catalog& catalog, const Object& object, const DdlContext& how) {
  return family_of(object.key.kind).create(catalog, object, how);
}

std::vector<Statement> drop(const Catalog& catalog, const Object& object, const DdlContext& how) {
  return family_of(object.key.kind).drop(catalog, object, how);
}

std::optional<std::vector<Statement>> alter(const Catalog& from, const Object& was,
                                            const Catalog& to, const Object& is,
                                            const DdlContext& how) {
  if (was.details == is.details) return std::vector<Statement>{};
  return family_of(is.key.kind).alter(from, was, to, is, how);
}

Statement rename(const Catalog&, const Object& was, const Rename& hint) {
  std::string sql;
  switch (was.key.kind) {
    case Kind::Column:
    case Kind::Constraint:
      sql = "ALTER TABLE " + was.relation + " RENAME " + std::string(kind_word(was)) + " " +
            was.identity + " TO ";
      break;
    case Kind::Extension:
    case Kind::Cast:
    case Kind::Operator:
    case Kind::DefaultPrivileges:
      throw Error(ErrorKind::Invalid, "RenameUnknown",
                  hint.place + ": PostgreSQL cannot rename " + title(was),
                  "remove the hint: it is dropped and created");
    default:
      sql = phrase("ALTER", was) + " RENAME TO ";
      break;
  }
  return statement(was, Change::Rename, sql + quoted(hint.to), hazards_of_rename(was));
}

}  // namespace sluice::schema
