// What it takes to change a column's type. Internal to this room.
#pragma once

#include <string>

#include "schema/catalog.h"

namespace sluice::schema {

struct TypeChange {
  bool possible = true;  // there is a cast; else the column can only be dropped and added
  bool free = false;     // PostgreSQL does not write the table anew
  bool cuts = false;     // values are rounded or cut, and nothing says so
  bool refuses = false;  // values that do not fit make it fail
  bool trims = false;    // a text's blanks beyond the new length are cut, and nothing says so
  // Where ALTER COLUMN … TYPE does not find its way: "::text::public.colour", after the column's
  // name; empty: no USING.
  std::string conversion;
};

// The types as format_type() prints them; their domains, enums and casts are looked for in the two
// catalogs.
TypeChange type_change(const Catalog& from, const std::string& was, const Catalog& to,
                       const std::string& is);

// The type of that kind and identity; nullptr: none.
const Object* type_named(const Catalog& catalog, Kind kind, const std::string& identity);

// What is below all domains.
std::string below_domains(const Catalog& catalog, const std::string& type);

// Whether values of the type have to satisfy something: a domain's NOT NULL or check.
bool has_constraints(const Catalog& catalog, const std::string& type);

// Whether `type`, without its modifiers and its array, is the type of that identity.
bool is_of_type(const std::string& type, const std::string& identity);

// The storage that a column of this type has of itself: PLAIN, MAIN or EXTENDED.
std::string natural_storage(const Catalog& catalog, const std::string& type);

}  // namespace sluice::schema
