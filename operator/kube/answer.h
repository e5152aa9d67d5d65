// What the API server's answers mean.
#pragma once

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "kube/transport.h"

namespace sluice::kube {

// Sends; once more after 429, if the server asks for a short wait (it has not executed the request
// then). Throws as Transport::send does.
Response exchange(Transport& transport, const Request& request);

bool succeeded(const Response& response);

// What an answer that is no success means, as client.h lists it. A Status object is read as
// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ describes it.
base::Error error_of(const Request& request, const Response& response);

// Throws base::Error{Failed, "BadAnswer"}.
nlohmann::json parse_answer(const Request& request, const Response& response);

}  // namespace sluice::kube
