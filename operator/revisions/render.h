// A revision as the text of its file.
#pragma once

#include <string>

#include "revisions/revision.h"

namespace sluice::revisions {

// The header, then the sections; parse_revision() of the answer gives the same revision back, but
// for its lines. Reads no `text`. Throws Error{Invalid, "RevisionInvalid"} when a section holds a
// line that would end it (`-- migrate:down`), or a value of the header a line break.
std::string render(const Revision& revision);

}  // namespace sluice::revisions
