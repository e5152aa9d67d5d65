#include "rollout/store.h"

#include <algorithm>
#include <utility>

namespace sluice::rollout {

using api::SchemaMigration;
using kube::ObjectKey;

namespace {

ObjectKey key_of_object(const SchemaMigration& object) { return {object.name_space, object.name}; }

bool gates(const SchemaMigration& object, const api::WorkloadRef& ref) {
  const auto& named = object.spec.workloads;
  return std::find(named.begin(), named.end(), ref) != named.end();
}

bool reads(const SchemaMigration& object, const std::string& config_map) {
  const auto& named = object.spec.config_maps;
  return std::find(named.begin(), named.end(), config_map) != named.end();
}

}  // namespace

std::optional<DeploymentSeen> deployment_from_json(const nlohmann::json& object) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end()) return std::nullopt;
  return DeploymentSeen{metadata->value("name", ""), metadata->value("namespace", ""),
                        metadata->value("uid", ""), read_gated(object)};
}

struct Store::Scope {
  std::string name_space;  // empty: all
  kube::Cache<SchemaMigration> objects;
  kube::Cache<SourceFiles> config_maps;
  kube::Cache<DeploymentSeen> deployments;
  kube::Cache<JobSeen> jobs;
  kube::Cache<PodSeen> pods;

  template <class T>
  void notify_owner(const Listeners& listeners, const std::shared_ptr<const T>& before,
                    const std::shared_ptr<const T>& after) {
    const T& either = after ? *after : *before;
    if (!either.owner.empty()) listeners.object_changed({either.name_space, either.owner});
  }

  Scope(const Store& store, kube::Client& client, const std::string& watched)
      : name_space(watched),
        objects(client, {kube::kSchemaMigrations, watched, ""}, api::schema_migration_from_json,
                [&store](const ObjectKey& key, const auto&, const auto&) {
                  store.listeners_.object_changed(key);
                }),
        config_maps(client, {kube::kConfigMaps, watched, ""}, source_files_from_config_map,
                    [&store](const ObjectKey& key, const auto&, const auto&) {
                      store.notify_users_of_config_map(key);
                    }),
        deployments(
            client, {kube::kDeployments, watched, std::string(kGatedLabel) + "=true"},
            deployment_from_json,
            [&store](const ObjectKey& key, const auto& before, const auto& after) {
              // Its status changes often and says nothing to the gate.
              if (before && after && before->uid == after->uid && before->gate == after->gate)
                return;
              store.notify_gates_of(key);
              if (after) store.listeners_.deployment_changed(key);
            }),
        jobs(client, {kube::kJobs, watched, kRunOfLabel}, job_from_json,
             [this, &store](const ObjectKey&, const auto& before, const auto& after) {
               notify_owner<JobSeen>(store.listeners_, before, after);
             }),
        pods(client, {kube::kPods, watched, kRunOfLabel}, pod_from_json,
             [this, &store](const ObjectKey&, const auto& before, const auto& after) {
               notify_owner<PodSeen>(store.listeners_, before, after);
             }) {}

  void start() {
    objects.start();
    config_maps.start();
    deployments.start();
    jobs.start();
    pods.start();
  }

  void stop() {
    objects.stop();
    config_maps.stop();
    deployments.stop();
    jobs.stop();
    pods.stop();
  }

  bool synced() const {
    return objects.synced() && config_maps.synced() && deployments.synced() && jobs.synced() &&
           pods.synced();
  }
};

Store::Store(kube::Client& client, std::vector<std::string> namespaces, Listeners listeners)
    : client_(client), listeners_(std::move(listeners)) {
  if (namespaces.empty()) namespaces.emplace_back();
  for (const std::string& watched : namespaces)
    scopes_.push_back(std::make_unique<Scope>(*this, client_, watched));
}

Store::~Store() { stop(); }

void Store::start() {
  for (const auto& scope : scopes_) scope->start();
}

void Store::stop() {
  for (const auto& scope : scopes_) scope->stop();
}

bool Store::synced() const {
  return std::all_of(scopes_.begin(), scopes_.end(),
                     [](const auto& scope) { return scope->synced(); });
}

