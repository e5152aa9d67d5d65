#include "schema/ddl_name.h"

#include "schema/ddl_kinds.h"

namespace sluice::schema {
namespace {

std::string_view function_word(FunctionKind kind) {
  switch (kind) {
    case FunctionKind::Procedure:
      return "PROCEDURE";
    case FunctionKind::Aggregate:
      return "AGGREGATE";
    case FunctionKind::Function:
    case FunctionKind::Window:
      return "FUNCTION";
  }
  return {};
}

}  // namespace

std::string_view kind_word(const Object& object) {
  switch (object.key.kind) {
    case Kind::Schema:
      return "SCHEMA";
    case Kind::Extension:
      return "EXTENSION";
    case Kind::Collation:
      return "COLLATION";
    case Kind::Enum:
    case Kind::Composite:
    case Kind::Range:
      return "TYPE";
    case Kind::Domain:
      return "DOMAIN";
    case Kind::Function:
      return function_word(details<Function>(object).function_kind);
    case Kind::Operator:
      return "OPERATOR";
    case Kind::OperatorFamily:
      return "OPERATOR FAMILY";
    case Kind::OperatorClass:
      return "OPERATOR CLASS";
    case Kind::Cast:
      return "CAST";
    case Kind::TextSearchParser:
      return "TEXT SEARCH PARSER";
    case Kind::TextSearchTemplate:
      return "TEXT SEARCH TEMPLATE";
    case Kind::TextSearchDictionary:
      return "TEXT SEARCH DICTIONARY";
    case Kind::TextSearchConfiguration:
      return "TEXT SEARCH CONFIGURATION";
    case Kind::Sequence:
      return "SEQUENCE";
    case Kind::Table:
      return "TABLE";
    case Kind::Column:
      return "COLUMN";
    case Kind::Constraint:
      return "CONSTRAINT";
    case Kind::Index:
      return "INDEX";
    case Kind::Statistics:
      return "STATISTICS";
    case Kind::View:
      return "VIEW";
    case Kind::MaterializedView:
      return "MATERIALIZED VIEW";
    case Kind::Rule:
      return "RULE";
    case Kind::Trigger:
      return "TRIGGER";
    case Kind::Policy:
      return "POLICY";
    case Kind::EventTrigger:
      return "EVENT TRIGGER";
    case Kind::Publication:
      return "PUBLICATION";
    case Kind::DefaultPrivileges:
      return "DEFAULT PRIVILEGES";
  }
  return {};
}

std::string full_name(const Object& object) {
  switch (object.key.kind) {
    case Kind::Column:
      return object.relation + "." + object.identity;
    case Kind::Constraint:
    case Kind::Rule:
    case Kind::Trigger:
    case Kind::Policy:
      return object.identity + " ON " + object.relation;
    case Kind::OperatorFamily:
    case Kind::OperatorClass:
      return qualified(object.key.schema, object.key.name) + " USING " +
             quoted(object.key.arguments);
    case Kind::Cast:
      return "(" + object.key.name + ")";
    default:
      return object.identity;
  }
}

std::string phrase(std::string_view verb, const Object& object) {
  return std::string(verb) + " " + std::string(kind_word(object)) + " " + full_name(object);
}

std::string title(const Object& object) {
  std::string text;
  for (const char c : kind_word(object)) text += static_cast<char>(c == ' ' ? c : c + ('a' - 'A'));
  if (object.relation.empty()) return text + " " + full_name(object);
  return text + " " + object.key.name + " of " + object.relation;
}

std::string role_name(std::string_view role) {
  return role.empty() || role == "PUBLIC" ? "PUBLIC" : quoted(role);
}

}  // namespace sluice::schema
