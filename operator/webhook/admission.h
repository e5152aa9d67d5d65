// Carries a judgement to and from the API server: AdmissionReview admission.k8s.io/v1, as in
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "webhook/http.h"

namespace sluice::webhook {

// The pointers live as long as the judge's call.
struct AdmissionRequest {
  std::string operation;  // CREATE | UPDATE | DELETE | CONNECT
  std::string kind;       // of the object in the version the webhook asked for: "Deployment"
  std::string name_space;
  std::string name;  // empty when the object only has a generateName
  std::string user;
  bool dry_run = false;
  std::string subresource;                     // "" or "scale", "status" …
  const nlohmann::json* object = nullptr;      // as it would be stored; none for DELETE
  const nlohmann::json* old_object = nullptr;  // as it is stored; none for CREATE
};

struct Verdict {
  bool allowed = true;
  std::string message = {};                        // why it is refused
  nlohmann::json patch = nlohmann::json::array();  // RFC 6902 on the object; may be empty
  int code = 403;                                  // the HTTP status that a refused client sees
  std::vector<std::string> warnings = {};          // shown by kubectl, also when allowed
};

using Judge = std::function<Verdict(const AdmissionRequest&)>;

// The answer to an AdmissionReview, both as JSON text. Throws base::Error{Invalid, "BadReview"}
// when `body` is not a review that Sluice understands; the error quotes nothing of the body, which
// may hold secrets. A judge that throws refuses the write with code 500.
std::string review(const std::string& body, const Judge& judge);

// The same as an HTTP exchange: 405 for anything but POST, 400 for what `review` does not take.
Reply answer_review(const Request& request, const Judge& judge);

}  // namespace sluice::webhook
