#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/api/documents.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::StartsWith;

json with(json spec, const char* pointer, json value) {
  spec[json::json_pointer(pointer)] = std::move(value);
  return spec;
}

json without(json spec, const char* parent, const char* key) {
  spec[json::json_pointer(parent)].erase(key);
  return spec;
}

TEST(Spec, HasTheDefaultsOfTheCrd) {
  const SchemaMigration migration = parsed(small_spec());
  ASSERT_FALSE(migration.refusal) << migration.refusal->what();
  const Spec& spec = migration.spec;
  EXPECT_EQ(spec.database.url_from->name, "trips-db");
  EXPECT_EQ(spec.database.url_from->key, "url");
  EXPECT_THAT(spec.config_maps, ElementsAre("trips-revisions"));
  EXPECT_EQ(spec.target, "head");
  EXPECT_TRUE(spec.workloads.empty());
  EXPECT_EQ(spec.backup.when, BackupWhen::Never);
  EXPECT_EQ(spec.lock_timeout, seconds(2));
  EXPECT_EQ(spec.statement_timeout, seconds(0));
  EXPECT_EQ(spec.run.deadline, seconds(3600));
  EXPECT_EQ(spec.run.retries, 3U);
  EXPECT_TRUE(spec.run.resources.is_null());
  EXPECT_FALSE(spec.suspend);
}

TEST(Spec, TakesABackupOnceTheBlockIsThere) {
  const json spec = with(small_spec(), "/backup",
                         {{"volume", {{"persistentVolumeClaim", {{"claimName", "b"}}}}}});
  const SchemaMigration migration = parsed(spec);
  ASSERT_FALSE(migration.refusal) << migration.refusal->what();
  EXPECT_EQ(migration.spec.backup.when, BackupWhen::Pending);
  EXPECT_EQ(migration.spec.backup.claim_name, "b");
  EXPECT_EQ(migration.spec.backup.parallelism, 1U);
}

TEST(Spec, IsReadWhole) {
  const SchemaMigration migration = parsed(whole_spec());
  ASSERT_FALSE(migration.refusal) << migration.refusal->what();
  const Spec& spec = migration.spec;
  EXPECT_EQ(spec.database.host, "db.example");
  EXPECT_EQ(spec.database.port, 5433);
  EXPECT_EQ(spec.database.name, "trips");
  EXPECT_EQ(spec.database.user_from->key, "user");
  EXPECT_EQ(spec.database.password_from->key, "password");
  EXPECT_EQ(spec.database.ssl_mode, "verify-full");
  EXPECT_EQ(spec.database.ca_from->name, "trips-ca");
  EXPECT_THAT(spec.config_maps, ElementsAre("one", "two"));
  EXPECT_EQ(spec.target, "3f2a");
  EXPECT_THAT(spec.workloads, ElementsAre(WorkloadRef{"Deployment", "trips-api"}));
  EXPECT_EQ(spec.backup.when, BackupWhen::Always);
  EXPECT_EQ(spec.backup.claim_name, "trips-backups");
  EXPECT_EQ(spec.backup.parallelism, 4U);
  EXPECT_EQ(spec.lock_timeout, milliseconds(500));
  EXPECT_EQ(spec.statement_timeout, seconds(90));
  EXPECT_EQ(spec.run.deadline, seconds(7200));
  EXPECT_EQ(spec.run.retries, 0U);
  EXPECT_EQ(spec.run.service_account_name, "runner");
  EXPECT_EQ(spec.run.resources["limits"]["memory"], "64Mi");
  EXPECT_EQ(spec.run.node_selector["disk"], "fast");
  EXPECT_EQ(spec.run.tolerations[0]["key"], "a");
  EXPECT_TRUE(spec.run.affinity.contains("nodeAffinity"));
  EXPECT_EQ(spec.run.image_pull_secrets[0]["name"], "pull");
  EXPECT_EQ(spec.run.pod_labels.at("team"), "trips");
  EXPECT_EQ(spec.run.pod_annotations.at("note"), "x");
  EXPECT_TRUE(spec.suspend);
}

