// From a file's bytes to text that the parser may rely on.
#pragma once

#include <string>
#include <string_view>

namespace sluice::revisions {

// Inflates a gzip file of at most kMaxRevisionBytes. Throws Error{Invalid, "RevisionInvalid"}.
std::string inflate(std::string_view name, std::string_view bytes);

// Without a byte order mark, with LF line ends. Throws Error{Invalid, "RevisionInvalid"} with the
// line of the first NUL or of what is not UTF-8.
std::string normalise(std::string_view name, std::string_view bytes);

}  // namespace sluice::revisions
