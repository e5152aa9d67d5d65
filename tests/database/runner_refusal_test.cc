// Runs that must fail, each with its reason and without a trace in the database.
#include <gmock/gmock.h>
#include <sys/mount.h>

#include <fstream>

#include "runner/stages.h"
#include "tests/database/runner_bench.h"

namespace sluice::runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Refusal : public RunnerBench {
 protected:
  Ended expect(const std::string& reason, const std::string& stage, bool retry, int status) {
    const Ended ended = run();
    EXPECT_EQ(ended.report.reason, reason) << ended.output;
    EXPECT_EQ(ended.report.stage, stage);
    EXPECT_EQ(ended.report.retry, retry);
    EXPECT_FALSE(ended.report.succeeded);
    EXPECT_EQ(ended.status, status);
    return ended;
  }
  void url(const std::string& text) const { std::ofstream(root_ / "values/url") << text; }
};

TEST_F(Refusal, OfOtherInputsLeavesTheDatabaseUntouched) {
  revision(1, "CREATE TABLE trips (id int)");
  seal();
  revision(1, "CREATE TABLE trips (id bigint)");
  const Ended ended = start()->end();
  EXPECT_EQ(ended.report.reason, "InputsChanged");
  EXPECT_EQ(ended.report.stage, "Source");
  EXPECT_TRUE(ended.report.retry);
  EXPECT_EQ(ended.status, 5);
  EXPECT_FALSE(ended.report.heads);
  EXPECT_FALSE(has_ledger());
}

TEST_F(Refusal, OfASpecThatCannotBeReadStillNamesTheRun) {
  spec_.target = "";
  revision(1, "SELECT 1");
  const Ended ended = expect("RunSpecInvalid", "Source", false, 1);
  EXPECT_EQ(ended.report.run, spec_.run);
  EXPECT_EQ(ended.report.digest, spec_.digest);
}

TEST_F(Refusal, OfEachBadSource) {
  expect("SourceEmpty", "Source", false, 1);
  file("0001_step.sql", "-- revision: 0001\nCREATE TABLE a (i int);\n");
  expect("RevisionInvalid", "Source", false, 1);
  revision(1, "SELECT 1");
  file("copy.sql", "-- revision: 0001\n-- migrate:up\nSELECT 1;\n");
  expect("RevisionDuplicate", "Source", false, 1);
  file("copy.sql", "-- revision: copy\n-- revises: none\n-- migrate:up\nSELECT 1;\n");
  expect("RevisionMissing", "Source", false, 1);
  file("copy.sql", "-- revision: copy\n-- revises: 0002\n-- migrate:up\nSELECT 1;\n");
  file("0002_step.sql", "-- revision: 0002\n-- revises: copy\n-- migrate:up\nSELECT 1;\n");
  expect("RevisionCycle", "Source", false, 1);
  spec_.directories = {(root_ / "none").string()};
  spec_.digest = "any";
  EXPECT_EQ(start()->end().report.reason, "SourceMissing");
  EXPECT_FALSE(has_ledger());
}

TEST_F(Refusal, OfEachBadWayToTheDatabase) {
  revision(1, "SELECT 1");
  fs::remove(root_ / "values/url");
  EXPECT_THAT(expect("SecretMissing", "Connect", true, 5).report.message,
              HasSubstr("Secret \"trips-db\", key \"url\" is missing; create it"));
  url("\n");
  expect("SecretEmpty", "Connect", true, 5);
  url("postgresql://u:" + std::string(kCanary) + "@[half");
  expect("DatabaseUrlInvalid", "Connect", true, 5);
  url("postgresql://" + database_ + ":wrong" + owner_url_.substr(owner_url_.find('@')));
  expect("AuthenticationFailed", "Connect", true, 5);
  url(owner_url_ + "_none");
  expect("DatabaseMissing", "Connect", true, 5);
  url("postgresql://u:" + std::string(kCanary) + "@127.0.0.1:1/x");
  expect("DatabaseUnreachable", "Connect", true, 5);
  url(owner_url_ + "?sslmode=require");
  expect("TlsFailed", "Connect", true, 5);
  EXPECT_FALSE(has_ledger());
}

TEST_F(Refusal, OfAnUnknownTargetTellsWhereTheDatabaseStands) {
  start_with_two_revisions();
  spec_.target = "nowhere";
  const Ended ended = expect("TargetUnknown", "Plan", false, 1);
  EXPECT_THAT(*ended.report.heads, ElementsAre("0002"));
}

