// Files of an archive, written so that they outlive a power cut and read so that a stop is heeded.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "archive/manifest.h"

namespace sluice::archive {

// Relative paths of everything below `directory` that is not itself a directory, sorted. Throws
// std::filesystem::filesystem_error.
std::vector<std::string> list_files(const std::filesystem::path& directory);

// Size and digest of directory/path, which must be a regular file and no link. Throws
// Error{Failed, "ReadFailed"}; Error{Transient, "Interrupted"} when `stop` is requested.
ArchivedFile describe_file(const std::filesystem::path& directory, const std::string& path,
                           const std::stop_token& stop);

// The functions below throw std::system_error with the errno of the call that failed.

// Creates the file, which must not exist, readable by its owner only.
void write_file(const std::filesystem::path& path, std::string_view bytes);
// On stable storage: every file and directory below `directory`, and itself. The pages are dropped
// from memory, so that reading them back reads what was stored.
void sync_tree(const std::filesystem::path& directory);
// On stable storage: which names the directory holds.
void sync_directory(const std::filesystem::path& directory);

}  // namespace sluice::archive
