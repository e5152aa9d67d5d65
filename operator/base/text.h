// Small operations on UTF-8 text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::base {

// Without ASCII white space at either end.
std::string_view trim(std::string_view text);

// The parts between separators, trimmed; empty parts are left out.
std::vector<std::string> split_list(std::string_view text, char separator);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

// "1 revision", "2 revisions"
std::string counted(size_t count, std::string_view noun);

// At most `max_bytes` of `text`, cut between characters; a cut text ends with "…".
std::string truncate_utf8(std::string_view text, size_t max_bytes);

// Each occurrence of a secret replaced by "***"; empty secrets are none.
std::string without_secrets(std::string text, std::vector<std::string> secrets);

}  // namespace sluice::base
