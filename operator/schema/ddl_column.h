// How the SQL of columns names what it is about. Internal to this room.
#pragma once

#include <string>
#include <vector>

#include "schema/catalog.h"
#include "schema/diff.h"

namespace sluice::schema {

// ALTER COLUMN total
inline std::string alter_of(const Object& column) {
  return "ALTER COLUMN " + column.identity + " ";
}
// ALTER TABLE public.orders
inline std::string table_of(const Object& column) { return "ALTER TABLE " + column.relation + " "; }
// Without its children: what they have is said of each.
inline std::string only_table_of(const Object& column) {
  return "ALTER TABLE ONLY " + column.relation + " ";
}
// public.orders.total
inline std::string place_of(const Object& column) {
  return column.relation + "." + column.identity;
}

// GENERATED ALWAYS AS IDENTITY (…)
std::string identity_clause(const Object& column, const Identity& identity);
// Where the sequence of its identity, which comes as its table is, is to be logged, or unlogged, by
// itself.
std::vector<Statement> identity_persistence(const Catalog& catalog, const Object& column);

}  // namespace sluice::schema
