// Privileges as deltas, default privileges, owners.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "schema/ddl_kinds.h"
#include "schema/ddl_name.h"

namespace sluice::schema {
namespace {

// (grantee, privilege) → with grant option.
using Rights = std::map<std::pair<std::string, std::string>, bool>;

Rights rights_of(const std::vector<Grant>& grants) {
  Rights rights;
  for (const Grant& grant : grants) {
    bool& grantable = rights[{grant.grantee, grant.privilege}];
    grantable = grantable || grant.grantable;
  }
  return rights;
}

// As acldefault() has it. MAINTAIN is PostgreSQL 17's.
Rights built_in_rights(Kind kind, bool with_maintain) {
  Rights rights;
  const auto of_owner = [&](std::initializer_list<std::string_view> privileges) {
    for (const std::string_view privilege : privileges)
      rights[{std::string(kOwner), std::string(privilege)}] = false;
  };
  switch (kind) {
    case Kind::Table:
    case Kind::View:
    case Kind::MaterializedView:
      of_owner({"DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"});
      if (with_maintain) of_owner({"MAINTAIN"});
      break;
    case Kind::Sequence:
      of_owner({"SELECT", "UPDATE", "USAGE"});
      break;
    case Kind::Schema:
      of_owner({"CREATE", "USAGE"});
      break;
    case Kind::Function:
      of_owner({"EXECUTE"});
      rights[{"", "EXECUTE"}] = false;
      break;
    case Kind::Enum:
    case Kind::Composite:
    case Kind::Domain:
    case Kind::Range:
      of_owner({"USAGE"});
      rights[{"", "USAGE"}] = false;
      break;
    default:
      break;
  }
  return rights;
}

bool names_maintain(const std::vector<Grant>& grants) {
  return std::ranges::any_of(grants, [](const Grant& g) { return g.privilege == "MAINTAIN"; });
}

// The parts of the key's name.
struct DefaultsOf {
  std::string role, schema, kind;
};

DefaultsOf defaults_of(const Object& object) {
  const std::string& name = object.key.name;
  const size_t second = name.rfind('|');
  const size_t first = second == std::string::npos ? second : name.rfind('|', second - 1);
  if (first == std::string::npos) return {name, "", ""};
  return {name.substr(0, first), name.substr(first + 1, second - first - 1),
          name.substr(second + 1)};
}

// What ALTER DEFAULT PRIVILEGES calls such objects.
std::string_view plural_word(Kind kind) {
  switch (kind) {
    case Kind::Table:
    case Kind::View:
    case Kind::MaterializedView:
      return "TABLES";
    case Kind::Sequence:
      return "SEQUENCES";
    case Kind::Function:
      return "FUNCTIONS";
    case Kind::Enum:
    case Kind::Composite:
    case Kind::Domain:
    case Kind::Range:
      return "TYPES";
    case Kind::Schema:
      return "SCHEMAS";
    default:
      return {};
  }
}

Kind kind_of(std::string_view plural) {
  constexpr std::array kKinds{Kind::Table, Kind::Sequence, Kind::Function, Kind::Enum,
                              Kind::Schema};
  const auto* const found = std::ranges::find(kKinds, plural, plural_word);
  return found == kKinds.end() ? Kind::DefaultPrivileges : *found;
}

Rights with_owner(Rights rights, const std::string& role) {
  Rights answer;
  for (const auto& [right, grantable] : rights)
    answer[{right.first == role ? std::string(kOwner) : right.first, right.second}] |= grantable;
  return answer;
}

// What a role without an entry gives: everything for all schemas, nothing for one of them.
Rights defaults_without_entry(const DefaultsOf& of, bool with_maintain) {
  return of.schema.empty() ? built_in_rights(kind_of(of.kind), with_maintain) : Rights{};
}

// What a new object may have from the beginning, depending on who creates it.
std::vector<Rights> rights_at_birth(const Catalog* from, const Object& object) {
  const bool with_maintain = names_maintain(object.grants);
  const Rights built_in = built_in_rights(object.key.kind, with_maintain);
  std::vector<Rights> answer{built_in};
  if (from == nullptr) return answer;
  const auto entries = std::ranges::equal_range(from->objects, Kind::DefaultPrivileges, {},
                                                [](const Object& each) { return each.key.kind; });
  std::map<std::string, Rights> of_role;
  // An entry for all schemas takes the place of the built-in ones, one for a schema adds to them.
  for (const bool for_schema : {false, true})
    for (const Object& entry : entries) {
      const DefaultsOf of = defaults_of(entry);
      if (of.kind != plural_word(object.key.kind) || of.schema.empty() == for_schema) continue;
      const Rights given = with_owner(rights_of(entry.grants), of.role);
      if (!for_schema) {
        of_role[of.role] = given;
      } else if (of.schema == object.key.schema) {
        Rights& sum = of_role.try_emplace(of.role, built_in).first->second;
        for (const auto& [right, grantable] : given) sum[right] |= grantable;
      }
    }
  // What they give to whom it will belong is the owner's own.
  for (const auto& [role, rights] : of_role) answer.push_back(with_owner(rights, object.owner));
  return answer;
}

enum class Verb { Grant, GrantWithOption, Revoke, RevokeOption };

// Privileges that change in the same way for the same grantee share a statement.
using Changes = std::map<std::pair<Verb, std::string>, std::set<std::string>>;

void add_changes(const Rights& was, const Rights& is, Changes& changes) {
  for (const auto& [right, grantable] : was) {
    const auto now = is.find(right);
    if (now == is.end()) {
      changes[{Verb::Revoke, right.first}].insert(right.second);
    } else if (grantable && !now->second) {
      changes[{Verb::RevokeOption, right.first}].insert(right.second);
    }
  }
  for (const auto& [right, grantable] : is) {
    const auto before = was.find(right);
    if (grantable && (before == was.end() || !before->second)) {
      changes[{Verb::GrantWithOption, right.first}].insert(right.second);
    } else if (before == was.end()) {
      changes[{Verb::Grant, right.first}].insert(right.second);
    }
  }
}

std::string grantee_name(const std::string& grantee, const std::string& owner) {
  return role_name(grantee == kOwner ? owner : grantee);
}

// What is granted on, with what follows the privileges themselves: of a column its name.
struct Target {
  std::string before;       // ALTER DEFAULT PRIVILEGES …, else nothing
  std::string on;           // ON TABLE public.orders
  std::string column_list;  // (total)
  std::string owner;
};

std::vector<Statement> to_statements(const Changes& changes, const Target& target,
                                     const Object& object) {
  std::vector<Statement> statements;
  for (const bool revoking : {true, false})
    for (const auto& [how, privileges] : changes) {
      const auto& [verb, grantee] = how;
      if (revoking != (verb == Verb::Revoke || verb == Verb::RevokeOption)) continue;
      std::vector<std::string> words;
      for (const std::string& privilege : privileges)
        words.push_back(privilege + target.column_list);
      std::string sql = target.before;
      sql += !revoking ? "GRANT " : verb == Verb::Revoke ? "REVOKE " : "REVOKE GRANT OPTION FOR ";
      sql += base::join(words, ", ") + " " + target.on + (revoking ? " FROM " : " TO ") +
             grantee_name(grantee, target.owner);
      if (verb == Verb::GrantWithOption) sql += " WITH GRANT OPTION";
      statements.push_back(statement(object, Change::Alter, sql, {}, !revoking));
    }
  return statements;
}

Target target_of(const Object& object, const std::string& owner) {
  switch (object.key.kind) {
    case Kind::Column:
      return {"", "ON TABLE " + object.relation, " (" + quoted(object.key.name) + ")", owner};
    case Kind::Table:
    case Kind::View:
    case Kind::MaterializedView:
      return {"", "ON TABLE " + object.identity, "", owner};
    case Kind::Function: {
      // Aggregates are functions to GRANT, which knows no star.
      const bool procedure = details<Function>(object).function_kind == FunctionKind::Procedure;
      std::string name = object.identity;
      if (name.ends_with("(*)")) name.erase(name.size() - 2, 1);
      return {"", (procedure ? "ON PROCEDURE " : "ON FUNCTION ") + name, "", owner};
    }
    case Kind::Domain:
      return {"", "ON TYPE " + object.identity, "", owner};
    default:
      return {"", phrase("ON", object), "", owner};
  }
}

// On one column of a view, which is no object of its own.
std::vector<Statement> column_grants(const Object* was, const ViewColumn& column, Target target,
                                     const Object& view) {
  Rights before;
  if (was != nullptr)
    for (const ViewColumn& each : view_columns(*was))
      if (each.name == column.name) before = rights_of(each.grants);
  Changes changes;
  add_changes(before, rights_of(column.grants), changes);
  target.column_list = " (" + quoted(column.name) + ")";
  return to_statements(changes, target, view);
}

bool has_privileges(Kind kind) { return kind == Kind::Column || !plural_word(kind).empty(); }

std::vector<Statement> default_grants(const Object& object, const Rights& was, const Rights& is) {
  const DefaultsOf of = defaults_of(object);
  Target target{"ALTER DEFAULT PRIVILEGES FOR ROLE " + role_name(of.role) +
                    (of.schema.empty() ? " " : " IN SCHEMA " + quoted(of.schema) + " "),
                "ON " + of.kind, "", of.role};
  Changes changes;
  add_changes(with_owner(was, of.role), with_owner(is, of.role), changes);
  return to_statements(changes, target, object);
}

bool has_owner(const Object& object) {
  switch (object.key.kind) {
    case Kind::Sequence:
      // That of a column belongs to who owns the table.
      return details<Sequence>(object).owner_table.empty();
    case Kind::Extension:
    case Kind::Cast:
    case Kind::TextSearchParser:
    case Kind::TextSearchTemplate:
    case Kind::Column:
    case Kind::Constraint:
    case Kind::Index:
    case Kind::Rule:
    case Kind::Trigger:
    case Kind::Policy:
    case Kind::DefaultPrivileges:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::vector<Statement> create_default_privileges(const Catalog&, const Object&, const DdlContext&) {
  return {};
}

std::vector<Statement> drop_default_privileges(const Catalog&, const Object& object,
                                               const DdlContext&) {
  std::vector<Statement> statements =
      default_grants(object, rights_of(object.grants),
                     defaults_without_entry(defaults_of(object), names_maintain(object.grants)));
  for (Statement& each : statements) {
    each.change = Change::Drop;
    each.additive = false;
  }
  return statements;
}

std::optional<std::vector<Statement>> alter_default_privileges(const Catalog&, const Object&,
                                                               const Catalog&, const Object&,
                                                               const DdlContext&) {
  return std::vector<Statement>{};
}

std::vector<Statement> grants(const Object* was, const Object& is, const Catalog* from) {
  if (is.key.kind == Kind::DefaultPrivileges) {
    std::vector<Statement> statements = default_grants(
        is,
        was != nullptr ? rights_of(was->grants)
                       : defaults_without_entry(defaults_of(is), names_maintain(is.grants)),
        rights_of(is.grants));
    if (was == nullptr)
      for (Statement& each : statements) each.change = Change::Add;
    return statements;
  }
  if (!has_privileges(is.key.kind)) return {};
  const Rights wanted = rights_of(is.grants);
  Changes changes;
  if (was != nullptr) {
    add_changes(rights_of(was->grants), wanted, changes);
  } else {
    for (const Rights& given : rights_at_birth(from, is)) add_changes(given, wanted, changes);
  }
  const Target target = target_of(is, was != nullptr ? was->owner : is.owner);
  std::vector<Statement> statements = to_statements(changes, target, is);
  for (const ViewColumn& column : view_columns(is))
    for (Statement& each : column_grants(was, column, target, is))
      statements.push_back(std::move(each));
  return statements;
}

std::vector<Statement> owner(const Object* was, const Object& is) {
  if (!has_owner(is) || is.owner.empty() || (was != nullptr && was->owner == is.owner)) return {};
  return {statement(is, Change::Alter, phrase("ALTER", is) + " OWNER TO " + role_name(is.owner))};
}

}  // namespace sluice::schema
