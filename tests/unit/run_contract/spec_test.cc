#include "runner/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace sluice::runner {
namespace {

using nlohmann::json;

RunSpec full_spec() {
  RunSpec spec;
  spec.run = "trips-1a2b3c4d-1";
  spec.digest = std::string(64, 'd');
  spec.uid = "7b1c";
  spec.spec_digest = std::string(64, 's');
  spec.directories = {"/revisions/0", "/revisions/1"};
  spec.target = "label@head";
  spec.database.url = ValueFile{"/values/url", "Secret \"trips-db\", key \"url\""};
  spec.database.parameters = {{"sslmode", "verify-full"}};
  spec.database.parameter_files = {{"password", {"/values/password", "Secret \"p\", key \"k\""}}};
  spec.database.path_parameters = {{"sslrootcert", {"/values/ca", "ConfigMap \"c\", key \"ca\""}}};
  spec.backup = {BackupWhen::Pending, "/backups", "PersistentVolumeClaim \"trips-backups\"", 4};
  spec.schema = SchemaSpec{true, true};
  spec.drift_check = true;
  spec.scratch_url = ValueFile{"/values/scratch", "Secret \"s\", key \"url\""};
  spec.verify = {{"trips"}, {"app.trips.fare"}, {{"whole", "SELECT 1", "1"}}, true};
  spec.lock_timeout = std::chrono::milliseconds(1500);
  spec.statement_timeout = std::chrono::milliseconds(60000);
  return spec;
}

json document() { return json::parse(to_json(full_spec())); }

TEST(RunSpec, ComesBackFromJsonAsItWas) {
  const RunSpec back = run_spec_from_json(to_json(full_spec()));
  EXPECT_TRUE(back.schema->full && back.schema->allow_data_loss && back.drift_check);
  EXPECT_EQ(back.scratch_url->path, "/values/scratch");
  EXPECT_EQ(back.verify.columns, full_spec().verify.columns);
  EXPECT_EQ(back.verify.checks.at(0).expect, "1");
  EXPECT_TRUE(back.verify.no_drift);
  EXPECT_EQ(to_json(run_spec_from_json(to_json(full_spec()))), to_json(full_spec()));
}

TEST(RunSpec, HasDefaultsForWhatMayBeAbsent) {
  json text = document();
  for (const char* name : {"target", "backup", "lockTimeoutMs", "statementTimeoutMs", "schema",
                           "driftCheck", "scratchUrl", "verify"})
    text.erase(name);
  const RunSpec spec = run_spec_from_json(text.dump());
  EXPECT_EQ(spec.target, "head");
  EXPECT_EQ(spec.backup.when, BackupWhen::Never);
  EXPECT_FALSE(spec.schema);
  EXPECT_FALSE(spec.drift_check);
  EXPECT_FALSE(spec.verify.no_drift);
  EXPECT_EQ(spec.lock_timeout, std::chrono::milliseconds(2000));
  EXPECT_EQ(spec.statement_timeout, std::chrono::milliseconds(0));
}

TEST(RunSpec, MessageNamesTheFieldThatIsWrong) {
  struct Case {
    const char* pointer;
    json value;
    const char* message;
  };
  const Case table[] = {
      {"/run", 1, "run in the run's spec must be a string"},
      {"/run", "", "run in the run's spec must not be empty"},
      {"/run", "../x", "run in the run's spec must be at most 200 letters"},
      {"/run", std::string(201, 'x'), "run in the run's spec must be at most 200 letters"},
      {"/digest", "", "digest in the run's spec must not be empty"},
      {"/uid", nullptr, "uid in the run's spec must be a string"},
      {"/directories", json::array(), "directories in the run's spec must name a directory"},
      {"/directories/1", 7, "directories[1] in the run's spec must be a string"},
      {"/target", "", "target in the run's spec must not be empty"},
      {"/database", json::object(), "database in the run's spec needs url"},
      {"/database/url/path", 1, "database.url.path in the run's spec must be a string"},
      {"/database/url/secret", 1, "database.url.secret in the run's spec is not a field"},
      {"/database/parameters/sslmode", 1, "database.parameters.sslmode in"},
      {"/database/parameterFiles/password", "x",
       "database.parameterFiles.password in the run's spec must be an object"},
      {"/database/pathParameters/sslrootcert/path", "",
       "database.pathParameters.sslrootcert.path in"},
      {"/backup/when", "Sometimes",
       "backup.when in the run's spec must be Pending, Always or Never"},
      {"/backup/directory", "", "backup.directory in"},
      {"/backup/parallelism", 0,
       "backup.parallelism in the run's spec must be a whole number from 1 to 64"},
      {"/lockTimeoutMs", 1.5, "lockTimeoutMs in the run's spec must be a whole number"},
      {"/lockTimeoutMs", -1, "lockTimeoutMs in"},
      {"/statementTimeoutMs", 18446744073709551615ULL, "statementTimeoutMs in"},
      {"/password", "x", "password in the run's spec is not a field that this version knows"},
  };
  for (const Case& it : table) {
    json text = document();
    text[json::json_pointer(it.pointer)] = it.value;
    try {
      run_spec_from_json(text.dump());
      ADD_FAILURE() << it.pointer;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::Invalid);
      EXPECT_EQ(error.reason(), "RunSpecInvalid");
      EXPECT_THAT(error.message(), testing::StartsWith(it.message)) << it.pointer;
    }
  }
}

TEST(RunSpec, NamesEachRequiredFieldThatIsMissing) {
  for (const char* name : {"run", "digest", "uid", "specDigest", "directories", "database"}) {
    json text = document();
    text.erase(name);
    try {
      run_spec_from_json(text.dump());
      ADD_FAILURE() << name;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.message(), std::string(name) + " in the run's spec is missing");
    }
  }
}

TEST(RunSpec, RefusesWhatIsNoObject) {
  for (const char* text : {"", "{", "[]", "null", "\xff"})
    EXPECT_THROW(run_spec_from_json(text), base::Error) << text;
}

}  // namespace
}  // namespace sluice::runner
