// `sluice run -f`: a SchemaMigration of a file on a real server, without a cluster.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "archive/verify.h"
#include "tests/database/engine_bench.h"

namespace sluice::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class LocalRun : public EngineBench {
 protected:
  void SetUp() override {
    EngineBench::SetUp();
    fs::create_directory(volume());
  }
  fs::path volume() const { return root_ / "volume"; }

  base::CommandResult run(std::vector<std::string> words) const { return run(words, url_); }
  static base::CommandResult run(std::vector<std::string> words, const std::string& url) {
    words.insert(words.begin(), {SLUICE_PROGRAM, "run"});
    return base::run({words, {{"DATABASE_URL", url}}});
  }
  json run_json(std::vector<std::string> words) {
    words.insert(words.end(), {"--output", "json"});
    const base::CommandResult result = run(words);
    status_ = result.status;
    return json::parse(result.output);
  }
  // What the file says on standard error; nothing is applied.
  std::string refused(const std::string& yaml, int status,
                      const std::vector<std::string>& more = {"--no-backup"}) const {
    std::vector<std::string> words{"-f", write(yaml)};
    words.insert(words.end(), more.begin(), more.end());
    const base::CommandResult result = run(words);
    EXPECT_EQ(result.status, status) << result.output << result.errors;
    EXPECT_EQ(value("SELECT to_regnamespace('sluice')"), "NULL");
    return result.errors;
  }
  std::string write(const std::string& yaml) const {
    std::ofstream(root_ / "smig.yaml") << yaml;
    return (root_ / "smig.yaml").string();
  }
  std::vector<fs::path> archives() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(volume())) found.push_back(entry.path());
    return found;
  }

  int status_ = -1;
};

constexpr const char* kHead =
    "apiVersion: sluice.dev/v1alpha1\n"
    "kind: SchemaMigration\n"
    "metadata: {name: trips}\n"
    "spec:\n"
    "  database: {urlFrom: {name: trips-db, key: url}}\n";
constexpr const char* kRevisions = "  revisions: {from: {configMaps: [{name: trips-sql}]}}\n";
constexpr const char* kConfigMap =
    "---\n"
    "apiVersion: v1\n"
    "kind: ConfigMap\n"
    "metadata: {name: trips-sql}\n"
    "data:\n"
    "  a.sql: |\n"
    "    -- revision: aaaa\n"
    "    -- migrate:up\n"
    "    CREATE TABLE a ();\n";

TEST_F(LocalRun, ExecutesTheQuickstartReleaseByRelease) {
  const json first = run_json({"-f", "examples/quickstart/release-1.yaml", "--volume", volume()});
  EXPECT_EQ(status_, 0);
  EXPECT_EQ(first.at("report").at("heads"), json({"8c1f0a6e2b41"}));
  EXPECT_EQ(first.at("gates"), json::array({{{"kind", "Deployment"},
                                             {"name", "trips-api"},
                                             {"requires", "8c1f0a6e2b41"},
                                             {"released", true},
                                             {"message", "8c1f0a6e2b41 is applied"}}}));
  const base::CommandResult second =
      run({"-f", "examples/quickstart/release-2.yaml", "--volume", volume()});
  EXPECT_EQ(second.status, 0) << second.errors;
  EXPECT_THAT(second.output,
              AllOf(HasSubstr("applied 1 revision; the database is at 2d7b94c05e13\n"),
                    HasSubstr("gate: Deployment trips-api would be released")));
  EXPECT_THAT(second.errors, AllOf(HasSubstr("plan: 1 to apply\n"), HasSubstr("backup: "),
                                   HasSubstr("apply: 2d7b94c05e13 (1 of 1)\n")));
  EXPECT_EQ(value("SELECT count(*) FROM trips WHERE carrier <> 'unknown'"), "400");
  ASSERT_EQ(archives().size(), 2U);
  for (const fs::path& archive : archives()) EXPECT_TRUE(archive::verify(archive).whole());
}

TEST_F(LocalRun, HoldsTheGateOfAReleaseThatFails) {
  run({"-f", "examples/quickstart/release-2.yaml", "--no-backup"});
  const json report = run_json({"-f", "examples/quickstart/release-3-broken.yaml", "--no-backup"});
  EXPECT_EQ(status_, 1);
  EXPECT_EQ(report.at("report").at("reason"), "StatementFailed");
  EXPECT_EQ(report.at("report").at("heads"), json({"f46e3a19d870"}));
  EXPECT_EQ(report.at("gates")[0].at("released"), false);
  const base::CommandResult fixed =
      run({"-f", "examples/quickstart/release-3-fixed.yaml", "--no-backup"});
  EXPECT_EQ(fixed.status, 0) << fixed.errors;
  EXPECT_THAT(fixed.output, HasSubstr("would be released"));
}

TEST_F(LocalRun, TakesRevisionsFromADirectoryInPlaceOfConfigMaps) {
  revision(1, "CREATE TABLE here ();");
  const base::CommandResult result = run(
      {"-f", write(std::string(kHead) + kRevisions), "--source", (root_ / "revisions").string()});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(value("SELECT to_regclass('here')"), "here");
}

TEST_F(LocalRun, GivesTheRunTheSettingsOfTheSpec) {
  revision(1, "SELECT pg_sleep(30);");
  const std::string file =
      write(std::string(kHead) + kRevisions + "  safety: {statementTimeout: 200ms}\n");
  const base::CommandResult result = run({"-f", file, "--source", (root_ / "revisions").string()});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, HasSubstr("StatementTimeout"));
}