TEST(Spec, IsRefusedWithThePathOfTheField) {
  const json small = small_spec(), whole = whole_spec();
  const struct {
    json spec;
    const char* expected;
  } kCases[] = {
      {json(), "Invalid: spec: must be an object"},
      {json::array(), "Invalid: spec: must be an object"},
      {without(small, "", "database"), "Invalid: spec.database: must be given"},
      {with(small, "/database/host", "db"), "Invalid: spec.database: urlFrom and host exclude"},
      {with(small, "/database", json::object()), "Invalid: spec.database: urlFrom or host must"},
      {with(small, "/database/port", 1), "Invalid: spec.database.port: excludes urlFrom"},
      {with(small, "/database/urlFrom/key", ""), "Invalid: spec.database.urlFrom.key: must be"},
      {with(small, "/database/urlFrom/key", 5),
       "Invalid: spec.database.urlFrom.key: must be a str"},
      {with(small, "/database/urlFrom/optional", true),
       "Unsupported: spec.database.urlFrom.optional: not acted on by this version; leave it out"},
      {with(whole, "/database/user", "u"), "Invalid: spec.database: user and userFrom exclude"},
      {without(whole, "/database", "userFrom"), "Invalid: spec.database: user or userFrom must"},
      {without(whole, "/database", "name"), "Invalid: spec.database.name: must be given"},
      {with(whole, "/database/port", 0), "Invalid: spec.database.port: must be a whole number"},
      {with(whole, "/database/port", 5432.5), "Invalid: spec.database.port: must be a whole"},
      {with(whole, "/database/port", 18446744073709551615U), "Invalid: spec.database.port: must"},
      {with(whole, "/database/name", std::string("a\0b", 3)),
       "Invalid: spec.database.name: must not hold a NUL"},
      {without(small, "", "revisions"), "Invalid: spec: revisions or schema must be given"},
      {with(small, "/tool", json::object()), "Invalid: spec: revisions, schema and tool exclude"},
      {with(without(small, "", "revisions"), "/tool", json::object()),
       "Unsupported: spec.tool: not acted on by this version; use spec.revisions or spec.schema"},
      {with(without(small, "", "revisions"), "/schema", json::object()),
       "Invalid: spec.schema.from: must be given"},
      {with(schema_spec(), "/schema/policy", "additive"),
       "Invalid: spec.schema.policy: additive is"},
      {with(schema_spec(), "/schema/target", "head"), "Unsupported: spec.schema.target: not acted"},
      {with(schema_spec(), "/schema/from/configMaps/1", {{"name", "trips-schema"}}),
       "Invalid: spec.schema.from.configMaps[1].name: trips-schema is named twice"},
      {with(small, "/safety", {{"destructive", "Allow"}}),
       "Unsupported: spec.safety.destructive: not acted on"},
      {with(schema_spec(), "/safety", {{"destructive", "Approve"}}),
       "Unsupported: spec.safety.destructive: Approve is not acted on"},
      {with(small, "/onFailure", "Continue"),
       "Invalid: spec.onFailure: Continue goes with spec.schema of the policy Additive only"},
      {with(with(schema_spec(), "/schema/policy", "Full"), "/onFailure", "Continue"),
       "Invalid: spec.onFailure: Continue goes with"},
      {with(small, "/driftCheck", json::object()), "Invalid: spec.driftCheck.every: must be given"},
      {with(small, "/driftCheck", {{"every", "5s"}}),
       "Invalid: spec.driftCheck.every: 5s is out of"},
      {with(small, "/verify", {{"requires", {{"tables", {"a.b.c"}}}}}),
       "Invalid: spec.verify.requires.tables[0]: \"a.b.c\" must be written as table or"},
      {with(small, "/verify", {{"requires", {{"columns", {"orders"}}}}}),
       "Invalid: spec.verify.requires.columns[0]: \"orders\" must be written as table.column"},
      {with(small, "/verify", {{"checks", {{{"name", "a"}}}}}),
       "Invalid: spec.verify.checks[0].sql: must be given"},
      {with(small, "/verify",
            {{"checks", {{{"name", "a"}, {"sql", "x"}}, {{"name", "a"}, {"sql", "y"}}}}}),
       "Invalid: spec.verify.checks[1].name: a is named twice"},
      {with(small, "/verify", {{"later", 1}}), "Unsupported: spec.verify.later: not acted on"},
      {with(small, "/scratch", json::object()), "Invalid: spec.scratch.urlFrom: must be given"},
      {with(small, "/revisions/from", {{"image", {{"reference", "r"}}}}),
       "Unsupported: spec.revisions.from.image: not acted on by this version; use configMaps"},
      {with(small, "/revisions/from/volume", json::object()),
       "Unsupported: spec.revisions.from.volume: not acted on by this version; use configMaps "
       "alone"},
      {with(small, "/revisions/from", json::object()),
       "Invalid: spec.revisions.from.configMaps: must be given"},
      {with(small, "/revisions/from/configMaps", json::array()),
       "Invalid: spec.revisions.from.configMaps: must not be empty"},
      {with(small, "/revisions/from/configMaps/1", {{"name", "trips-revisions"}}),
       "Invalid: spec.revisions.from.configMaps[1].name: trips-revisions is named twice"},
      {with(small, "/revisions/from/configMaps/0", "x"),
       "Invalid: spec.revisions.from.configMaps[0]: must be an object"},
      {with(small, "/revisions/target", ""), "Invalid: spec.revisions.target: must be given"},
      {with(small, "/gate", {{"mode", "SchedulingGate"}}),
       "Unsupported: spec.gate.mode: SchedulingGate is not acted on by this version; use Pause"},
      {with(small, "/gate", {{"mode", "pause"}}), "Invalid: spec.gate.mode: pause is not one of"},
      {with(whole, "/gate/workloads/0/kind", "StatefulSet"),
       "PauseNotPossible: spec.gate.workloads[0]: StatefulSet trips-api cannot be paused; mode "
       "Pause "
       "holds Deployments only"},
      {with(whole, "/gate/workloads/1", whole["gate"]["workloads"][0]),
       "Invalid: spec.gate.workloads[1]: trips-api is named twice"},
      {with(small, "/backup", json::object()), "Invalid: spec.backup.volume: must say where"},
      {with(whole, "/backup/volume", json::object()),
       "Invalid: spec.backup.volume.persistentVolumeClaim: must be given"},
      {with(whole, "/backup/when", "Destructive"), "Unsupported: spec.backup.when: Destructive is"},
      {with(whole, "/backup/verify", "Restore"), "Unsupported: spec.backup.verify: Restore is not"},
      {with(whole, "/backup/onFailure", "Continue"),
       "Unsupported: spec.backup.onFailure: Continue"},
      {with(whole, "/backup/keep", {{"last", 5}}), "Unsupported: spec.backup.keep: not acted on"},
      {with(whole, "/backup/parallelism", 17), "Invalid: spec.backup.parallelism: must be a whole"},
      {with(whole, "/safety/lockTimeout", "2"), "Invalid: spec.safety.lockTimeout: 2 is not a dur"},
      {with(whole, "/safety/lockTimeout", "0s"), "Invalid: spec.safety.lockTimeout: 0s is out of"},
      {with(whole, "/safety/statementTimeout", "600h"),
       "Invalid: spec.safety.statementTimeout: 600h is out of bounds"},
      {with(whole, "/safety/approval", "Never"), "Unsupported: spec.safety.approval: not acted on"},
      {with(small, "/onFailure", "Restore"),
       "Unsupported: spec.onFailure: Restore is not acted on"},
      {with(whole, "/run/strategy", "InitContainer"), "Unsupported: spec.run.strategy: InitContai"},
      {with(whole, "/run/deadline", "0s"), "Invalid: spec.run.deadline: 0s is out of bounds"},
      {with(whole, "/run/retries", -1), "Invalid: spec.run.retries: must be a whole number from 0"},
      {with(whole, "/run/resources", "big"), "Invalid: spec.run.resources: must be an object"},
      {with(whole, "/run/podLabels/a", 1), "Invalid: spec.run.podLabels.a: must be a string"},
      {with(whole, "/run/podLabels", {{"sluice.dev/run-of", "x"}}),
       "Invalid: spec.run.podLabels: sluice.dev/run-of is Sluice's own"},
      {with(small, "/suspend", "yes"), "Invalid: spec.suspend: must be true or false"},
      {with(small, "/later", 1), "Unsupported: spec.later: not acted on by this version"},
  };
  for (const auto& test : kCases)
    EXPECT_THAT(refusal_of(test.spec), StartsWith(test.expected)) << test.spec;
}

