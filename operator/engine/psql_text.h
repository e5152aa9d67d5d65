// SQL as psql has to find it in a script, to send what was meant.
#pragma once

#include <string>

namespace sluice::engine {

// psql puts its variables in where `:name`, `:'name'`, `:"name"` or `:{?name}` stands outside of
// quotes, and has set some itself (PORT, USER …): a blank keeps such a colon one. What the scanner
// cannot read stays as it is.
std::string without_variables(const std::string& sql);

// DO with a delimiter that the body does not hold.
std::string do_block(const std::string& body);

}  // namespace sluice::engine
