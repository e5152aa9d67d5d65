#include "base/text.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"

namespace sluice::schema {
namespace {

std::string role_list(const Policy& policy) {
  std::vector<std::string> roles;
  for (const std::string& role : policy.roles) roles.push_back(role_name(role));
  return base::join(roles, ", ");
}

}  // namespace

std::vector<Statement> create_policy(const Catalog&, const Object& object, const DdlContext& how) {
  const auto& policy = details<Policy>(object);
  std::string sql = phrase("CREATE", object);
  if (!policy.permissive) sql += " AS RESTRICTIVE";
  sql += " FOR " + policy.command + " TO " + role_list(policy);
  if (!policy.using_expression.empty()) sql += " USING (" + policy.using_expression + ")";
  if (!policy.check_expression.empty()) sql += " WITH CHECK (" + policy.check_expression + ")";
  // A restrictive one takes rows away from who sees them today.
  return {statement(object, Change::Add, sql, {}, how.fresh || policy.permissive)};
}

std::vector<Statement> drop_policy(const Catalog&, const Object& object, const DdlContext&) {
  return {statement(object, Change::Drop, phrase("DROP", object))};
}

std::optional<std::vector<Statement>> alter_policy(const Catalog&, const Object& was,
                                                   const Catalog&, const Object& is,
                                                   const DdlContext&) {
  const auto& old = details<Policy>(was);
  const auto& wanted = details<Policy>(is);
  const auto vanished = [](const std::string& before, const std::string& after) {
    return !before.empty() && after.empty();
  };
  if (old.command != wanted.command || old.permissive != wanted.permissive ||
      vanished(old.using_expression, wanted.using_expression) ||
      vanished(old.check_expression, wanted.check_expression))
    return std::nullopt;
  std::string changes;
  if (old.roles != wanted.roles) changes += " TO " + role_list(wanted);
  if (old.using_expression != wanted.using_expression)
    changes += " USING (" + wanted.using_expression + ")";
  if (old.check_expression != wanted.check_expression)
    changes += " WITH CHECK (" + wanted.check_expression + ")";
  if (changes.empty()) return std::vector<Statement>{};
  return std::vector<Statement>{statement(is, Change::Alter, phrase("ALTER", is) + changes)};
}

}  // namespace sluice::schema
