#include "schema/print.h"

#include <algorithm>

#include "schema/bodies.h"
#include "schema/ddl_name.h"

namespace sluice::schema {
namespace {

constexpr int kPublicIsTheOwners = 150000;

// The names in the definitions carry their schemas, except those of pg_catalog.
constexpr const char* kHeader =
    "-- The schema of a PostgreSQL database, by sluice export. Into an empty database:\n"
    "--   psql -X -v ON_ERROR_STOP=1 --single-transaction -f FILE\n"
    "\n"
    "SET client_encoding = 'UTF8';\n"
    "SET standard_conforming_strings = on;\n"
    "SET search_path = pg_catalog;\n"
    "SET check_function_bodies = off;\n"
    "SET client_min_messages = warning;\n"
    "SET row_security = off;\n";

// The object that a reader looks for: a column's or a trigger's is its table.
const Object* heading_of(const Catalog& from, const Catalog& to, const Key& key) {
  const Object* object = to.find(key);
  const Catalog& in = object != nullptr ? to : from;
  if (object == nullptr) object = from.find(key);
  if (object != nullptr && object->owner_relation) return &in.at(*object->owner_relation);
  return object;
}

}  // namespace

Catalog empty_catalog(int server_version) {
  Object schema;
  schema.key = {Kind::Schema, "", "", "public", ""};
  schema.identity = "public";
  schema.details = Schema{};
  schema.comment = "standard public schema";
  schema.default_grants = false;
  schema.grants = {{"", "USAGE", false},
                   {std::string(kOwner), "CREATE", false},
                   {std::string(kOwner), "USAGE", false}};
  if (server_version < kPublicIsTheOwners)
    schema.grants.insert(schema.grants.begin(), {"", "CREATE", false});
  schema.owner = server_version < kPublicIsTheOwners ? "postgres" : "pg_database_owner";
  Catalog catalog;
  catalog.server_version = server_version;
  catalog.objects.push_back(std::move(schema));
  return catalog;
}

std::string print_sql(const Catalog& catalog, const DiffOptions& options) {
  DiffOptions offline = options;
  offline.offline = true;
  const Catalog empty = empty_catalog(catalog.server_version);
  const Diff plan = diff(empty, catalog, offline);
  std::string text = kHeader;
  const Object* heading = nullptr;
  for (const Group& group : plan.groups)
    for (const Statement& each : group.statements) {
      if (each.sql == kLeaveBodiesUnchecked) continue;  // the header says it
      const Object* const about = heading_of(empty, catalog, each.object);
      if (about != heading && about != nullptr) text += "\n-- " + title(*about) + "\n";
      heading = about;
      text += each.sql + ";\n";
    }
  return text;
}

}  // namespace sluice::schema
