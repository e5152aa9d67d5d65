// What a catalog is once the hinted renames are done. Internal to this room.
#pragma once

#include <vector>

#include "schema/catalog.h"
#include "schema/diff.h"

namespace sluice::schema {

struct Renamed {
  Catalog catalog;  // `from`, with the new names
  std::vector<Statement> statements;
  std::vector<Difference> differences;
};

// Tables first, then what is in them. A hint whose new name is there already, and whose old one is
// not, has been followed before. What belongs to a renamed table and differs from what is wanted by
// its name alone is renamed with it: its keys, indexes and sequences.
// Throws Error{Invalid, "RenameUnknown"} with the hint's place.
Renamed follow(const Catalog& from, const Catalog& to, std::vector<Rename> hints);

}  // namespace sluice::schema
