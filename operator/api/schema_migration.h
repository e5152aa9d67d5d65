// The SchemaMigration resource (sluice.dev/v1alpha1) as C++ types. The shapes are those of
// crds/sluice.dev_schemamigrations.yaml; what the CRD defaults is defaulted here too.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace sluice::api {

inline constexpr const char* kGroup = "sluice.dev";
inline constexpr const char* kVersion = "v1alpha1";
inline constexpr const char* kFinalizer = "sluice.dev/release-workloads";
// A new value of this annotation starts an attempt although no input changed.
inline constexpr const char* kRetryAnnotation = "sluice.dev/retry";

struct SecretKey {
  std::string name;
  std::string key;
};

// spec.database: `urlFrom`, or the parts host, port, name, user | userFrom, passwordFrom.
struct Database {
  std::optional<SecretKey> url_from;
  std::string host;
  int port = 5432;
  std::string name;
  std::string user;
  std::optional<SecretKey> user_from;
  std::optional<SecretKey> password_from;
  std::string ssl_mode;  // libpq's sslmode; empty: libpq's default
  std::optional<SecretKey> ca_from;
};

enum class BackupWhen { Pending, Always, Never };

struct Backup {
  BackupWhen when = BackupWhen::Never;  // a spec without `backup` takes none
  std::string claim_name;
  unsigned parallelism = 1;
};

struct WorkloadRef {
  std::string kind;
  std::string name;
  auto operator<=>(const WorkloadRef&) const = default;
};

// spec.run, handed on to the Job's pod as it is (the pod's own field shapes).
struct RunSettings {
  std::chrono::seconds deadline{3600};
  unsigned retries =
      3;  // of runs whose runner was lost (evicted, killed); waiting causes have no limit
  nlohmann::json resources;  // null when absent, as the rest
  std::string service_account_name;
  nlohmann::json node_selector;
  nlohmann::json tolerations;
  nlohmann::json affinity;
  nlohmann::json image_pull_secrets;
  std::map<std::string, std::string> pod_labels;
  std::map<std::string, std::string> pod_annotations;
};

// spec.schema: the files of the source are the schema that the database should have. Additive:
// creates what is missing; Full: makes the database equal to it.
enum class SchemaPolicy { Additive, Full };

// A query of one row with one value, which must be `expect` as text.
struct Check {
  std::string name;
  std::string sql;
  std::string expect;
};

// spec.verify: what must hold after a run.
struct Verify {
  std::vector<std::string> tables;   // table or schema.table
  std::vector<std::string> columns;  // table.column or schema.table.column
  std::vector<Check> checks;
  bool no_drift = false;  // the schema is what the revisions, or the wanted schema, make
};

// What a run that failed for good means. Continue: it is reported, and the workloads are released
// all the same; only beside an additive schema, which leaves the database as old versions know it.
enum class OnFailure { Hold, Continue };

struct Spec {
  Database database;
  std::vector<std::string> config_maps;       // of the source, in order
  std::string target = "head";                // revisions.target
  std::optional<SchemaPolicy> schema;         // absent: the files are revisions
  std::optional<SecretKey> scratch_url_from;  // where scratch databases may be made
  std::vector<WorkloadRef> workloads;         // gate.workloads
  Backup backup;
  std::chrono::milliseconds lock_timeout{2000};
  std::chrono::milliseconds statement_timeout{0};
  RunSettings run;
  bool allow_data_loss = false;  // safety.destructive: Allow
  Verify verify;
  OnFailure on_failure = OnFailure::Hold;
  std::optional<std::chrono::seconds> drift_every;  // driftCheck.every
  bool suspend = false;
  // SHA-256 of the part of the spec that a run depends on (all but gate, suspend, driftCheck), over
  // its canonical JSON: keys sorted, no white space.
  std::string digest;
};

enum class ConditionStatus { True, False, Unknown };

