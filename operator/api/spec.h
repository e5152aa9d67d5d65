// The spec of a SchemaMigration, from JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "api/schema_migration.h"

namespace sluice::api {

// Throws base::Error{Invalid} with reason Unsupported, Invalid or PauseNotPossible; its message
// begins with the field's path. What it does not read it refuses.
Spec spec_from_json(const nlohmann::json& spec);

}  // namespace sluice::api
