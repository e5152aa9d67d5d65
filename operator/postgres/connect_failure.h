// Why a connection could not be made.
#pragma once

#include <map>
#include <string>

#include "base/error.h"

namespace sluice::postgres {

// `message` is libpq's. libpq keeps the SQLSTATE of a refused connection to itself unless it is
// asked for verbose errors before it connects, so this may connect once more to learn it: the text
// alone is in the server's language.
base::Error connect_failure(const std::map<std::string, std::string>& parameters,
                            const std::string& message);

}  // namespace sluice::postgres
