#include "schema/read_gathering.h"

#include <utility>

namespace sluice::schema {

void Gathering::read_names() {
  catalog.server_version = session.server_version();
  schema_oids_ = "'{";
  each_row(
      session,
      "SELECT 'n', oid, nspname, quote_ident(nspname), nspowner, NOT EXISTS (SELECT FROM "
      "pg_depend e WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND "
      "e.deptype = 'e') FROM pg_namespace n WHERE NOT starts_with(nspname, 'pg_') AND nspname "
      "NOT IN ('information_schema', 'sluice') UNION ALL SELECT 'r', oid, rolname, NULL, NULL, "
      "rolname = current_user FROM pg_roles ORDER BY 1 DESC, 2",
      [&](Fields& row) {
        const bool is_role = row.letter() == 'r';
        const Oid oid = row.oid();
        std::string name = row.text();
        if (is_role) {
          row.view();
          row.view();
          if (row.flag()) catalog.role = name;
          roles_[oid] = std::move(name);
          return;
        }
        std::string quoted = row.text();
        const Oid owner = row.oid();
        schema_oids_ += (schemas_.empty() ? "" : ",") + std::to_string(oid);
        if (row.flag()) {
          refs[{kNamespaceClass, oid, 0}] = static_cast<Ref>(catalog.objects.size());
          Object& object = catalog.objects.emplace_back();
          object.key = {Kind::Schema, "", "", name, ""};
          object.identity = quoted;
          object.details = Schema{};
          object.owner = role(owner);
        }
        schemas_[oid] = {std::move(name), std::move(quoted)};
      });
  schema_oids_ += "}'::oid[]";
}

Object& Gathering::add(Address address, Kind kind, Oid schema, std::string_view name,
                       std::string_view quoted_name) {
  refs[address] = static_cast<Ref>(catalog.objects.size());
  Object& object = catalog.objects.emplace_back();
  object.key.kind = kind;
  object.key.name = name;
  if (schema == 0) {
    object.identity = quoted_name;
    return object;
  }
  const Name& in = schemas_.at(schema);
  object.key.schema = in.plain;
  object.identity = in.quoted;
  object.identity += '.';
  object.identity += quoted_name;
  if (const auto found = refs.find({kNamespaceClass, schema, 0}); found != refs.end())
    object.needs.push_back(found->second);
  return object;
}

Object* Gathering::add_part(Address address, Kind kind, Oid relation, std::string_view name,
                            std::string_view quoted_name) {
  const auto found = refs.find({kRelationClass, relation, 0});
  if (found == refs.end()) return nullptr;
  const Ref owner = found->second;
  refs[address] = static_cast<Ref>(catalog.objects.size());
  Object& object = catalog.objects.emplace_back();
  const Object& of = catalog.objects[owner];
  object.key = {kind, of.key.schema, of.key.name, std::string(name), ""};
  object.identity = quoted_name;
  object.relation = of.identity;
  object.owner_relation = owner;
  object.owner = of.owner;
  return &object;
}

Object* Gathering::find(Address address) {
  const auto found = refs.find(address);
  return found == refs.end() ? nullptr : &catalog.objects[found->second];
}

const std::string& Gathering::role(Oid oid) const {
  static const std::string kNone;
  const auto found = roles_.find(oid);
  return found == roles_.end() ? kNone : found->second;
}

std::string Gathering::in_schemas(std::string_view column) const {
  return std::string(column) + " = ANY (" + schema_oids_ + ")";
}

std::string Gathering::not_in_extension(std::string_view catalog, std::string_view column) {
  return "NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '" + std::string(catalog) +
         "'::regclass AND e.objid = " + std::string(column) + " AND e.deptype = 'e')";
}

std::string collation_unless(std::string_view collation, std::string_view otherwise) {
  const std::string given(collation);
  return "CASE WHEN " + given + " <> " + std::string(otherwise) +
         " THEN (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname) FROM "
         "pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = " +
         given + ") END";
}

}  // namespace sluice::schema
