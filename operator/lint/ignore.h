// Comments `-- lint:ignore RULE[, RULE]: reason`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::lint {

struct Ignore {
  size_t at = 0;  // byte in the text that was read
  std::vector<std::string> rules;
  std::string reason;
};

// From the text of one comment, with its dashes or stars; nullopt: it is another comment.
std::optional<Ignore> parse_ignore(std::string_view comment);

// All in a text of SQL. Comments are found by PostgreSQL's scanner; what it cannot read holds none.
std::vector<Ignore> find_ignores(std::string_view sql);

}  // namespace sluice::lint
