// From a file's bytes to text that the parser may rely on.
#pragma once

#include <string>
#include <string_view>

namespace sluice::revisions {

// Inflates a gzip file of at most kMaxRevisionBytes. Throws Error{Invalid, "RevisionInvalid"}.
std::string inflate(std::string_view name, std::string_view bytes);

// Without a byte order mark, with LF line ends; what it answers stays as it is when it is read
// again. Throws Error{Invalid, "RevisionInvalid"} with the line of the first NUL or of what is not
// UTF-8, and for a name that cannot be printed.
std::string normalise(std::string_view name, std::string_view bytes);

}  // namespace sluice::revisions
