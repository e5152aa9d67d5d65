#include "rollout/job.h"

namespace sluice::rollout {
namespace {

using nlohmann::json;

constexpr int kUser = 65532;

runner::BackupWhen to_runner(api::BackupWhen when) {
  switch (when) {
    case api::BackupWhen::Pending:
      return runner::BackupWhen::Pending;
    case api::BackupWhen::Always:
      return runner::BackupWhen::Always;
    case api::BackupWhen::Never:
      return runner::BackupWhen::Never;
  }
  return runner::BackupWhen::Always;
}

// Volumes and their mounts, in step.
struct Mounts {
  json volumes = json::array();
  json mounts = json::array();

  void add(const std::string& name, const std::string& path, bool read_only, json source) {
    source["name"] = name;
    volumes.push_back(std::move(source));
    mounts.push_back({{"name", name}, {"mountPath", path}, {"readOnly", read_only}});
  }

  // Optional, so that a missing Secret or key reaches the runner, which can say so.
  void add_secret(const std::string& use, const api::SecretKey& from) {
    add("database-" + use, std::string(kDatabaseDirectory) + "/" + use, true,
        {{"secret",
          {{"secretName", from.name},
           {"optional", true},
           {"defaultMode", 0440},
           {"items", json::array({{{"key", from.key}, {"path", use}}})}}}});
  }
};

runner::ValueFile value_file(const std::string& use, const api::SecretKey& from) {
  return {std::string(kDatabaseDirectory) + "/" + use + "/" + use,
          "Secret \"" + from.name + "\", key \"" + from.key + "\""};
}

runner::DatabaseSpec database_spec(const api::Database& database) {
  runner::DatabaseSpec spec;
  if (database.url_from) {
    spec.url = value_file("url", *database.url_from);
  } else {
    spec.parameters["host"] = database.host;
    spec.parameters["port"] = std::to_string(database.port);
    if (!database.name.empty()) spec.parameters["dbname"] = database.name;
    if (!database.user.empty()) spec.parameters["user"] = database.user;
  }
  if (database.user_from) spec.parameter_files["user"] = value_file("user", *database.user_from);
  if (database.password_from)
    spec.parameter_files["password"] = value_file("password", *database.password_from);
  if (!database.ssl_mode.empty()) spec.parameters["sslmode"] = database.ssl_mode;
  if (database.ca_from) spec.path_parameters["sslrootcert"] = value_file("ca", *database.ca_from);
  return spec;
}

Mounts mounts_of(const api::SchemaMigration& object, const StartRun& start) {
  const api::Spec& spec = object.spec;
  Mounts all;
  all.add(
      "run", kSpecDirectory, true,
      {{"downwardAPI",
        {{"items", json::array({{{"path", "spec.json"},
                                 {"fieldRef",
                                  {{"fieldPath", "metadata.annotations['" +
                                                     std::string(kSpecAnnotation) + "']"}}}}})}}}});
  for (size_t i = 0; i < spec.config_maps.size(); ++i)
    all.add("source-" + std::to_string(i), std::string(kSourceDirectory) + "/" + std::to_string(i),
            true, {{"configMap", {{"name", spec.config_maps[i]}}}});
  const api::Database& database = spec.database;
  if (database.url_from) all.add_secret("url", *database.url_from);
  if (database.user_from) all.add_secret("user", *database.user_from);
  if (database.password_from) all.add_secret("password", *database.password_from);
  if (database.ca_from) all.add_secret("ca", *database.ca_from);
  if (spec.scratch_url_from) all.add_secret("scratch", *spec.scratch_url_from);
  if (spec.backup.when != api::BackupWhen::Never && !start.drift_check)
    all.add("backups", kBackupDirectory, false,
            {{"persistentVolumeClaim", {{"claimName", spec.backup.claim_name}}}});
  all.add("tmp", "/tmp", false, {{"emptyDir", json::object()}});
  return all;
}

json container_of(const api::SchemaMigration& object, const RunnerImage& image, json mounts) {
  json container = {{"name", kRunnerContainer},
                    {"image", image.reference},
                    {"imagePullPolicy", image.pull_policy},
                    {"command",
                     {"sluice", "run", "--spec", std::string(kSpecDirectory) + "/spec.json",
                      "--termination-log", "/dev/termination-log"}},
                    {"terminationMessagePath", "/dev/termination-log"},
                    {"terminationMessagePolicy", "File"},
                    {"volumeMounts", std::move(mounts)},
                    {"securityContext",
                     {{"allowPrivilegeEscalation", false},
                      {"readOnlyRootFilesystem", true},
                      {"runAsNonRoot", true},
                      {"capabilities", {{"drop", {"ALL"}}}}}}};
  if (object.spec.run.resources.is_object()) container["resources"] = object.spec.run.resources;
  return container;
}

}  // namespace

runner::RunSpec run_spec(const api::SchemaMigration& object, const StartRun& start) {
  const api::Spec& spec = object.spec;
  runner::RunSpec run;
  run.run = start.name;
  run.digest = start.digest;
  run.uid = object.uid;
  run.spec_digest = spec.digest;
  for (size_t i = 0; i < spec.config_maps.size(); ++i)
    run.directories.push_back(std::string(kSourceDirectory) + "/" + std::to_string(i));
  run.target = spec.target;
  run.database = database_spec(spec.database);
  run.backup.when = start.drift_check ? runner::BackupWhen::Never : to_runner(spec.backup.when);
  if (run.backup.when != runner::BackupWhen::Never) {
    run.backup.directory = kBackupDirectory;
    run.backup.origin = "PersistentVolumeClaim \"" + spec.backup.claim_name + "\"";
    run.backup.parallelism = spec.backup.parallelism;
  }
  if (spec.schema)
    run.schema = runner::SchemaSpec{*spec.schema == api::SchemaPolicy::Full, spec.allow_data_loss};
  run.drift_check = start.drift_check;
  if (spec.scratch_url_from) run.scratch_url = value_file("scratch", *spec.scratch_url_from);
  run.verify.tables = spec.verify.tables;
  run.verify.columns = spec.verify.columns;
  for (const api::Check& check : spec.verify.checks)
    run.verify.checks.push_back({check.name, check.sql, check.expect});
  run.verify.no_drift = spec.verify.no_drift;
  run.lock_timeout = spec.lock_timeout;
  run.statement_timeout = spec.statement_timeout;
  return run;
}

json make_job(const api::SchemaMigration& object, const StartRun& start, const RunnerImage& image) {
  const api::RunSettings& settings = object.spec.run;
  Mounts mounts = mounts_of(object, start);

  json labels = settings.pod_labels;
  if (labels.is_null()) labels = json::object();
  labels[kRunOfLabel] = object.uid;
  json annotations = settings.pod_annotations;
  if (annotations.is_null()) annotations = json::object();
  annotations["sluice.dev/schemamigration"] = object.name;
  annotations[kSpecAnnotation] = runner::to_json(run_spec(object, start));

  json pod = {{"restartPolicy", "Never"},
              {"automountServiceAccountToken", false},
              {"enableServiceLinks", false},
              {"terminationGracePeriodSeconds", 60},
              {"securityContext",
               {{"runAsNonRoot", true},
                {"runAsUser", kUser},
                {"runAsGroup", kUser},
                {"fsGroup", kUser},
                {"seccompProfile", {{"type", "RuntimeDefault"}}}}},
              {"containers", json::array({container_of(object, image, std::move(mounts.mounts))})},
              {"volumes", std::move(mounts.volumes)}};
  if (!settings.service_account_name.empty())
    pod["serviceAccountName"] = settings.service_account_name;
  const auto pass = [&pod](const char* name, const json& value) {
    if (!value.is_null()) pod[name] = value;
  };
  pass("nodeSelector", settings.node_selector);
  pass("tolerations", settings.tolerations);
  pass("affinity", settings.affinity);
  pass("imagePullSecrets", settings.image_pull_secrets);

  return {{"apiVersion", "batch/v1"},
          {"kind", "Job"},
          {"metadata",
           {{"name", start.name},
            {"namespace", object.name_space},
            {"labels", {{kRunOfLabel, object.uid}}},
            {"annotations",
             {{kDigestAnnotation, start.digest},
              {kAttemptAnnotation, std::to_string(start.attempt)},
              {kDriftCheckAnnotation, start.drift_check ? "true" : "false"},
              {kRetryRequestAnnotation, object.retry_request}}},
            {"ownerReferences",
             json::array({{{"apiVersion", std::string(api::kGroup) + "/" + api::kVersion},
                           {"kind", "SchemaMigration"},
                           {"name", object.name},
                           {"uid", object.uid},
                           {"controller", true}}})}}},
          {"spec",
           {{"backoffLimit", 0},
            {"completions", 1},
            {"parallelism", 1},
            {"activeDeadlineSeconds", settings.deadline.count()},
            {"template",
             {{"metadata", {{"labels", labels}, {"annotations", annotations}}},
              {"spec", std::move(pod)}}}}}};
}

}  // namespace sluice::rollout
