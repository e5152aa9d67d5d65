// The status of a SchemaMigration, from JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "api/schema_migration.h"

namespace sluice::api {

// Takes whatever stands there, also what a person wrote by hand: a piece that has another shape
// counts as absent. Throws nothing.
Status status_from_json(const nlohmann::json& status);

}  // namespace sluice::api
