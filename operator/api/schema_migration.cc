#include "api/schema_migration.h"

#include <algorithm>

#include "api/spec.h"
#include "api/status.h"
#include "base/json_read.h"

namespace sluice::api {

using base::member;
using base::text;
using nlohmann::json;

namespace {

// Whom a spec gates, as far as it can be read: a spec that cannot be acted on holds its workloads
// all the same.
std::vector<WorkloadRef> named_workloads(const json& spec) {
  std::vector<WorkloadRef> named;
  for (const json& one : member(member(spec, "gate"), "workloads"))
    if (WorkloadRef ref{text(one, "kind"), text(one, "name")}; !ref.name.empty())
      named.push_back(std::move(ref));
  return named;
}

}  // namespace

SchemaMigration schema_migration_from_json(const json& object) {
  SchemaMigration migration;
  const json& metadata = member(object, "metadata");
  migration.name = text(metadata, "name");
  migration.name_space = text(metadata, "namespace");
  migration.uid = text(metadata, "uid");
  migration.resource_version = text(metadata, "resourceVersion");
  if (const json& generation = member(metadata, "generation"); generation.is_number_integer())
    migration.generation = generation.get<int64_t>();
  migration.deleting = !member(metadata, "deletionTimestamp").is_null();
  if (const json& finalizers = member(metadata, "finalizers"); finalizers.is_array())
    for (const json& one : finalizers)
      if (one.is_string()) migration.finalizers.push_back(one.get<std::string>());
  migration.has_finalizer = std::find(migration.finalizers.begin(), migration.finalizers.end(),
                                      kFinalizer) != migration.finalizers.end();
  migration.retry_request = text(member(metadata, "annotations"), kRetryAnnotation);
  migration.status = status_from_json(member(object, "status"));
  try {
    migration.spec = spec_from_json(member(object, "spec"));
  } catch (const base::Error& refusal) {
    migration.refusal = refusal;
    migration.spec.workloads = named_workloads(member(object, "spec"));
  }
  return migration;
}

}  // namespace sluice::api
