// SQL as psql has to find it in a script, to send what was meant.
#pragma once

#include <string>

namespace sluice::engine {

// DO with a delimiter that the body does not hold.
std::string do_block(const std::string& body);

}  // namespace sluice::engine
