// Paths of the API, as https://kubernetes.io/docs/reference/using-api/api-concepts/ has them.
#pragma once

#include <string>
#include <string_view>

#include "kube/client.h"

namespace sluice::kube {

// Percent-encodes what is not unreserved in RFC 3986.
std::string escape(std::string_view text);

// /apis/apps/v1/namespaces/shop/deployments
std::string collection_path(const Resource& resource, const std::string& name_space);

// /apis/apps/v1/namespaces/shop/deployments/api/status. Throws base::Error{Invalid, "BadName"} for
// a name that would lead elsewhere: empty, "." or "..".
std::string object_path(const Resource& resource, const Address& at);

}  // namespace sluice::kube
