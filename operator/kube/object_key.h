// The name of an object within its kind.
#pragma once

#include <compare>
#include <string>

namespace sluice::kube {

// namespace/name; of what is not namespaced, /name.
struct ObjectKey {
  std::string name_space;
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;
};

}  // namespace sluice::kube
