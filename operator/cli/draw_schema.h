// Tables and their references as a picture. Pure, and the same for the same schema.
#pragma once

#include <string>

#include "schema/entities.h"

namespace sluice::cli {

// An erDiagram.
std::string draw_mermaid(const schema::Entities& schema);

// Boxes with columns; a table stands to the right of those that it refers to.
std::string draw_svg(const schema::Entities& schema);

}  // namespace sluice::cli
