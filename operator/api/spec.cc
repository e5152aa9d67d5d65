#include "api/spec.h"

#include <algorithm>
#include <limits>

#include "api/fields.h"
#include "api/spec_proof.h"
#include "base/digest.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

// PostgreSQL's timeouts are milliseconds in an int; a pod's deadline is seconds in an int32.
constexpr milliseconds kLongestTimeout{std::numeric_limits<int32_t>::max()};
constexpr milliseconds kLongestDeadline = std::chrono::hours(24 * 365);
constexpr int kDeepest = 100;

std::string item(const std::string& path, size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

bool deeper_than(const json& value, int levels) {
  if (!value.is_structured()) return false;
  if (levels == 0) return true;
  return std::any_of(value.begin(), value.end(),
                     [&](const json& inner) { return deeper_than(inner, levels - 1); });
}

SecretKey read_secret_key(Fields fields) {
  SecretKey secret{fields.required_text("name"), fields.required_text("key")};
  fields.read_all();
  return secret;
}

std::optional<SecretKey> read_optional_secret_key(Fields& fields, const char* name) {
  if (!fields.has(name)) return std::nullopt;
  return read_secret_key(fields.block(name));
}

Database read_database(Fields fields) {
  Database database;
  const std::string path = "spec.database";
  if (fields.has("urlFrom") == fields.has("host"))
    throw invalid(path, fields.has("host") ? "urlFrom and host exclude each other"
                                           : "urlFrom or host must be given");
  database.ssl_mode = fields.text("sslMode").value_or("");
  database.ca_from = read_optional_secret_key(fields, "caFrom");
  if (fields.has("urlFrom")) {
    for (const char* part : {"port", "name", "user", "userFrom", "passwordFrom"})
      if (fields.has(part))
        throw invalid(fields.path_of(part), "excludes urlFrom", "write it into the URL");
    database.url_from = read_secret_key(fields.block("urlFrom"));
  } else {
    database.host = fields.required_text("host");
    database.port = static_cast<int>(fields.number("port", 1, 65535, 5432));
    database.name = fields.required_text("name");
    if (fields.has("user") == fields.has("userFrom"))
      throw invalid(path, fields.has("user") ? "user and userFrom exclude each other"
                                             : "user or userFrom must be given beside host");
    database.user = fields.text("user").value_or("");
    database.user_from = read_optional_secret_key(fields, "userFrom");
    database.password_from = read_optional_secret_key(fields, "passwordFrom");
  }
  fields.read_all();
  return database;
}

std::vector<std::string> read_source(Fields fields, const std::string& path) {
  std::vector<std::string> config_maps;
  if (!fields.has("configMaps")) fields.read_all("use configMaps");
  const json& list = fields.items("configMaps");
  for (size_t i = 0; i < list.size(); ++i) {
    Fields one(list[i], item(path + ".configMaps", i));
    config_maps.push_back(one.required_text("name"));
    if (std::count(config_maps.begin(), config_maps.end(), config_maps.back()) > 1)
      throw invalid(one.path_of("name"), config_maps.back() + " is named twice");
    one.read_all();
  }
  if (config_maps.empty()) throw invalid(path + ".configMaps", "must not be empty");
  fields.read_all("use configMaps alone");
  return config_maps;
}

std::vector<WorkloadRef> read_gate(Fields fields) {
  fields.choice("mode", {"Pause"}, {"SchedulingGate", "InitContainer"});
  std::vector<WorkloadRef> workloads;
  if (fields.has("workloads")) {
    const json& list = fields.items("workloads");
    for (size_t i = 0; i < list.size(); ++i) {
      Fields one(list[i], item("spec.gate.workloads", i));
      WorkloadRef ref{one.required_text("kind"), one.required_text("name")};
      one.read_all();
      if (ref.kind != "Deployment")
        throw base::Error(base::ErrorKind::Invalid, "PauseNotPossible",
                          item("spec.gate.workloads", i) + ": " + ref.kind + " " + ref.name +
                              " cannot be paused; mode Pause holds Deployments only",
                          "take it out of spec.gate.workloads");
      if (std::find(workloads.begin(), workloads.end(), ref) != workloads.end())
        throw invalid(item("spec.gate.workloads", i), ref.name + " is named twice");
      workloads.push_back(std::move(ref));
    }
  }
  fields.read_all();
  return workloads;
}

BackupWhen read_backup_when(Fields& fields) {
  const std::string when = fields.choice("when", {"Pending", "Always", "Never"}, {"Destructive"});
  if (when == "Always") return BackupWhen::Always;
  return when == "Never" ? BackupWhen::Never : BackupWhen::Pending;
}

Backup read_backup(Fields fields) {
  Backup backup;
  backup.when = read_backup_when(fields);
  if (fields.has("volume")) {
    Fields volume = fields.block("volume");
    Fields claim = volume.block("persistentVolumeClaim");
    backup.claim_name = claim.required_text("claimName");
    claim.read_all();
    volume.read_all();
  } else if (backup.when != BackupWhen::Never) {
    throw invalid(fields.path_of("volume"), "must say where archives are kept",
                  "set persistentVolumeClaim.claimName, or when: Never");
  }
  backup.parallelism = static_cast<unsigned>(fields.number("parallelism", 1, 16, 1));
  fields.choice("verify", {"Checksum"}, {"Restore"});
  fields.choice("onFailure", {"Block"}, {"Continue"});
  fields.read_all();
  return backup;
}

void read_safety(Fields fields, Spec& spec) {
  // PostgreSQL takes 0 as no limit; what queues in front of the application always has one.
  spec.lock_timeout =
      fields.duration("lockTimeout", milliseconds(1), kLongestTimeout, spec.lock_timeout);
  spec.statement_timeout =
      fields.duration("statementTimeout", milliseconds(0), kLongestTimeout, spec.statement_timeout);
  if (spec.schema)
    spec.allow_data_loss =
        fields.choice("destructive", {"Forbid", "Allow"}, {"Approve"}) == "Allow";
  fields.read_all();
}

std::map<std::string, std::string> read_pod_metadata(Fields& fields, const char* name) {
  std::map<std::string, std::string> all = fields.texts(name);
  for (const auto& [key, value] : all)
    if (key.starts_with("sluice.dev/"))
      throw invalid(fields.path_of(name), key + " is Sluice's own", "take it out");
  return all;
}

RunSettings read_run(Fields fields) {
  RunSettings run;
  fields.choice("strategy", {"Job"}, {"InitContainer"});
  run.deadline = std::chrono::ceil<std::chrono::seconds>(
      fields.duration("deadline", std::chrono::seconds(1), kLongestDeadline, run.deadline));
  run.retries = static_cast<unsigned>(fields.number("retries", 0, 100, run.retries));
  run.resources = fields.object_as_is("resources");
  run.service_account_name = fields.text("serviceAccountName").value_or("");
  run.node_selector = fields.object_as_is("nodeSelector");
  run.tolerations = fields.array_as_is("tolerations");
  run.affinity = fields.object_as_is("affinity");
  run.image_pull_secrets = fields.array_as_is("imagePullSecrets");
  run.pod_labels = read_pod_metadata(fields, "podLabels");
  run.pod_annotations = read_pod_metadata(fields, "podAnnotations");
  fields.read_all();
  return run;
}

// Exactly one of the three is given, and `tool` is not read.
void read_migration(Fields& fields, Spec& spec) {
  const int given =
      int(fields.has("revisions")) + int(fields.has("schema")) + int(fields.has("tool"));
  if (given > 1) throw invalid("spec", "revisions, schema and tool exclude each other");
  if (fields.has("tool")) throw unsupported("spec.tool", "", "use spec.revisions or spec.schema");
  if (given == 0) throw invalid("spec", "revisions or schema must be given");
  if (fields.has("schema")) {
    Fields schema = fields.block("schema");
    spec.config_maps = read_source(schema.block("from"), "spec.schema.from");
    spec.schema = schema.choice("policy", {"Additive", "Full"}) == "Full" ? SchemaPolicy::Full
                                                                          : SchemaPolicy::Additive;
    schema.read_all();
    return;
  }
  Fields revisions = fields.block("revisions");
  spec.config_maps = read_source(revisions.block("from"), "spec.revisions.from");
  if (revisions.has("target")) spec.target = revisions.required_text("target");
  revisions.text("target");
  revisions.read_all();
}

std::string digest_of_run_inputs(json spec) {
  for (const char* name : {"gate", "suspend", "driftCheck"}) spec.erase(name);
  return base::sha256(spec.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace

Spec spec_from_json(const json& object) {
  if (deeper_than(object, kDeepest)) throw invalid("spec", "is nested too deeply");
  Spec spec;
  Fields fields(object, "spec");
  spec.database = read_database(fields.block("database"));
  read_migration(fields, spec);
  if (fields.has("gate")) spec.workloads = read_gate(fields.block("gate"));
  if (fields.has("backup")) spec.backup = read_backup(fields.block("backup"));
  if (fields.has("safety")) read_safety(fields.block("safety"), spec);
  if (fields.has("scratch")) {
    Fields scratch = fields.block("scratch");
    spec.scratch_url_from = read_secret_key(scratch.block("urlFrom"));
    scratch.read_all();
  }
  if (fields.has("verify")) spec.verify = read_verify(fields.block("verify"));
  if (fields.has("driftCheck")) spec.drift_every = read_drift_check(fields.block("driftCheck"));
  if (fields.choice("onFailure", {"Hold", "Continue"}, {"Downgrade", "Restore"}) == "Continue") {
    if (spec.schema != SchemaPolicy::Additive)
      throw invalid(
          "spec.onFailure",
          "Continue goes with spec.schema of the policy Additive only: after anything else "
          "that failed, a workload may not find what it needs",
          "write Hold");
    spec.on_failure = OnFailure::Continue;
  }
  if (fields.has("run")) spec.run = read_run(fields.block("run"));
  spec.suspend = fields.truth("suspend", false);
  fields.read_all();
  spec.digest = digest_of_run_inputs(object);
  return spec;
}

}  // namespace sluice::api
