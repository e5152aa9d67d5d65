// Names as people write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::desired {

// `app."Order".id` by PostgreSQL's scanner: unquoted parts in lower case, quoted ones as they are.
// nullopt: it is no such name.
std::optional<std::vector<std::string>> parts_of_name(std::string_view text);

}  // namespace sluice::desired
