#include "rollout/uninstall.h"

#include <chrono>
#include <thread>

#include "api/schema_migration.h"
#include "base/error.h"
#include "base/logging.h"
#include "base/text.h"
#include "rollout/gate.h"

namespace sluice::rollout {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

kube::Address address_of(const json& object) {
  const json& metadata = object.at("metadata");
  return {metadata.at("namespace").get<std::string>(), metadata.at("name").get<std::string>()};
}

// A patch that rests on the version just read may meet somebody else's write; read again then.
template <class Attempt>
void until_no_conflict(Attempt attempt) {
  for (int tries = 0;; ++tries) {
    try {
      return attempt();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Conflict || tries == 10) throw;
    }
  }
}

void end_operator(kube::Client& client, const Uninstall& what) {
  const auto deployment = client.get(kube::kDeployments, {what.name_space, what.deployment});
  if (!deployment) return;
  client.patch(kube::kDeployments, {what.name_space, what.deployment, "scale"},
               json::array({{{"op", "add"}, {"path", "/spec/replicas"}, {"value", 0}}}));
  std::vector<std::string> labels;
  for (const auto& [name, value] : deployment->at("spec").at("selector").at("matchLabels").items())
    labels.push_back(name + "=" + value.get<std::string>());
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (true) {
    size_t left = 0;
    client.list(kube::kPods, what.name_space, base::join(labels, ","),
                [&](const json&) { ++left; });
    if (left == 0) return;
    if (std::chrono::steady_clock::now() > give_up)
      throw Error(ErrorKind::Transient, "OperatorRuns", "the operator's pods do not end",
                  "see what keeps them, then uninstall again");
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

void restore(kube::Client& client, const kube::Address& at) {
  until_no_conflict([&] {
    const auto live = client.get(kube::kDeployments, at);
    if (!live) return;
    if (const json patch = restore_patch(*live); !patch.empty()) {
      client.patch(kube::kDeployments, at, patch);
      base::log(base::Level::Info, "workload restored",
                {{"namespace", at.name_space}, {"workload", at.name}});
    }
  });
}

void remove_finalizer(kube::Client& client, const kube::Address& at) {
  until_no_conflict([&] {
    const auto live = client.get(kube::kSchemaMigrations, at);
    if (!live) return;
    const api::SchemaMigration object = api::schema_migration_from_json(*live);
    if (!object.has_finalizer) return;
    json left = json::array();
    for (const std::string& finalizer : object.finalizers)
      if (finalizer != api::kFinalizer) left.push_back(finalizer);
    client.patch(kube::kSchemaMigrations, at,
                 json::array({{{"op", "test"},
                               {"path", "/metadata/resourceVersion"},
                               {"value", object.resource_version}},
                              {{"op", "add"}, {"path", "/metadata/finalizers"}, {"value", left}}}));
  });
}

}  // namespace

void uninstall(kube::Client& client, const Uninstall& what) {
  client.remove(kube::kMutatingWebhookConfigurations, {"", what.webhook_configuration});
  end_operator(client, what);
  std::vector<std::string> namespaces = what.namespaces;
  if (namespaces.empty()) namespaces.emplace_back();
  for (const std::string& name_space : namespaces) {
    std::vector<kube::Address> deployments;
    client.list(kube::kDeployments, name_space, std::string(kGatedLabel) + "=true",
                [&](const json& object) { deployments.push_back(address_of(object)); });
    for (const kube::Address& at : deployments) restore(client, at);
    std::vector<kube::Address> objects;
    client.list(kube::kSchemaMigrations, name_space, "",
                [&](const json& object) { objects.push_back(address_of(object)); });
    for (const kube::Address& at : objects) remove_finalizer(client, at);
  }
}

}  // namespace sluice::rollout
