#include "webhook/trust.h"

#include <utility>

#include "base/base64.h"
#include "base/error.h"
#include "base/logging.h"

namespace sluice::webhook {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr int kAttempts = 5;

constexpr std::pair<const char*, std::string Material::*> kSecretKeys[] = {
    {"ca.crt", &Material::authorities},
    {"ca.key", &Material::authority_key},
    {"tls.crt", &Material::certificate},
    {"tls.key", &Material::key},
};

json unless_changed(const json& object) {
  return json::array({{{"op", "test"},
                       {"path", "/metadata/resourceVersion"},
                       {"value", object.at("metadata").at("resourceVersion")}}});
}

// Repeats a read and the write that depends on it while others write in between.
template <class Round>
auto until_settled(const Round& round) {
  for (int attempt = 1;; ++attempt) {
    try {
      return round();
    } catch (const Error& error) {
      const bool read_again =
          error.kind() == ErrorKind::Conflict || error.kind() == ErrorKind::InDoubt;
      if (!read_again || attempt == kAttempts) throw;
    }
  }
}

}  // namespace

Material read_material(const json& secret) {
  Material material;
  const auto data = secret.find("data");
  if (data == secret.end() || !data->is_object()) return material;
  for (const auto& [key, member] : kSecretKeys) {
    const auto value = data->find(key);
    if (value != data->end() && value->is_string())
      material.*member = base::from_base64(value->get_ref<const std::string&>()).value_or("");
  }
  return material;
}

json secret_patch(const json& secret, const Material& material) {
  json operations = unless_changed(secret);
  const auto data = secret.find("data");
  if (data == secret.end() || !data->is_object())
    operations.push_back({{"op", "add"}, {"path", "/data"}, {"value", json::object()}});
  for (const auto& [key, member] : kSecretKeys)
    operations.push_back({{"op", "add"},
                          {"path", std::string("/data/") + key},
                          {"value", base::to_base64(material.*member)}});
  return operations;
}

json configuration_patch(const json& configuration, const std::string& authorities) {
  const std::string bundle = base::to_base64(authorities);
  json operations = unless_changed(configuration);
  const auto found = configuration.find("webhooks");
  const json webhooks = found == configuration.end() ? json::array() : *found;
  for (size_t i = 0; i < webhooks.size(); ++i) {
    const json& client = webhooks[i].at("clientConfig");
    const auto present = client.find("caBundle");
    if (present != client.end() && *present == bundle) continue;
    operations.push_back({{"op", "add"},
                          {"path", "/webhooks/" + std::to_string(i) + "/clientConfig/caBundle"},
                          {"value", bundle}});
  }
  return operations.size() > 1 ? operations : json::array();
}

Trust::Trust(StoredObject secret, StoredObject configuration, std::vector<std::string> names,
             Serve serve)
    : secret_(std::move(secret)),
      configuration_(std::move(configuration)),
      names_(std::move(names)),
      serve_(std::move(serve)) {}

void Trust::ensure(base::Timestamp now) {
  try {
    settle(now);
  } catch (const json::exception& error) {
    throw Error(
        ErrorKind::Failed, "UnexpectedObject",
        std::string("the webhook's Secret or configuration has an unknown shape: ") + error.what());
  }
}

void Trust::settle(base::Timestamp now) {
  const Material material = settle_secret(now);
  try {
    const bool just_written = settle_configuration(material.authorities);
    if (just_written && is_trusted(served_.certificate, material.authorities, now)) return;
  } catch (const std::exception&) {
    if (served_.certificate.empty()) serve(material);
    throw;
  }
  serve(material);
}

Material Trust::settle_secret(base::Timestamp now) {
  return until_settled([&] {
    const auto secret = secret_.read();
    if (!secret)
      throw Error(ErrorKind::Transient, "SecretMissing", "the webhook's Secret is not there",
                  "install the chart again, it makes an empty one");
    const Material seen = read_material(*secret);
    const Decision decision = decide(seen, names_, now);
    if (decision.action == Action::Keep) return seen;
    const Material fresh = renew(seen, decision.action, names_, now);
    if (!secret_.patch(secret_patch(*secret, fresh)))
      throw Error(ErrorKind::Transient, "SecretMissing", "the webhook's Secret was deleted");
    base::log(base::Level::Info, "renewed the webhook's certificates",
              {{"why", decision.reason},
               {"authority_too", decision.action == Action::RenewAll},
               {"valid_until", base::to_rfc3339(validity(fresh.certificate)->until)}});
    return fresh;
  });
}

bool Trust::settle_configuration(const std::string& authorities) {
  return until_settled([&] {
    const auto configuration = configuration_.read();
    const json operations =
        configuration ? configuration_patch(*configuration, authorities) : json::array();
    if (configuration && operations.empty()) return false;
    if (!configuration || !configuration_.patch(operations))
      throw Error(ErrorKind::Transient, "WebhookConfigurationMissing",
                  "the MutatingWebhookConfiguration is not there", "install the chart again");
    base::log(base::Level::Info, "wrote the caBundle of the webhook configuration");
    return true;
  });
}

void Trust::serve(const Material& material) {
  if (served_.certificate == material.certificate && served_.key == material.key) return;
  serve_(material.certificate, material.key);
  served_ = {material.certificate, material.key};
}

}  // namespace sluice::webhook
