// Revision files from directories.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "revisions/formats.h"
#include "revisions/revision.h"

namespace sluice::revisions {

// Reads the files of all directories (not of their subdirectories; links are followed, as mounted
// ConfigMaps need) as one set. Names that begin with a dot are skipped. `format`: nullopt to tell
// it from the files.
// Throws Error{Transient, "SourceMissing"} when a directory is not there, Error{Invalid,
// "SourceEmpty"} when there is no revision file in any, and what read_files throws.
std::vector<Revision> load_directories(const std::vector<std::string>& directories,
                                       std::optional<Format> format = std::nullopt);

}  // namespace sluice::revisions
