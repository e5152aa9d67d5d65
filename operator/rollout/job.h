// From a SchemaMigration to what runs for it: the RunSpec, and the Job whose pod executes it. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "api/schema_migration.h"
#include "rollout/decide.h"
#include "runner/spec.h"

namespace sluice::rollout {

// What every runner's pod has in common.
struct RunnerImage {
  std::string reference;
  std::string pull_policy = "IfNotPresent";
};

// Where things are mounted in the runner's pod.
inline constexpr const char* kSpecDirectory = "/sluice/run";
inline constexpr const char* kSourceDirectory = "/sluice/source";
inline constexpr const char* kDatabaseDirectory = "/sluice/database";
inline constexpr const char* kBackupDirectory = "/sluice/backups";

runner::RunSpec run_spec(const api::SchemaMigration& object, const StartRun& start);

// A Job owned by the object, never to be patched: one attempt (`backoffLimit: 0`), a pod that meets
// the restricted pod security standard and has no API token. The RunSpec rides in the pod's
// annotation `sluice.dev/run-spec`, mounted by the downward API.
nlohmann::json make_job(const api::SchemaMigration& object, const StartRun& start,
                        const RunnerImage& image);

}  // namespace sluice::rollout
