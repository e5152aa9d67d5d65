#include "kube/client.h"
#include "webhook/trust.h"

namespace sluice::webhook {
namespace {

StoredObject stored(kube::Client& client, const kube::Resource& resource, kube::Address at) {
  return {.read = [&client, &resource, at] { return client.get(resource, at); },
          .patch =
              [&client, &resource, at](const nlohmann::json& operations) {
                return client.patch(resource, at, operations);
              }};
}

}  // namespace

StoredObject stored_secret(kube::Client& client, const std::string& name_space,
                           const std::string& name) {
  return stored(client, kube::kSecrets, {name_space, name});
}

StoredObject stored_configuration(kube::Client& client, const std::string& name) {
  return stored(client, kube::kMutatingWebhookConfigurations, {"", name});
}

}  // namespace sluice::webhook