TEST(Spec, TakesNullForAbsent) {
  EXPECT_EQ(refusal_of(with(with(small_spec(), "/tool", nullptr), "/run", nullptr)), "");
}

TEST(Spec, RefusesToBeNestedTooDeeplyAndSurvivesIt) {
  json deep = json::object();
  for (int i = 0; i < 10'000; ++i) deep = json{{"a", std::move(deep)}};
  EXPECT_EQ(refusal_of(with(small_spec(), "/run", {{"affinity", std::move(deep)}})),
            "Invalid: spec: is nested too deeply");
}

TEST(Spec, ReadsAWantedSchemaAndHowItIsProved) {
  json given = schema_spec();
  given["schema"]["policy"] = "Full";
  given["safety"] = {{"destructive", "Allow"}};
  given["scratch"] = {{"urlFrom", {{"name", "scratch"}, {"key", "url"}}}};
  given["driftCheck"] = {{"every", "90m"}};
  given["verify"] = {{"noDrift", true},
                     {"requires", {{"tables", {"trips"}}, {"columns", {"app.trips.fare"}}}},
                     {"checks",
                      {{{"name", "whole"}, {"sql", "SELECT true"}},
                       {{"name", "few"}, {"sql", "SELECT 3"}, {"expect", 3}},
                       {{"name", "off"}, {"sql", "SELECT false"}, {"expect", false}},
                       {{"name", "word"}, {"sql", "SELECT 'x'"}, {"expect", "x"}}}}};
  ASSERT_EQ(refusal_of(given), "");
  const Spec spec = parsed(given).spec;
  EXPECT_EQ(spec.schema, SchemaPolicy::Full);
  EXPECT_TRUE(spec.allow_data_loss);
  EXPECT_EQ(spec.config_maps, std::vector<std::string>{"trips-schema"});
  EXPECT_EQ(spec.scratch_url_from->name, "scratch");
  EXPECT_EQ(spec.drift_every, std::chrono::minutes(90));
  EXPECT_TRUE(spec.verify.no_drift);
  EXPECT_EQ(spec.verify.columns, std::vector<std::string>{"app.trips.fare"});
  std::vector<std::string> expected;
  for (const Check& check : spec.verify.checks) expected.push_back(check.expect);
  EXPECT_EQ(expected, (std::vector<std::string>{"true", "3", "false", "x"}));
}

TEST(Spec, AWantedSchemaIsAdditiveAndForbidsDataLossUnlessToldOtherwise) {
  json given = schema_spec();
  given["onFailure"] = "Continue";
  const Spec spec = parsed(given).spec;
  EXPECT_EQ(spec.schema, SchemaPolicy::Additive);
  EXPECT_FALSE(spec.allow_data_loss);
  EXPECT_EQ(spec.on_failure, OnFailure::Continue);
  EXPECT_FALSE(spec.drift_every);
}

TEST(SpecDigest, ChangesWithAllButGateSuspendAndDriftCheck) {
  const auto digest = [](const json& spec) { return parsed(spec).spec.digest; };
  const std::string whole = digest(whole_spec());
  EXPECT_EQ(whole.size(), 64U);
  EXPECT_EQ(digest(without(whole_spec(), "", "gate")), whole);
  EXPECT_EQ(digest(with(whole_spec(), "/suspend", false)), whole);
  EXPECT_NE(digest(with(whole_spec(), "/revisions/target", "head")), whole);
  EXPECT_NE(digest(with(whole_spec(), "/database/port", 5432)), whole);
  EXPECT_NE(digest(with(whole_spec(), "/run/podLabels/team", "x")), whole);
}

TEST(SpecDigest, IsTheSha256OfTheCanonicalJson) {
  // printf '%s' '<the JSON without white space, keys sorted>' | sha256sum
  EXPECT_EQ(parsed(small_spec()).spec.digest,
            "091d11615c1a3d642c281712e964a13872c57d87b9e191277186806bf858f3c3");
}

}  // namespace
}  // namespace sluice::api