Store::Scope* Store::scope_of(const std::string& name_space) const {
  for (const auto& scope : scopes_)
    if (scope->name_space.empty() || scope->name_space == name_space) return scope.get();
  return nullptr;
}

std::vector<std::string> Store::gated_by(const ObjectKey& deployment) const {
  std::vector<std::string> names;
  if (const Scope* scope = scope_of(deployment.name_space))
    for (const auto& object : scope->objects.in_namespace(deployment.name_space))
      if (!object->deleting && gates(*object, {"Deployment", deployment.name}))
        names.push_back(object->name);
  std::sort(names.begin(), names.end());
  return names;
}

std::shared_ptr<const DeploymentSeen> Store::deployment(const ObjectKey& key) const {
  const Scope* scope = scope_of(key.name_space);
  return scope == nullptr ? nullptr : scope->deployments.get(key);
}

void Store::notify_users_of_config_map(const ObjectKey& config_map) const {
  if (const Scope* scope = scope_of(config_map.name_space))
    for (const auto& object : scope->objects.in_namespace(config_map.name_space))
      if (reads(*object, config_map.name)) listeners_.object_changed(key_of_object(*object));
}

void Store::notify_gates_of(const ObjectKey& deployment) const {
  for (const std::string& name : gated_by(deployment))
    listeners_.object_changed({deployment.name_space, name});
}

WorkloadSeen Store::observe_workload(const SchemaMigration& object,
                                     const api::WorkloadRef& ref) const {
  WorkloadSeen seen;
  seen.ref = ref;
  const ObjectKey key{object.name_space, ref.name};
  for (const std::string& other : gated_by(key))
    if (other != object.name && (object.deleting || !gates(object, ref) || other < object.name)) {
      seen.claimed_by = other;
      break;
    }
  std::shared_ptr<const DeploymentSeen> known = deployment(key);
  if (!known || object.deleting) {
    const auto live = client_.get(kube::kDeployments, {key.name_space, key.name});
    if (!live) return seen;
    if (auto decoded = deployment_from_json(*live))
      known = std::make_shared<const DeploymentSeen>(std::move(*decoded));
  }
  if (!known) return seen;
  seen.exists = true;
  seen.gate = known->gate;
  return seen;
}

std::optional<Observed> Store::observe(const ObjectKey& key) const {
  const Scope* scope = scope_of(key.name_space);
  if (scope == nullptr) return std::nullopt;
  const auto object = scope->objects.get(key);
  if (!object) return std::nullopt;
  return gather(*scope, *object);
}

std::optional<Observed> Store::observe_fresh(const ObjectKey& key) const {
  const Scope* scope = scope_of(key.name_space);
  if (scope == nullptr) return std::nullopt;
  const auto live = client_.get(kube::kSchemaMigrations, {key.name_space, key.name});
  if (!live) return std::nullopt;
  return gather(*scope, api::schema_migration_from_json(*live));
}

Observed Store::gather(const Scope& scope, SchemaMigration migration) const {
  Observed seen;
  seen.object = std::move(migration);
  const SchemaMigration& object = seen.object;
  const std::string& name_space = object.name_space;
  std::vector<std::shared_ptr<const SourceFiles>> parts;
  for (const std::string& name : object.spec.config_maps) {
    const auto content = scope.config_maps.get({name_space, name});
    if (!content) {
      seen.source.missing.push_back(name);
      continue;
    }
    seen.source.files.insert(content->files.begin(), content->files.end());
    parts.push_back(content);
  }
  seen.source.parents = parents_of(parts);
  for (const auto& job : scope.jobs.in_namespace(name_space))
    if (job->run_of == object.uid) seen.jobs.push_back(*job);
  for (const auto& pod : scope.pods.in_namespace(name_space))
    if (pod->owner == object.name) seen.pods.push_back(*pod);
  for (const api::WorkloadRef& ref : object.spec.workloads)
    seen.workloads.push_back(observe_workload(object, ref));
  for (const api::GateStatus& gate : object.status.gates)
    if (!gates(object, gate.workload))
      seen.former.push_back(observe_workload(object, gate.workload));
  return seen;
}

}  // namespace sluice::rollout
