// The words of the catalog's enumerations.
#pragma once

#include <string_view>

#include "schema/catalog.h"

namespace sluice::schema {

// As documents have them: "foreign key", "origin", "window".
std::string_view to_string(ConstraintType type);
std::string_view to_string(Persistence persistence);
std::string_view to_string(ReplicaIdentity identity);
std::string_view to_string(Enabled enabled);
std::string_view to_string(FunctionKind kind);

// For people: "enabled on replicas", "window function".
std::string_view in_words(Enabled enabled);
std::string_view in_words(FunctionKind kind);

}  // namespace sluice::schema
