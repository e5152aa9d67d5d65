// What every kind of object has: comments and privileges.
#include <algorithm>
#include <map>
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

std::vector<ViewColumn>* columns_of(Object& object) {
  if (auto* view = std::get_if<View>(&object.details)) return &view->columns;
  if (auto* view = std::get_if<MaterializedView>(&object.details)) return &view->columns;
  return nullptr;
}

std::string* comment_of_constraint(Gathering& gathering, Domain& domain, Oid oid) {
  const auto named = gathering.domain_constraints.find(oid);
  if (named == gathering.domain_constraints.end()) return nullptr;
  for (DomainConstraint& constraint : domain.constraints)
    if (constraint.name == named->second) return &constraint.comment;
  return nullptr;
}

// The column of a view that is at this address; nullptr: none.
ViewColumn* view_column_at(Gathering& gathering, const Address& address) {
  Object* object = gathering.find({address.catalog, address.object, 0});
  std::vector<ViewColumn>* columns = object == nullptr ? nullptr : columns_of(*object);
  const auto at = static_cast<size_t>(address.part);
  return columns != nullptr && at >= 1 && at <= columns->size() ? &(*columns)[at - 1] : nullptr;
}

// Where the comment on what is at this address belongs; nullptr: it is not read.
std::string* comment_of(Gathering& gathering, const Address& address) {
  if (Object* object = gathering.find(address)) {
    auto* domain = std::get_if<Domain>(&object->details);
    if (domain != nullptr && address.catalog == kConstraintClass)
      return comment_of_constraint(gathering, *domain, address.object);
    auto* constraint = std::get_if<Constraint>(&object->details);
    if (constraint != nullptr && address.catalog == kRelationClass)
      return &constraint->index_comment;
    return &object->comment;
  }
  ViewColumn* const column = view_column_at(gathering, address);
  return column == nullptr ? nullptr : &column->comment;
}

// The letter that acldefault() has for it; 0: such objects have no privileges.
char acl_letter(const Object& object) {
  switch (object.key.kind) {
    case Kind::Schema:
      return 'n';
    case Kind::Sequence:
      return 's';
    case Kind::Table:
    case Kind::View:
    case Kind::MaterializedView:
      return 'r';
    case Kind::Function:
      return 'f';
    case Kind::Enum:
    case Kind::Composite:
    case Kind::Domain:
    case Kind::Range:
      return 'T';
    default:
      return '\0';
  }
}

}  // namespace

void read_comments(Gathering& gathering) {
  each_row(gathering.session,
           "SELECT classoid, objoid, objsubid, description FROM pg_description WHERE objoid >= "
           "16384 OR classoid = 'pg_namespace'::regclass",
           [&](Fields& row) {
             Address address;
             address.catalog = row.oid();
             address.object = row.oid();
             address.part = static_cast<int>(row.number());
             if (std::string* comment = comment_of(gathering, address)) *comment = row.text();
           });
}

void read_grants(Gathering& gathering) {
  // The owner is OID 10 in what acldefault() answers here, PUBLIC 0.
  std::map<char, std::vector<Grant>> defaults;
  each_row(gathering.session,
           "SELECT k.kind, a.grantee, a.privilege_type FROM (VALUES ('n'::\"char\"), ('s'), ('r'), "
           "('f'), ('T')) k(kind), aclexplode(acldefault(k.kind, 10)) a",
           [&](Fields& row) {
             const char kind = row.letter();
             const bool is_public = row.oid() == 0;
             defaults[kind].push_back({is_public ? "" : std::string(kOwner), row.text(), false});
           });
  for (auto& [kind, grants] : defaults) std::ranges::sort(grants);
  for (Object& object : gathering.catalog.objects)
    if (const auto found = defaults.find(acl_letter(object)); found != defaults.end())
      object.grants = found->second;

  const auto select = [](const char* catalog, const char* part, const char* acl, const char* owner,
                         const char* from, const char* oid) {
    return std::string("SELECT '") + catalog + "'::regclass::oid, " + oid + ", " + part +
           ", a.grantee, a.grantee = " + owner + ", a.privilege_type, a.is_grantable FROM " + from +
           ", aclexplode(" + acl + ") a WHERE " + acl + " IS NOT NULL";
  };
  // An ACL that is empty is one, too: nobody may do anything.
  const std::string sql =
      select("pg_class", "0", "relacl", "relowner", "pg_class", "pg_class.oid") + " UNION ALL " +
      select("pg_class", "attnum", "attacl", "relowner",
             "pg_attribute JOIN pg_class ON pg_class.oid = attrelid", "attrelid") +
      " UNION ALL " +
      select("pg_namespace", "0", "nspacl", "nspowner", "pg_namespace", "pg_namespace.oid") +
      " UNION ALL " + select("pg_proc", "0", "proacl", "proowner", "pg_proc", "pg_proc.oid") +
      " UNION ALL " + select("pg_type", "0", "typacl", "typowner", "pg_type", "pg_type.oid") +
      " UNION ALL " +
      select("pg_default_acl", "0", "defaclacl", "defaclrole", "pg_default_acl",
             "pg_default_acl.oid") +
      " UNION ALL SELECT c.class, c.oid, 0, NULL, NULL, NULL, NULL FROM (SELECT "
      "'pg_class'::regclass::oid AS class, oid, relacl AS acl FROM pg_class UNION ALL SELECT "
      "'pg_namespace'::regclass, oid, nspacl FROM pg_namespace UNION ALL SELECT "
      "'pg_proc'::regclass, oid, proacl FROM pg_proc UNION ALL SELECT 'pg_type'::regclass, oid, "
      "typacl FROM pg_type) c WHERE cardinality(c.acl) = 0";
  each_row(gathering.session, sql, [&](Fields& row) {
    Address address;
    address.catalog = row.oid();
    address.object = row.oid();
    address.part = static_cast<int>(row.number());
    Object* const object = gathering.find(address);
    ViewColumn* const column =
        object == nullptr && address.part != 0 ? view_column_at(gathering, address) : nullptr;
    if (object == nullptr && column == nullptr) return;
    if (object != nullptr && std::exchange(object->default_grants, false)) object->grants.clear();
    const Oid grantee = row.oid();
    const bool is_owner = row.flag();
    Grant grant;
    grant.privilege = row.text();
    grant.grantable = row.flag();
    if (grant.privilege.empty()) return;
    grant.grantee = is_owner ? std::string(kOwner) : grantee == 0 ? "" : gathering.role(grantee);
    (column == nullptr ? object->grants : column->grants).push_back(std::move(grant));
  });
  const auto tidy = [](std::vector<Grant>& grants) {
    std::ranges::sort(grants);
    const auto same = std::ranges::unique(grants);
    grants.erase(same.begin(), same.end());
  };
  for (Object& object : gathering.catalog.objects) {
    if (!object.default_grants) tidy(object.grants);
    if (std::vector<ViewColumn>* columns = columns_of(object))
      for (ViewColumn& column : *columns) tidy(column.grants);
  }
}

}  // namespace sluice::schema
