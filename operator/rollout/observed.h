// What a reconcile sees: one SchemaMigration and all that belongs to it, decoded from the API
// server.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/schema_migration.h"
#include "revisions/closure.h"
#include "revisions/formats.h"
#include "revisions/revision.h"
#include "rollout/gate.h"
#include "runner/digest.h"
#include "runner/report.h"

namespace sluice::rollout {

inline constexpr const char* kRunOfLabel = "sluice.dev/run-of";  // Job and pod: the object's uid
inline constexpr const char* kDigestAnnotation = "sluice.dev/input-digest";
inline constexpr const char* kAttemptAnnotation = "sluice.dev/attempt";
inline constexpr const char* kDriftCheckAnnotation = "sluice.dev/drift-check";  // of its Job
inline constexpr const char* kRetryRequestAnnotation = "sluice.dev/retry-request";
inline constexpr const char* kSpecAnnotation = "sluice.dev/run-spec";  // the pod's: its RunSpec
inline constexpr const char* kRunnerContainer = "runner";

// A ConfigMap's revision files: what tells them apart and how they hang together, without their
// SQL.
struct SourceFiles {
  runner::FileDigests files;
  std::vector<revisions::Revision> revisions;
  revisions::Format format = revisions::Format::Sluice;
};

// The source as a whole. Files and graph are complete only when nothing is missing.
struct Source {
  std::vector<std::string> missing;  // ConfigMaps that are not there
  runner::FileDigests files;
  revisions::Parents parents;
};

struct JobSeen {
  std::string name;
  std::string name_space;
  std::string owner;  // the SchemaMigration's name
  std::string run_of;
  std::string digest;
  uint32_t attempt = 0;
  bool drift_check = false;
  std::string retry_request;
  bool finished = false;
  bool failed = false;
  bool deleting = false;
  std::string failure;  // the Failed condition's reason and message
  base::Timestamp created{};
};

struct PodSeen {
  std::string name;
  std::string name_space;
  std::string owner;  // the SchemaMigration's name
  std::string job;
  std::string phase;
  bool deleting = false;
  bool started = false;     // the runner's container runs or ran
  bool terminated = false;  // it ended, or the pod failed without it
  std::string termination_message;
  std::string end_reason;  // why it ended without a message: OOMKilled, Evicted, Error (137) …
  // Why it does not start: the scheduler's or the kubelet's word.
  std::string waiting_reason;
  std::string waiting_message;
  std::optional<base::Timestamp> finished;
};

// One gated workload, or one that should be.
struct WorkloadSeen {
  api::WorkloadRef ref;
  bool exists = false;
  Gated gate;
  std::string claimed_by;  // another SchemaMigration that gates it and comes first; empty: none
};

struct Observed {
  api::SchemaMigration object;
  Source source;
  std::vector<JobSeen> jobs;            // of this object's uid
  std::vector<PodSeen> pods;            // of those Jobs
  std::vector<WorkloadSeen> workloads;  // those of spec.gate.workloads, in order
  // Those that status.gates names and the spec no longer does.
  std::vector<WorkloadSeen> former;
  // Why the API server did not take the Job that is due; seen only by trying.
  std::optional<base::Error> job_refused;
};

// What the revisions of several ConfigMaps, one set together, need.
revisions::Parents parents_of(const std::vector<std::shared_ptr<const SourceFiles>>& parts);

// Decoders. nullopt: not ours. They never throw on what an API server may hold.
std::optional<SourceFiles> source_files_from_config_map(const nlohmann::json& object);
std::optional<JobSeen> job_from_json(const nlohmann::json& object);
std::optional<PodSeen> pod_from_json(const nlohmann::json& object);

}  // namespace sluice::rollout
