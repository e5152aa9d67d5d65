// Revision files from directories.
#pragma once

#include <string>
#include <vector>

#include "revisions/revision.h"

namespace sluice::revisions {

// Reads the revision files of all directories (not of their subdirectories; links are followed, as
// mounted ConfigMaps need) as one set, ordered by name. Names that begin with a dot are skipped.
// Throws Error{Transient, "SourceMissing"} when a directory is not there, Error{Invalid,
// "SourceEmpty"} when there is no revision file in any, and what parse_revision throws.
std::vector<Revision> load_directories(const std::vector<std::string>& directories);

}  // namespace sluice::revisions
