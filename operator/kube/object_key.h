// The name of an object within its kind.
#pragma once

#include <compare>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sluice::kube {

// namespace/name; of what is not namespaced, /name.
struct ObjectKey {
  std::string name_space;
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;
};

// Of an object as the API server writes it. Throws base::Error{Failed, "BadAnswer"} without a name.
ObjectKey key_of(const nlohmann::json& object);

}  // namespace sluice::kube
