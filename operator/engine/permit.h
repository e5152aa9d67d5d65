// Which statements and revisions this version runs. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/plan.h"

namespace sluice::engine {

// Throws what plan.h says of Unsupported, SyntaxError and StatementNotAllowed; adds warnings.
void permit(const Step& step, int server_version, std::vector<std::string>& warnings);

}  // namespace sluice::engine
