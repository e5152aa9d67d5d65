// Keeps the API server and the webhook's server in agreement: the certificates live in the
// operator's own Secret, every replica serves what is in it, and the webhook configuration holds
// the authorities that signed it.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "webhook/rotation.h"

namespace sluice::kube {
class Client;
}

namespace sluice::webhook {

// One object of the API server. `patch` takes a JSON patch. Both answer nullopt when the object is
// not there and throw as kube::Client does.
struct StoredObject {
  std::function<std::optional<nlohmann::json>()> read;
  std::function<std::optional<nlohmann::json>(const nlohmann::json&)> patch;
};

// The client must outlive the object.
StoredObject stored_secret(kube::Client& client, const std::string& name_space,
                           const std::string& name);
StoredObject stored_configuration(kube::Client& client, const std::string& name);

// Pure parts: what is in the Secret, and the patches that change it and the configuration. Each
// patch begins with a test on the resourceVersion.
Material read_material(const nlohmann::json& secret);
nlohmann::json secret_patch(const nlohmann::json& secret, const Material& material);
// An empty array: it holds the authorities in every webhook already.
nlohmann::json configuration_patch(const nlohmann::json& configuration,
                                   const std::string& authorities);

// Use from one thread.
class Trust {
 public:
  // Takes a certificate chain and its key, in PEM; Server::set_certificate fits.
  using Serve = std::function<void(const std::string& chain, const std::string& key)>;

  Trust(StoredObject secret, StoredObject configuration, std::vector<std::string> names,
        Serve serve);

  // Two reads when all is well; otherwise renews, repairs and serves. Call it at the start and then
  // at least hourly; another replica's renewal and a caBundle that somebody emptied are noticed no
  // sooner than the next call. After a renewal of the authority the old certificate is served for
  // one more round, since an API server takes a moment to notice a new caBundle.
  //
  // Throws base::Error: what the client throws, Transient "SecretMissing" or
  // "WebhookConfigurationMissing", Conflict when others kept writing, and Failed
  // "UnexpectedObject". A failure to reach the configuration leaves the server with a certificate
  // all the same.
  void ensure(base::Timestamp now);

 private:
  void settle(base::Timestamp now);
  Material settle_secret(base::Timestamp now);
  // True: it had to be written.
  bool settle_configuration(const std::string& authorities);
  void serve(const Material& material);

  StoredObject secret_;
  StoredObject configuration_;
  std::vector<std::string> names_;
  Serve serve_;
  KeyPair served_;
};

}  // namespace sluice::webhook
