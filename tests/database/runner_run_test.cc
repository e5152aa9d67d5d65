// Whole runs of `sluice run`, as a pod would see them.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "archive/verify.h"
#include "base/subprocess.h"
#include "tests/database/runner_bench.h"
#include "tests/database/runner_server.h"

namespace sluice::runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Run : public RunnerBench {};

constexpr const char* kAddColumn = "ALTER TABLE trips ADD COLUMN distance int";

TEST_F(Run, AppliesWhatIsPendingAndReportsIt) {
  start_with_two_revisions();
  revision(3, kAddColumn);
  revision(4, "UPDATE trips SET distance = id; ALTER TABLE trips ALTER distance SET NOT NULL");
  const Ended ended = run();
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_TRUE(ended.report.succeeded);
  EXPECT_EQ(ended.report.stage, "Done");
  EXPECT_EQ(ended.report.digest, spec_.digest);
  EXPECT_THAT(*ended.report.heads, ElementsAre("0004"));
  EXPECT_THAT(ended.report.known, ElementsAre("0004"));
  EXPECT_THAT(ended.report.target, ElementsAre("0004"));
  EXPECT_EQ(ended.report.pending, 0U);
  EXPECT_EQ(ended.report.applied, 2U);
  EXPECT_FALSE(ended.report.backup);
  EXPECT_EQ(value("SELECT sum(distance) FROM trips"), "5050");
}

TEST_F(Run, WritesItsProgressAsJsonLines) {
  revision(1, "CREATE TABLE a (i int); CREATE TABLE b (i int)");
  const Ended ended = run();
  std::istringstream lines(ended.output);
  std::vector<std::string> stages;
  int statements = 0;
  std::string last;
  for (std::string line; std::getline(lines, line); last = line) {
    const auto object = nlohmann::json::parse(line);
    if (object.contains("report")) continue;
    EXPECT_EQ(object["run"], spec_.run);
    if (object["event"] == "started") stages.push_back(object["stage"]);
    if (object["event"] != "statement_started") continue;
    EXPECT_EQ(object["statement"], ++statements);
    EXPECT_EQ(object["statements"], 2);
    EXPECT_EQ(object["revision"], "0001");
  }
  EXPECT_THAT(stages, ElementsAre("Source", "Connect", "Plan", "Apply", "Verify"));
  EXPECT_EQ(statements, 2);
  EXPECT_THAT(last, HasSubstr("{\"report\":"));
}

TEST_F(Run, WithNothingPendingWritesNothingAndBacksNothingUp) {
  start_with_two_revisions();
  back_up();
  const Ended ended = run();
  EXPECT_EQ(ended.status, 0);
  EXPECT_TRUE(in_volume(true).empty());
  EXPECT_EQ(ended.report.applied, 0U);
  EXPECT_EQ(value("SELECT max(epoch) FROM sluice.runs"), "1");
}

TEST_F(Run, ThatBacksUpAlwaysDoesSoWithNothingPending) {
  start_with_two_revisions();
  back_up(BackupWhen::Always);
  const Ended ended = run();
  EXPECT_EQ(ended.status, 0);
  ASSERT_TRUE(ended.report.backup);
  EXPECT_TRUE(archive::verify(volume_ / ended.report.backup->archive).whole());
}

TEST_F(Run, LeavesAnArchiveFromWhichTheDatabaseComesBackAsItWas) {
  start_with_two_revisions(5000);
  const std::string schema_before = schema();
  const std::string rows_before = rows();
  back_up();
  revision(3, "ALTER TABLE trips DROP COLUMN note");
  const Ended ended = run();
  ASSERT_EQ(ended.status, 0) << ended.output;
  ASSERT_TRUE(ended.report.backup);
  EXPECT_NE(schema(), schema_before);

  const std::filesystem::path archive = volume_ / ended.report.backup->archive;
  const archive::Verification read = archive::verify(archive);
  ASSERT_TRUE(read.whole());
  EXPECT_EQ(read.manifest->database, database_);
  EXPECT_EQ(read.manifest->run, spec_.run);
  EXPECT_THAT(read.manifest->heads, ElementsAre("0002"));
  EXPECT_EQ(read.manifest->bytes, ended.report.backup->bytes);

  const std::string restored = database_ + "_restored";
  connect().execute("CREATE DATABASE " + restored);
  const base::CommandResult restore =
      base::run({{"pg_restore", "--exit-on-error", "--jobs=2", "--dbname",
                  Server::instance().superuser_url(restored), archive},
                 {}});
  EXPECT_EQ(restore.status, 0) << restore.errors;
  EXPECT_EQ(schema(restored), schema_before);
  EXPECT_EQ(rows(restored), rows_before);
  connect("postgres").execute("DROP DATABASE " + restored + " WITH (FORCE)");
}

TEST_F(Run, OfADatabaseThatIsAheadDoesNothing) {
  start_with_two_revisions();
  revision(3, kAddColumn);
  ASSERT_EQ(run().status, 0);
  std::filesystem::remove(revisions_ / "0003_step.sql");
  back_up(BackupWhen::Always);
  const Ended ended = run();
  EXPECT_EQ(ended.status, 0);
  EXPECT_TRUE(ended.report.succeeded);
  EXPECT_EQ(ended.report.reason, "DatabaseAhead");
  EXPECT_THAT(ended.report.message, HasSubstr("0003"));
  EXPECT_THAT(*ended.report.heads, ElementsAre("0003"));
  EXPECT_THAT(ended.report.known, ElementsAre("0002"));
  EXPECT_THAT(ended.report.target, ElementsAre("0002"));
  EXPECT_TRUE(in_volume(true).empty());
}

TEST_F(Run, FromPartsInsteadOfAUrlConnects) {
  const auto part = [this](const std::string& name, const std::string& text) {
    std::ofstream(root_ / "values" / name) << text << "\n";
    return ValueFile{(root_ / "values" / name).string(),
                     "Secret \"trips-db\", key \"" + name + "\""};
  };
  const std::string port = owner_url_.substr(owner_url_.rfind(':') + 1,
                                             owner_url_.rfind('/') - owner_url_.rfind(':') - 1);
  spec_.database = {};
  spec_.database.parameters = {{"host", "127.0.0.1"}, {"port", port}, {"dbname", database_}};
  spec_.database.parameter_files = {{"user", part("user", database_)},
                                    {"password", part("password", kCanary)}};
  back_up();
  start_with_two_revisions();
  EXPECT_EQ(in_volume(true).size(), 1U);
}

}  // namespace
}  // namespace sluice::runner
