// A file of environment variables: KEY=VALUE lines, `#` comments, optional `export `, quotes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::cli {

// In the order of the lines. A value may stand in '…' (nothing is replaced) or in "…" (a backslash
// before n, ", $ or itself is); without quotes it ends before ` #`. Variables in values are not
// expanded. Pure. Throws Error{Invalid, "EnvFileInvalid"} with "name:line: what", never with a
// value.
std::vector<std::pair<std::string, std::string>> parse_env_file(std::string_view name,
                                                                std::string_view text);

// Sets what the process's environment does not have. Not for use beside other threads. Throws also
// Error{Failed, "ReadFailed"}.
void set_from_env_file(const std::string& path);

}  // namespace sluice::cli
