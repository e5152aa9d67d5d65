// Typed verbs over the Kubernetes API. Bodies are JSON; what a resource means is the caller's.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::kube {

class Transport;

// A kind of resource, by where the API server serves it. The core group is "".
struct Resource {
  std::string_view group;
  std::string_view version;
  std::string_view plural;
};

inline constexpr Resource kSchemaMigrations{"sluice.dev", "v1alpha1", "schemamigrations"};
inline constexpr Resource kDeployments{"apps", "v1", "deployments"};
inline constexpr Resource kJobs{"batch", "v1", "jobs"};
inline constexpr Resource kPods{"", "v1", "pods"};
inline constexpr Resource kConfigMaps{"", "v1", "configmaps"};
inline constexpr Resource kSecrets{"", "v1", "secrets"};
inline constexpr Resource kEvents{"", "v1", "events"};
inline constexpr Resource kMutatingWebhookConfigurations{"admissionregistration.k8s.io", "v1",
                                                         "mutatingwebhookconfigurations"};

// Where an object stands. `name_space` is empty for what is not namespaced (or for all namespaces
// in a list); `subresource` is empty, "status", "scale" …
struct Address {
  std::string name_space;
  std::string name;
  std::string subresource = {};
};

// Errors of every verb, as base::Error: Transient (unreachable, 429, 5xx; safe to repeat when the
// verb is), InDoubt (the connection was lost after the request was sent, for writes), Conflict
// (409, and a JSON patch whose test failed; reason "AlreadyExists" for a create), Gone (410),
// Invalid (422, 400), Refused (401, 403), Failed (the rest). The message names the verb, the path
// and what the server said. Thread safe.
class Client {
 public:
  explicit Client(std::shared_ptr<Transport> transport);
  ~Client();

  std::optional<nlohmann::json> get(const Resource& resource, const Address& at);  // nullopt: 404
  nlohmann::json create(const Resource& resource, const std::string& name_space,
                        const nlohmann::json& object);
  // A JSON patch (RFC 6902): an array of operations. nullopt: 404.
  std::optional<nlohmann::json> patch(const Resource& resource, const Address& at,
                                      const nlohmann::json& operations);
  // Server-side apply with force.
  nlohmann::json apply(const Resource& resource, const Address& at, const nlohmann::json& object,
                       std::string_view field_manager);
  // A PUT; the object's resourceVersion is the precondition.
  nlohmann::json replace(const Resource& resource, const Address& at, const nlohmann::json& object);
  // Background propagation. False: it was not there.
  bool remove(const Resource& resource, const Address& at);

  // Every object, page by page (500 at a time); `each` gets one object. Returns the resourceVersion
  // from which a watch goes on.
  std::string list(const Resource& resource, const std::string& name_space,
                   std::string_view label_selector,
                   const std::function<void(const nlohmann::json&)>& each);

  Transport& transport() { return *transport_; }

 private:
  std::shared_ptr<Transport> transport_;
};

}  // namespace sluice::kube
