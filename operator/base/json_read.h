// Reading JSON that may be of any shape: what is not there, or is something else, reads as nothing.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace sluice::base {

// Null where `object` is no object or has no such member.
const nlohmann::json& member(const nlohmann::json& object, const char* name);

// Empty where the member is no string.
std::string text(const nlohmann::json& object, const char* name);

}  // namespace sluice::base