struct Condition {
  std::string type;
  ConditionStatus status = ConditionStatus::Unknown;
  std::string reason;
  std::string message;
  int64_t observed_generation = 0;
  base::Timestamp last_transition{};  // of `status`
  bool operator==(const Condition&) const = default;
};

enum class RunState { Pending, Running, Succeeded, Failed };

// status.run: the newest run.
struct RunStatus {
  std::string name;    // the Job's
  std::string digest;  // of its inputs
  uint32_t attempt = 0;
  RunState state = RunState::Pending;
  std::string stage;
  std::string reason;
  std::string message;
  bool retry = false;         // failed of a waiting cause
  uint32_t lost = 0;          // attempts for this digest whose runner was lost
  std::string retry_request;  // the value of kRetryAnnotation that this run answers
  std::optional<base::Timestamp> started;
  std::optional<base::Timestamp> finished;
  bool operator==(const RunStatus&) const = default;
};

struct RevisionStatus {
  std::string current;              // the database's heads, joined by ", "; empty: nothing applied
  std::string target;               // joined by ", "
  std::optional<uint32_t> pending;  // unknown until a run has looked
  std::vector<std::string> known;   // the newest applied revisions that the source knows
  bool operator==(const RevisionStatus&) const = default;
};

struct InputsStatus {
  std::string digest;  // of the inputs last seen; empty while a source is missing
  std::optional<base::Timestamp> since;
  bool operator==(const InputsStatus&) const = default;
};

struct BackupStatus {
  std::string archive;
  uint64_t bytes = 0;
  std::optional<base::Timestamp> finished;
  bool operator==(const BackupStatus&) const = default;
};

enum class DriftState { Pending, Clean, Drifted, Failed };

// status.drift: the newest look for changes that nobody released.
struct DriftStatus {
  std::string job;
  uint32_t number = 0;  // of the look, counted from 1
  DriftState state = DriftState::Pending;
  std::string message;
  std::vector<std::string> objects;  // the first few that differ
  std::optional<base::Timestamp> started;
  std::optional<base::Timestamp> finished;
  bool operator==(const DriftStatus&) const = default;
};

enum class GateState { Held, Released, Missing, Refused };

struct GateStatus {
  WorkloadRef workload;
  GateState state = GateState::Held;
  std::string reason;
  std::string message;
  std::string requires_revision;         // what its template asks for; empty: nothing
  std::optional<base::Timestamp> since;  // of state and reason
  bool operator==(const GateStatus&) const = default;
};

struct Status {
  int64_t observed_generation = -1;
  std::string phase;
  std::vector<Condition> conditions;
  RevisionStatus revision;
  InputsStatus inputs;
  std::string plan_digest;
  uint32_t plan_steps = 0;
  std::optional<RunStatus> run;
  std::optional<BackupStatus> backup;
  std::optional<DriftStatus> drift;
  std::vector<GateStatus> gates;
  std::string last_error;
  bool operator==(const Status&) const = default;
};

struct SchemaMigration {
  std::string name;
  std::string name_space;
  std::string uid;
  std::string resource_version;
  int64_t generation = 0;
  bool deleting = false;
  bool has_finalizer = false;
  std::vector<std::string> finalizers;
  std::string retry_request;  // the value of kRetryAnnotation; empty: none
  Spec spec;                  // with a `refusal` only its workloads mean something
  Status status;
  // Why the spec cannot be acted on: reason `Unsupported` (a field that this version does not act
  // on) or `Invalid`; the message begins with the field's path (`spec.gate.mode: …`).
  std::optional<base::Error> refusal;
};

// Never throws on what an API server with our CRD may hold: a spec that cannot be acted on is a
// refusal.
SchemaMigration schema_migration_from_json(const nlohmann::json& object);

// The object to write below /status.
nlohmann::json to_json(const Status& status);

std::string_view to_string(ConditionStatus status);
std::string_view to_string(RunState state);
std::string_view to_string(GateState state);
std::string_view to_string(DriftState state);

const Condition* find_condition(const Status& status, std::string_view type);

}  // namespace sluice::api
