// `sluice` as a process: exit status, output, and what is left when it is killed.
#include <gmock/gmock.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/database/engine_bench.h"

namespace sluice::engine {
namespace {

using testing::HasSubstr;
using testing::Not;

class Sluice : public EngineBench {};

TEST_F(Sluice, UpgradesShowsAndDowngrades) {
  revision(1, "CREATE TABLE t ();", "DROP TABLE t;");
  revision(2, "CREATE TABLE u ();", "DROP TABLE u;");
  EXPECT_EQ(sluice({"upgrade"}).status, 0);
  EXPECT_EQ(sluice({"current"}).output, "r002\n");
  const auto current = nlohmann::json::parse(sluice({"current", "--output", "json"}).output);
  EXPECT_EQ(current.at("heads"), nlohmann::json({"r002"}));
  // The files are gone: the ledger has their text.
  std::filesystem::remove_all(root_ / "revisions");
  EXPECT_EQ(sluice({"downgrade", "-1"}).status, 0);
  EXPECT_EQ(value("SELECT to_regclass('u')"), "NULL");
  EXPECT_EQ(sluice({"downgrade", "base"}).status, 0);
  EXPECT_EQ(sluice({"current"}).output, "");
  EXPECT_EQ(value("SELECT string_agg(direction || ' ' || revision, ', ' ORDER BY position) "
                  "FROM sluice.history WHERE origin = 'user'"),
            "up r001, up r002, down r002, down r001");
}

TEST_F(Sluice, LookingWritesNothing) {
  revision(1, "SELECT 1;");
  for (const char* command : {"current", "plan"}) EXPECT_EQ(sluice({command}).status, 0);
  EXPECT_EQ(value("SELECT to_regnamespace('sluice')"), "NULL");
}

TEST_F(Sluice, UpgradeWithNothingToDoWritesNothing) {
  revision(1, "SELECT 1;");
  sluice({"upgrade"});
  const std::string xid = "SELECT pg_snapshot_xmax(pg_current_snapshot())";
  const std::string epoch = value("SELECT epoch FROM sluice.fence");
  const std::string before = value(xid);
  const auto plan = nlohmann::json::parse(sluice({"upgrade", "--output", "json"}).output);
  EXPECT_EQ(plan.at("applied"), 0);
  EXPECT_EQ(value(xid), before);
  EXPECT_EQ(value("SELECT epoch FROM sluice.fence"), epoch);
}

TEST_F(Sluice, ExitStatus) {
  revision(1, "SELECT 1;");
  EXPECT_EQ(sluice({"upgrade", "nowhere"}).status, 2);
  EXPECT_EQ(sluice({"upgrade"}).status, 0);
  revision(2, "SELECT 1/0;");
  const base::CommandResult failed = sluice({"upgrade", "--output", "json"});
  EXPECT_EQ(failed.status, 1);
  EXPECT_EQ(nlohmann::json::parse(failed.output).at("error").at("reason"), "StatementFailed");
  revision(2, "VACUUM;");
  EXPECT_EQ(sluice({"upgrade"}).status, 1);
  revision(1, "SELECT 2;");
  EXPECT_EQ(sluice({"upgrade"}).status, 3);
  url_ = "postgresql://postgres:canary-91@127.0.0.1:1/x";
  const base::CommandResult unreachable = sluice({"current"});
  EXPECT_EQ(unreachable.status, 5);
  EXPECT_THAT(unreachable.errors, HasSubstr("DatabaseUnreachable"));
  EXPECT_THAT(unreachable.errors, testing::Not(HasSubstr("canary")));
}

TEST_F(Sluice, OnlyOneOfTwoWorks) {
  revision(1, "CREATE TABLE t (); SELECT pg_sleep(2);");
  const auto first = start({"upgrade"});
  const std::string pid = backend_of("pg_sleep(2)");
  const base::CommandResult refused = sluice({"upgrade", "--wait", "0"});
  EXPECT_EQ(refused.status, 5);
  EXPECT_THAT(refused.errors, HasSubstr("LockHeld"));
  EXPECT_THAT(refused.errors, HasSubstr("pid " + pid + " (sluice"));
  EXPECT_EQ(sluice({"upgrade", "--wait", "30"}).status, 0);
  EXPECT_EQ(first->wait(), 0);
  EXPECT_EQ(value("SELECT count(*) FROM sluice.history WHERE origin = 'user'"), "1");
}

TEST_F(Sluice, EightAtOnceOnAnEmptyDatabaseApplyOnce) {
  revision(1, "CREATE TABLE t (id int);");
  revision(2, "INSERT INTO t VALUES (1);");
  by_statement(3, "INSERT INTO t VALUES (2);\nCREATE INDEX CONCURRENTLY i ON t (id);");
  std::vector<std::unique_ptr<runner::RunProcess>> all;
  for (int i = 0; i < 8; ++i) all.push_back(start({"upgrade"}));
  for (const auto& process : all) EXPECT_EQ(process->wait(), 0) << process->output();
  EXPECT_EQ(value("SELECT count(*) FROM t"), "2");
  EXPECT_EQ(value("SELECT count(*) FROM sluice.runs"), "1");
}

TEST_F(Sluice, KilledInMidRevisionAppliesOnceInTheNextRun) {
  revision(1, "CREATE TABLE t (id int);");
  revision(2, "INSERT INTO t VALUES (1); SELECT pg_sleep(1);");
  const auto process = start({"upgrade"});
  backend_of("pg_sleep(1)");
  process->signal(SIGKILL);
  EXPECT_EQ(process->wait(), 128 + SIGKILL);
  // The backend notices when its statement is done; the next run waits for its lock.
  EXPECT_EQ(sluice({"upgrade", "--wait", "20"}).status, 0);
  EXPECT_EQ(value("SELECT count(*) FROM t"), "1");
  EXPECT_EQ(value("SELECT count(*) FROM sluice.history WHERE revision = 'r002'"), "1");
}

TEST_F(Sluice, TerminatedBackendIsWorthARetry) {
  revision(1, "CREATE TABLE t (id int); SELECT pg_sleep(30);");
  const auto process = start({"upgrade"});
  value("SELECT pg_terminate_backend(" + backend_of("pg_sleep(30)") + ")");
  EXPECT_EQ(process->wait(), 5);
  EXPECT_THAT(process->output(), HasSubstr("ConnectionLost"));
  EXPECT_EQ(value("SELECT to_regclass('t')"), "NULL");
  revision(1, "CREATE TABLE t (id int);");
  EXPECT_EQ(sluice({"upgrade"}).status, 0);
}

TEST_F(Sluice, TerminatedBackendOnTheWayDownIsNoFaultOfTheFile) {
  revision(1, "CREATE TABLE t (id int);", "SELECT pg_sleep(30); DROP TABLE t;");
  ASSERT_EQ(sluice({"upgrade"}).status, 0);
  const auto process = start({"downgrade"});
  value("SELECT pg_terminate_backend(" + backend_of("pg_sleep(30)") + ")");
  EXPECT_EQ(process->wait(), 5);
  EXPECT_THAT(process->output(), HasSubstr("the revision was rolled back"));
  EXPECT_THAT(process->output(), Not(HasSubstr("repair")));
}

TEST_F(Sluice, TermRollsBack) {
  revision(1, "CREATE TABLE t (id int); SELECT pg_sleep(30);");
  const auto process = start({"upgrade"});
  backend_of("pg_sleep(30)");
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(), 1);
  EXPECT_THAT(process->output(), HasSubstr("Cancelled"));
  EXPECT_EQ(value("SELECT to_regclass('t')"), "NULL");
}

}  // namespace
}  // namespace sluice::engine