TEST_F(LocalRun, ChoosesAmongSeveralByName) {
  const std::string two = std::string(kHead) + kRevisions + kConfigMap + "---\n" +
                          "apiVersion: sluice.dev/v1alpha1\nkind: SchemaMigration\n"
                          "metadata: {name: other}\nspec: {}\n";
  EXPECT_THAT(refused(two, 1), AllOf(HasSubstr("smig.yaml:19: a second SchemaMigration, other"),
                                     HasSubstr("--name")));
  EXPECT_THAT(refused(two, 1, {"--name", "third"}),
              AllOf(HasSubstr("SchemaMigrationMissing"), HasSubstr("it has trips, other")));
  EXPECT_EQ(run({"-f", write(two), "--name", "trips"}).status, 0);
}

TEST_F(LocalRun, RefusesWhatTheOperatorWouldWithLineAndField) {
  struct Case {
    std::string spec;
    std::string error;
  };
  const std::string revisions = kRevisions;
  const std::vector<Case> cases{
      {revisions + "  gate:\n    workloads:\n      - kind: Deployment\n        name: x\n"
                   "      - kind: StatefulSet\n        name: y\n",
       "smig.yaml:11: spec.gate.workloads[1]: StatefulSet"},
      {revisions + "  safety:\n    lockTimeout: soon\n", "smig.yaml:8: spec.safety.lockTimeout"},
      {revisions + "  surprise: 1\n", "smig.yaml:7: spec.surprise"},
      {"  schema: {}\n", "smig.yaml:6: spec.schema"},
      {"", "smig.yaml:4: spec: revisions or schema must be given"},
      {revisions + "  suspend: true\n", "smig.yaml:7: spec.suspend: is true"},
  };
  for (const Case& one : cases)
    EXPECT_THAT(refused(kHead + one.spec + kConfigMap,
                        one.error.find("suspend") == std::string::npos ? 1 : 3),
                HasSubstr(one.error));
}

TEST_F(LocalRun, RefusesBadYamlWithItsLine) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"kind: SchemaMigration\nspec: [1, 2\n", "smig.yaml:3"},
      {"kind: SchemaMigration\nkind: SchemaMigration\n", "smig.yaml:2: `kind` is there twice"},
      {"just a text\n", "smig.yaml:1: this is no Kubernetes object"},
      {"kind: A\na: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\n"
       "c: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\n"
       "e: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e]\n"
       "g: [*f, *f, *f, *f, *f, *f, *f, *f]\n",
       "too many values"},
      {"kind: A\nb: " + std::string(5000, '[') + "\n", "ManifestInvalid"},
      {"kind: A\nb: &b [*b]\n", "ManifestInvalid"},
      {"kind: ConfigMap\n", "SchemaMigrationMissing"},
      {"", "SchemaMigrationMissing"},
  };
  for (const auto& [yaml, error] : cases) EXPECT_THAT(refused(yaml, 1), HasSubstr(error)) << yaml;
}

TEST_F(LocalRun, LetsNoConfigMapWriteOutsideOfItsDirectory) {
  std::string map = kConfigMap;
  map.replace(map.find("a.sql"), 5, "\"../../evil.sql\"");
  EXPECT_THAT(refused(std::string(kHead) + kRevisions + map, 1),
              HasSubstr("data \"../../evil.sql\" is no name of a file"));
}

TEST_F(LocalRun, NamesTheConfigMapThatIsMissing) {
  EXPECT_THAT(refused(std::string(kHead) + kRevisions, 1),
              AllOf(HasSubstr("smig.yaml:6: spec.revisions.from.configMaps[0].name: ConfigMap "
                              "trips-sql is not in this file"),
                    HasSubstr("--source")));
}

TEST_F(LocalRun, WantsAVolumeOrToBeToldThatNoneIsNeeded) {
  const std::string yaml = std::string(kHead) + kRevisions +
                           "  backup: {volume: {persistentVolumeClaim: {claimName: b}}}\n" +
                           kConfigMap;
  EXPECT_THAT(refused(yaml, 3, {}),
              AllOf(HasSubstr("BackupVolumeNotNamed"), HasSubstr("smig.yaml:7: spec.backup"),
                    HasSubstr("--no-backup")));
}

TEST_F(LocalRun, SaysThatNothingNamesTheDatabase) {
  const base::CommandResult result =
      run({"-f", write(std::string(kHead) + kRevisions + kConfigMap)}, "");
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.errors,
              AllOf(HasSubstr("Secret trips-db is in the cluster"), HasSubstr("--database-url")));
}

TEST_F(LocalRun, EndsWithFiveWhenTheDatabaseIsNotThereAndHidesItsPassword) {
  const base::CommandResult result =
      run({"-f", write(std::string(kHead) + kRevisions + kConfigMap)},
          "postgresql://x:hunter2@127.0.0.1:1/x");
  EXPECT_EQ(result.status, 5);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("DatabaseUnreachable"), Not(HasSubstr("hunter2"))));
}

TEST_F(LocalRun, LeavesNoFileBehind) {
  const fs::path scratch = root_ / "tmp";
  fs::create_directory(scratch);
  const base::CommandResult result =
      base::run({{SLUICE_PROGRAM, "run", "-f", write(std::string(kHead) + kRevisions + kConfigMap)},
                 {{"DATABASE_URL", url_}, {"TMPDIR", scratch.string()}}});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_TRUE(fs::is_empty(scratch));
}

TEST_F(LocalRun, WantsAFileOrASpec) {
  EXPECT_EQ(run({}).status, 2);
  EXPECT_EQ(run({"-f", "a.yaml", "--spec", "b.json"}).status, 2);
  EXPECT_EQ(run({"--spec", "b.json", "--volume", "x"}).status, 2);
}

}  // namespace
}  // namespace sluice::engine
