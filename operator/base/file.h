// Whole files in memory.
#pragma once

#include <filesystem>
#include <string>

namespace sluice::base {

// Throws Error{Failed, "ReadFailed"} for what is missing, unreadable, a directory, or larger than
// `max_bytes`.
std::string read_file(const std::filesystem::path& path, size_t max_bytes = size_t{64} << 20U);

}  // namespace sluice::base
