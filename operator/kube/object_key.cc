#include "kube/object_key.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "kube/decode.h"

namespace sluice::kube {

ObjectKey key_of(const nlohmann::json& object) {
  ObjectKey key{metadata_text(object, "namespace"), metadata_text(object, "name")};
  if (key.name.empty())
    throw base::Error(base::ErrorKind::Failed, "BadAnswer", "an object without metadata.name");
  return key;
}

}  // namespace sluice::kube