TEST_F(Refusal, OfAChangedRevisionTellsWhatIsPending) {
  start_with_two_revisions();
  revision(1, "CREATE TABLE other (id int)");
  revision(3, "SELECT 1");
  const Ended ended = expect("RevisionChanged", "Plan", false, 3);
  EXPECT_THAT(*ended.report.heads, ElementsAre("0002"));
  EXPECT_THAT(ended.report.target, ElementsAre("0003"));
  EXPECT_EQ(ended.report.pending, 1U);
}

TEST_F(Refusal, WhileAnotherRunHoldsTheLock) {
  start_with_two_revisions();
  revision(3, "SELECT 1");
  seal();
  postgres::ConnectOptions options;
  options.url = owner_url_;
  postgres::Session other(options);
  const postgres::AdvisoryLock lock(other, std::chrono::milliseconds(0));
  std::ostringstream out;
  Progress progress(out, spec_.run);
  const Outcome outcome = perform(spec_, progress, {}, {std::chrono::milliseconds(300)});
  EXPECT_EQ(outcome.report.reason, "LockHeld");
  EXPECT_TRUE(outcome.report.retry);
  EXPECT_EQ(outcome.status, 5);
  EXPECT_THAT(*outcome.report.heads, ElementsAre("0002"));
  EXPECT_EQ(outcome.report.pending, 1U);
  EXPECT_EQ(outcome.report.applied, 0U);
}

TEST_F(Refusal, OfAFailingStatementTellsWhatStayedApplied) {
  start_with_two_revisions();
  revision(3, "ALTER TABLE trips ADD COLUMN distance int");
  revision(4, "ALTER TABLE trips ADD COLUMN more int;\nSELECT 1 / 0");
  revision(5, "SELECT 1");
  const Ended ended = expect("StatementFailed", "Apply", false, 1);
  EXPECT_THAT(ended.report.message, HasSubstr("0004_step.sql:5"));
  EXPECT_THAT(*ended.report.heads, ElementsAre("0003"));
  EXPECT_THAT(ended.report.known, ElementsAre("0003"));
  EXPECT_THAT(ended.report.target, ElementsAre("0005"));
  EXPECT_EQ(ended.report.applied, 1U);
  EXPECT_EQ(ended.report.pending, 2U);
  EXPECT_EQ(
      value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'trips'::regclass AND attname "
            "IN ('distance', 'more')"),
      "1");
}

class BackupRefusal : public Refusal {
 protected:
  void SetUp() override {
    Refusal::SetUp();
    start_with_two_revisions(3000);
    before_ = schema() + rows();
    revision(3, "ALTER TABLE trips ADD COLUMN distance int");
    back_up();
  }
  void expect_untouched(const std::string& reason, bool retry, int status) {
    const Ended ended = expect(reason, "Backup", retry, status);
    EXPECT_EQ(schema() + rows(), before_);
    EXPECT_THAT(*ended.report.heads, ElementsAre("0002"));
    EXPECT_EQ(ended.report.pending, 1U);
    EXPECT_EQ(value("SELECT max(epoch) FROM sluice.runs"), "1");
  }

  std::string before_;
};

TEST_F(BackupRefusal, OnAFullVolume) {
  if (::mount("tmpfs", volume_.c_str(), "tmpfs", 0, "size=256k") != 0)
    FAIL() << "tests run as root, who may mount";
  expect_untouched("BackupVolumeFull", true, 5);
  EXPECT_TRUE(in_volume(true).empty());
  EXPECT_TRUE(in_volume(false).empty());
  ::umount2(volume_.c_str(), MNT_DETACH);
}

TEST_F(BackupRefusal, WithoutAVolume) {
  spec_.backup.directory = (root_ / "none").string();
  expect_untouched("BackupVolumeMissing", true, 5);
}

TEST_F(BackupRefusal, WithAnOldPgDump) {
  shim("pg_dump", "echo 'pg_dump (PostgreSQL) 12.4'");
  expect_untouched("BackupToolTooOld", false, 1);
  EXPECT_TRUE(in_volume(false).empty());
}

TEST_F(BackupRefusal, OfATableThatMayNotBeRead) {
  connect().execute("CREATE TABLE secret_table (i int); REVOKE ALL ON secret_table FROM PUBLIC");
  before_ = schema() + rows();
  expect_untouched("BackupFailed", false, 1);
  EXPECT_TRUE(in_volume(false).empty());
}

}  // namespace
}  // namespace sluice::runner
