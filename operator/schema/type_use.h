// Who has values of a type. Internal to this room.
#pragma once

#include "schema/catalog.h"

namespace sluice::schema {

struct TypeUse {
  bool stored = false;       // by a column of a table or materialized view, perhaps in another type
  bool typed_table = false;  // by a table that is OF it
};

TypeUse use_of_type(const Catalog& catalog, const Object& type);

}  // namespace sluice::schema
