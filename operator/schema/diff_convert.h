// How values get from a type to the one that is made again under its name. Internal to this room.
#pragma once

#include <string>
#include <vector>

#include "schema/diff_work.h"

namespace sluice::schema {

struct Conversion {
  std::string expression;       // of the new type
  std::vector<Hazard> hazards;  // what is cut, and what is gone
};

// Of the column `was`, through a text: attributes of composite types by their names, as the text
// has them by their places only. Throws Error{Refused, "NotSupported"} where those of an array or a
// range would have to move: no statement of ALTER TABLE can take them apart.
Conversion convert_through_text(const Work& work, const Object& was, const Object& is);

}  // namespace sluice::schema
