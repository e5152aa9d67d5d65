// Objects for the tests of this folder.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "api/schema_migration.h"

namespace sluice::api {

// The smallest spec that is acted on.
inline nlohmann::json small_spec() {
  return {{"database", {{"urlFrom", {{"name", "trips-db"}, {"key", "url"}}}}},
          {"revisions", {{"from", {{"configMaps", {{{"name", "trips-revisions"}}}}}}}}};
}

// The smallest one with a wanted schema.
inline nlohmann::json schema_spec() {
  nlohmann::json spec = small_spec();
  spec.erase("revisions");
  spec["schema"] = {{"from", {{"configMaps", {{{"name", "trips-schema"}}}}}}};
  return spec;
}

// Every field that is acted on with revisions, with a value that is not its default.
inline nlohmann::json whole_spec() {
  return nlohmann::json::parse(R"({
    "database": {"host": "db.example", "port": 5433, "name": "trips",
                 "userFrom": {"name": "trips-db", "key": "user"},
                 "passwordFrom": {"name": "trips-db", "key": "password"},
                 "sslMode": "verify-full", "caFrom": {"name": "trips-ca", "key": "ca.crt"}},
    "revisions": {"from": {"configMaps": [{"name": "one"}, {"name": "two"}]}, "target": "3f2a"},
    "gate": {"mode": "Pause", "workloads": [{"kind": "Deployment", "name": "trips-api"}]},
    "backup": {"when": "Always", "parallelism": 4, "verify": "Checksum", "onFailure": "Block",
               "volume": {"persistentVolumeClaim": {"claimName": "trips-backups"}}},
    "safety": {"lockTimeout": "500ms", "statementTimeout": "1m30s"},
    "onFailure": "Hold",
    "run": {"strategy": "Job", "deadline": "2h", "retries": 0, "serviceAccountName": "runner",
            "resources": {"limits": {"memory": "64Mi"}}, "nodeSelector": {"disk": "fast"},
            "tolerations": [{"key": "a", "operator": "Exists"}],
            "affinity": {"nodeAffinity": {}}, "imagePullSecrets": [{"name": "pull"}],
            "podLabels": {"team": "trips"}, "podAnnotations": {"note": "x"}},
    "suspend": true
  })");
}

inline nlohmann::json object_with(nlohmann::json spec) {
  return {
      {"apiVersion", "sluice.dev/v1alpha1"},
      {"kind", "SchemaMigration"},
      {"metadata", {{"name", "trips"}, {"namespace", "shop"}, {"uid", "u-1"}, {"generation", 7}}},
      {"spec", std::move(spec)}};
}

inline SchemaMigration parsed(nlohmann::json spec) {
  return schema_migration_from_json(object_with(std::move(spec)));
}

// "Reason: the whole text", or empty when the spec is acted on.
inline std::string refusal_of(nlohmann::json spec) {
  const SchemaMigration migration = parsed(std::move(spec));
  return migration.refusal ? migration.refusal->reason() + ": " + migration.refusal->what() : "";
}

}  // namespace sluice::api
