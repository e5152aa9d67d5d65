// Walks the CRD and asserts of every value that a spec may hold there that the operator either acts
// on it or says that it does not.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>
#include <set>

#include "tests/unit/api/documents.h"

namespace sluice::api {
namespace {

using nlohmann::json;

// Tests run in the checkout's root.
YAML::Node crd() { return YAML::LoadFile("crds/sluice.dev_schemamigrations.yaml"); }

YAML::Node spec_schema() {
  return crd()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
}

// The leaves that are acted on; of an enum, `path=value`. `[]` is an item of a list, `{}` a value
// of a map.
const std::set<std::string> kActedOn = {
    "database.urlFrom.name",
    "database.urlFrom.key",
    "database.host",
    "database.port",
    "database.name",
    "database.user",
    "database.userFrom.name",
    "database.userFrom.key",
    "database.passwordFrom.name",
    "database.passwordFrom.key",
    "database.sslMode=disable",
    "database.sslMode=allow",
    "database.sslMode=prefer",
    "database.sslMode=require",
    "database.sslMode=verify-ca",
    "database.sslMode=verify-full",
    "database.caFrom.name",
    "database.caFrom.key",
    "revisions.from.configMaps[].name",
    "revisions.target",
    "gate.mode=Pause",
    "gate.workloads[].kind=Deployment",
    "gate.workloads[].name",
    "backup.when=Pending",
    "backup.when=Always",
    "backup.when=Never",
    "backup.volume.persistentVolumeClaim.claimName",
    "backup.parallelism",
    "backup.verify=Checksum",
    "backup.onFailure=Block",
    "safety.lockTimeout",
    "safety.statementTimeout",
    "safety.destructive=Forbid",
    "safety.destructive=Allow",
    "onFailure=Hold",
    "onFailure=Continue",
    "schema.from.configMaps[].name",
    "schema.policy=Additive",
    "schema.policy=Full",
    "scratch.urlFrom.name",
    "scratch.urlFrom.key",
    "verify.checks[].name",
    "verify.checks[].sql",
    "verify.checks[].expect",
    "verify.requires.tables[]",
    "verify.requires.columns[]",
    "verify.noDrift",
    "driftCheck.every",
    "run.strategy=Job",
    "run.deadline",
    "run.retries",
    "run.resources",
    "run.serviceAccountName",
    "run.nodeSelector{}",
    "run.tolerations[]",
    "run.affinity",
    "run.imagePullSecrets[].name",
    "run.podLabels{}",
    "run.podAnnotations{}",
    "suspend",
};

// One value of the schema: where it stands and the smallest block that holds it, from the spec's
// top.
struct Leaf {
  std::string path;
  json block;
};

json sample(const YAML::Node& schema) {
  if (!schema["type"]) return "x";
  if (schema["default"] && schema["type"].as<std::string>() == "string")
    return schema["default"].as<std::string>();
  const auto type = schema["type"].as<std::string>();
  if (type == "boolean") return true;
  if (type == "integer") return 1;
  if (type == "object") return json::object();
  const YAML::Node pattern = schema["pattern"];
  return pattern && pattern.as<std::string>().find("ms|s") != std::string::npos ? "3m" : "x";
}

std::vector<Leaf> leaves(const YAML::Node& schema, const std::string& path) {
  std::vector<Leaf> all;
  const auto add = [&](std::vector<Leaf> inner, const std::function<json(json)>& wrap) {
    for (Leaf& leaf : inner) all.push_back({leaf.path, wrap(std::move(leaf.block))});
  };
  if (schema["properties"]) {
    for (const auto& property : schema["properties"]) {
      const auto name = property.first.as<std::string>();
      add(leaves(property.second, path.empty() ? name : path + "." + name), [&](json inner) {
        return json{{name, std::move(inner)}};
      });
    }
  } else if (schema["items"]) {
    add(leaves(schema["items"], path + "[]"),
        [](json inner) { return json::array({std::move(inner)}); });
  } else if (schema["additionalProperties"]) {
    add(leaves(schema["additionalProperties"], path + "{}"), [](json inner) {
      return json{{"x", std::move(inner)}};
    });
  } else if (schema["enum"]) {
    for (const auto& value : schema["enum"])
      all.push_back({path + "=" + value.as<std::string>(), value.as<std::string>()});
  } else {
    all.push_back({path, sample(schema)});
  }
  return all;
}

// A valid spec that holds the leaf: what its block needs beside it is filled in.
json spec_with(const Leaf& leaf) {
  json spec = small_spec();
  const json& block = leaf.block;
  if (block.contains("database") && !block["database"].contains("urlFrom") &&
      !block["database"].contains("sslMode") && !block["database"].contains("caFrom")) {
    spec["database"] = {{"host", "h"}, {"name", "n"}};
    if (!block["database"].contains("userFrom")) spec["database"]["user"] = "u";
  }
  if (block.contains("database"))
    for (const auto& [name, value] : block["database"].items())
      if (name.ends_with("From")) spec["database"][name] = {{"name", "x"}, {"key", "x"}};
  if (block.contains("backup"))
    spec["backup"]["volume"]["persistentVolumeClaim"]["claimName"] = "b";
  // What only goes with a wanted schema.
  if (block.contains("schema") || leaf.path.starts_with("safety.destructive") ||
      leaf.path == "onFailure=Continue")
    spec = schema_spec();
  if (block.contains("tool")) spec.erase("revisions");
  if (block.contains("revisions") && block["revisions"].contains("from")) spec.erase("revisions");
  if (leaf.path.starts_with("schema.from")) spec["schema"].erase("from");
  spec.merge_patch(block);
  if (leaf.path == "verify.requires.columns[]") spec["verify"]["requires"]["columns"][0] = "x.y";
  if (leaf.path.starts_with("verify.checks"))
    for (const char* name : {"name", "sql"}) spec["verify"]["checks"][0][name] = "x";
  if (leaf.path.starts_with("scratch"))
    for (const char* name : {"name", "key"}) spec["scratch"]["urlFrom"][name] = "x";
  if (leaf.path.starts_with("gate.workloads")) {
    json& workload = spec["gate"]["workloads"][0];
    if (!workload.contains("kind")) workload["kind"] = "Deployment";
    if (!workload.contains("name")) workload["name"] = "w";
  }
  return spec;
}

// The path in a refusal for Unsupported; "?" for any other answer.
std::string unsupported_path(const std::string& refusal) {
  const std::string reason = "Unsupported: ";
  if (!refusal.starts_with(reason)) return "?";
  return refusal.substr(reason.size(), refusal.find(": ", reason.size()) - reason.size());
}

TEST(Crd, HasNoFieldThatIsSilentlyIgnored) {
  std::set<std::string> seen;
  for (const Leaf& leaf : leaves(spec_schema(), "")) {
    const std::string refusal = refusal_of(spec_with(leaf));
    seen.insert(leaf.path);
    if (kActedOn.contains(leaf.path))
      EXPECT_EQ(refusal, "") << leaf.path << " " << spec_with(leaf);
    else if (leaf.path == "gate.workloads[].kind=StatefulSet")
      EXPECT_TRUE(refusal.starts_with("PauseNotPossible: spec.gate.workloads[0]")) << refusal;
    else
      EXPECT_TRUE(("spec." + leaf.path).starts_with(unsupported_path(refusal)))
          << leaf.path << ": " << refusal;
  }
  for (const std::string& path : kActedOn) EXPECT_TRUE(seen.contains(path)) << path;
}

// A default of the CRD stands in every object that has its block, so it must be acted on.
void expect_defaults_acted_on(const YAML::Node& schema, const std::string& path) {
  if (schema["default"]) {
    const auto value = schema["default"].as<std::string>();
    EXPECT_TRUE(kActedOn.contains(path) || kActedOn.contains(path + "=" + value)) << path;
  }
  for (const auto& property : schema["properties"]) {
    const auto name = property.first.as<std::string>();
    expect_defaults_acted_on(property.second, path.empty() ? name : path + "." + name);
  }
}

TEST(Crd, DefaultsNothingThatIsThenRefused) { expect_defaults_acted_on(spec_schema(), ""); }

// The CRD's default of `path`, which must be a string, number or boolean.
std::string crd_default(const std::vector<const char*>& path) {
  YAML::Node schema;
  schema.reset(spec_schema());
  for (const char* name : path) schema.reset(schema["properties"][name]);
  return schema["default"].as<std::string>();
}

TEST(Crd, HasTheDefaultsOfTheParser) {
  EXPECT_EQ(crd_default({"revisions", "target"}), Spec{}.target);
  EXPECT_EQ(crd_default({"safety", "lockTimeout"}), "2s");
  EXPECT_EQ(crd_default({"safety", "statementTimeout"}), "0s");
  EXPECT_EQ(crd_default({"run", "deadline"}), "1h");
  EXPECT_EQ(crd_default({"run", "retries"}), std::to_string(RunSettings{}.retries));
  EXPECT_EQ(crd_default({"backup", "parallelism"}), std::to_string(Backup{}.parallelism));
  EXPECT_EQ(crd_default({"backup", "when"}), "Pending");
  EXPECT_EQ(crd_default({"suspend"}), "false");
}

TEST(Crd, NamesTheKindAsTheOperatorDoes) {
  const YAML::Node definition = crd();
  EXPECT_EQ(definition["spec"]["group"].as<std::string>(), kGroup);
  EXPECT_EQ(definition["spec"]["versions"][0]["name"].as<std::string>(), kVersion);
}

// What status may hold is what to_json writes.
void expect_known(const json& value, const YAML::Node& schema, const std::string& path) {
  if (value.is_object())
    for (const auto& [name, inner] : value.items()) {
      const YAML::Node property = schema["properties"][name];
      ASSERT_TRUE(property) << path << "." << name;
      expect_known(inner, property, path + "." + name);
    }
  else if (value.is_array())
    for (const json& inner : value) expect_known(inner, schema["items"], path + "[]");
  else
    EXPECT_EQ(schema["type"].as<std::string>(), value.is_string()    ? "string"
                                                : value.is_boolean() ? "boolean"
                                                                     : "integer")
        << path;
}

TEST(Crd, HoldsEveryFieldOfTheStatus) {
  Status status;
  status.conditions = {{"Ready", ConditionStatus::True, "r", "m", 1, {}}};
  status.revision = {"a", "b", 1, {"c"}};
  status.inputs = {"d", base::Timestamp{}};
  status.plan_digest = "p";
  status.run = RunStatus{"n",
                         "d",
                         1,
                         RunState::Failed,
                         "s",
                         "r",
                         "m",
                         true,
                         1,
                         "q",
                         base::Timestamp{},
                         base::Timestamp{}};
  status.backup = BackupStatus{"a", 1, base::Timestamp{}};
  status.gates = {{{"Deployment", "n"}, GateState::Held, "r", "m", "q", base::Timestamp{}}};
  status.phase = status.last_error = "x";
  expect_known(to_json(status),
               crd()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["status"],
               "status");
}

}  // namespace
}  // namespace sluice::api
