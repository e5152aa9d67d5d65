// What the controller watches, and how one reconcile's observation is gathered from it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kube/cache.h"
#include "kube/client.h"
#include "rollout/observed.h"

namespace sluice::rollout {

// A labelled Deployment, as far as the gate is concerned.
struct DeploymentSeen {
  std::string name;
  std::string name_space;
  std::string uid;
  Gated gate;
};

std::optional<DeploymentSeen> deployment_from_json(const nlohmann::json& object);

// Five watched collections for each watched namespace (or once for all). Thread safe after start().
class Store {
 public:
  struct Listeners {
    std::function<void(const kube::ObjectKey&)> object_changed;      // of a SchemaMigration
    std::function<void(const kube::ObjectKey&)> deployment_changed;  // a labelled Deployment
  };

  // `namespaces` empty: all. The client outlives the store; listeners are called on watch threads.
  Store(kube::Client& client, std::vector<std::string> namespaces, Listeners listeners);
  ~Store();  // stops

  void start();
  void stop();  // nothing is told after it returned
  bool synced() const;

  // nullopt: the object is gone. Workloads that the caches do not hold are asked for at the API
  // server; for an object that is being deleted all are, because nothing looks at them again.
  std::optional<Observed> observe(const kube::ObjectKey& key) const;

  // The same with the object as the API server has it now, not as the cache does.
  std::optional<Observed> observe_fresh(const kube::ObjectKey& key) const;

  // The SchemaMigrations whose gate names the Deployment, in the order of their names.
  std::vector<std::string> gated_by(const kube::ObjectKey& deployment) const;
  std::shared_ptr<const DeploymentSeen> deployment(const kube::ObjectKey& key) const;

 private:
  struct Scope;
  Scope* scope_of(const std::string& name_space) const;
  Observed gather(const Scope& scope, api::SchemaMigration object) const;
  WorkloadSeen observe_workload(const api::SchemaMigration& object,
                                const api::WorkloadRef& ref) const;
  void notify_users_of_config_map(const kube::ObjectKey& config_map) const;
  void notify_gates_of(const kube::ObjectKey& deployment) const;

  kube::Client& client_;
  Listeners listeners_;
  std::vector<std::unique_ptr<Scope>> scopes_;
};

}  // namespace sluice::rollout
