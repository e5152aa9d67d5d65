// Whether an expression may have another value for each row of one statement.
#pragma once

#include "lint/tree.h"

namespace sluice::lint {

// A call of a function that is not known to be STABLE or IMMUTABLE: perhaps volatile, for only the
// server knows. Of this node alone: ask any_of() for an expression.
bool is_perhaps_volatile(const PgQuery__Node& node);

}  // namespace sluice::lint
