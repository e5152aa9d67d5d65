// New files of a directory of revisions.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sluice::cli {

// 12 random hexadecimal digits.
std::string make_revision_id();

// A message as a part of a file's name: its ASCII letters and digits in lower case, words joined by
// `_`, at most 40 characters and whole words where the first one allows it.
std::string slug_of(std::string_view message);

// The file is there with all of the text, or not at all; one that exists is never replaced. Throws
// Error{Refused, "FileExists"} or Error{Failed, "WriteFailed"}.
void write_new_file(const std::filesystem::path& path, std::string_view text);

}  // namespace sluice::cli
