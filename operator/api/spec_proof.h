// The parts of a spec that say how a database is proved: spec.verify and spec.driftCheck.
#pragma once

#include <chrono>
#include <optional>

#include "api/fields.h"
#include "api/schema_migration.h"

namespace sluice::api {

// Both throw as Fields does.
Verify read_verify(Fields fields);
std::chrono::seconds read_drift_check(Fields fields);

}  // namespace sluice::api
