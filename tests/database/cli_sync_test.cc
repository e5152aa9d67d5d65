// `sluice sync` on the real server: what it changes and reports, and that a plain re-run finishes
// what a killed one began.
#include <gmock/gmock.h>

#include <csignal>
#include <thread>

#include "base/text.h"

#include "tests/database/desired_bench.h"

namespace sluice::engine {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kUsers = "CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL);\n";

class Sync : public DesiredBench {
 protected:
  void SetUp() override {
    DesiredBench::SetUp();
    execute(kUsers);
    execute("INSERT INTO users SELECT n, 'm' || n FROM generate_series(1, 100) n");
  }
  base::CommandResult sync(const std::string& sql, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"sync", "--schema", wanted(sql)};
    words.insert(words.end(), more.begin(), more.end());
    return sluice(words);
  }
  nlohmann::json sync_json(const std::string& sql, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"sync", "--schema", wanted(sql)};
    words.insert(words.end(), more.begin(), more.end());
    return json(words);
  }
  bool same(const std::string& sql) const {
    return sluice({"diff", "--from", url_, "--to", wanted(sql, "same.sql")}).output ==
           "-- no difference\n";
  }
};

TEST_F(Sync, AdditiveCreatesWhatIsMissingAndReportsIt) {
  const std::string sql =
      "CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL, name text DEFAULT 'x');\n"
      "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);\n"
      "CREATE INDEX users_name ON users (name);\n";
  const nlohmann::json report = sync_json(sql);
  EXPECT_EQ(status_, 0) << errors_;
  EXPECT_EQ(report.at("tablesLookedAt"), 2);
  EXPECT_EQ(report.at("tablesChanged"), nlohmann::json({"public.users"}));
  EXPECT_EQ(report.at("tablesCreated"), nlohmann::json({"public.orders"}));
  ASSERT_EQ(report.at("columnsAdded").size(), 1U);
  EXPECT_EQ(report.at("columnsAdded")[0].at("column"), "name");
  EXPECT_EQ(report.at("columnsAdded")[0].at("type"), "text");
  EXPECT_THAT(report.at("columnsAdded")[0].at("sql").get<std::string>(), HasSubstr("ADD COLUMN"));
  EXPECT_EQ(report.at("verification"), "passed");
  EXPECT_TRUE(same(sql));
  EXPECT_EQ(value("SELECT count(*) FROM users"), "100");
}

TEST_F(Sync, AdditiveNeitherDropsNorNarrowsNorRewritesAndSaysSo) {
  const std::string node = value("SELECT relfilenode FROM pg_class WHERE relname = 'users'");
  const base::CommandResult result =
      sync("CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x');");
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("left undone: drop column mail of public.users: "),
                                   HasSubstr("left undone: change column id of public.users: "),
                                   HasSubstr("verification passed")));
  EXPECT_EQ(value("SELECT count(mail) FROM users"), "100");
  EXPECT_EQ(value("SELECT relfilenode FROM pg_class WHERE relname = 'users'"), node);
}

TEST_F(Sync, ARenamedTableIsTheSameTable) {
  const std::string sql =
      "-- sluice:rename table users -> people\n"
      "CREATE TABLE people (id bigint PRIMARY KEY, mail text NOT NULL, name text);";
  EXPECT_THAT(sync(sql).output,
              HasSubstr("left undone: add table public.people: it would be what is users now"));
  const nlohmann::json report = sync_json(sql, {"--policy", "full"});
  EXPECT_EQ(status_, 0) << errors_;
  EXPECT_EQ(report.at("tablesLookedAt"), 1);
  EXPECT_EQ(report.at("tablesChanged"), nlohmann::json({"public.people"}));
  EXPECT_EQ(report.at("tablesCreated"), nlohmann::json::array());
  EXPECT_EQ(report.at("columnsAdded")[0].at("column"), "name");
  EXPECT_EQ(value("SELECT count(*) FROM people"), "100");
}

TEST_F(Sync, FullRefusesTypesThatLoseSomethingOfAValue) {
  execute(
      "CREATE TABLE lossy (m money, j json); INSERT INTO lossy VALUES (1.55, '{\"a\":1,\"a\":2}')");
  const base::CommandResult refused = sync(
      std::string(kUsers) + "CREATE TABLE lossy (m numeric(9,0), j jsonb);", {"--policy", "full"});
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("DataLoss: 2 statements")));
  EXPECT_EQ(value("SELECT m::numeric FROM lossy"), "1.55");
}

TEST_F(Sync, AdditiveMakesAnIndexOfAColumnWhoseNotNullIsLeftUndone) {
  execute("CREATE TABLE t (id bigint, x text, n int)");
  const base::CommandResult result =
      sync(std::string(kUsers) +
           "CREATE TABLE t (id bigint, x text NOT NULL DEFAULT '', n bigint);\n"
           "CREATE INDEX t_x ON t (x); CREATE INDEX t_n ON t (n);");
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(value("SELECT to_regclass('t_x')"), "t_x");
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("left undone: change column x of public.t: "),
                    HasSubstr("left undone: add index t_n of public.t: it needs something"),
                    HasSubstr("verification passed"), testing::Not(HasSubstr("index t_x"))));
}

TEST_F(Sync, OfFunctionsLeavesBodiesUnchecked) {
  const base::CommandResult result =
      sync(std::string(kUsers) +
           "CREATE TABLE z (id int); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT "
           "count(*) FROM z';");
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(value("SELECT f()"), "0");
}

TEST_F(Sync, IsARunInTheLedger) {
  EXPECT_EQ(sync(std::string(kUsers) + "CREATE TABLE orders (id bigint);").status, 0);
  EXPECT_EQ(value("SELECT kind || ' ' || outcome FROM sluice.runs"), "sync succeeded");
  EXPECT_THAT(value("SELECT target FROM sluice.runs"),
              AllOf(HasSubstr("additive "), HasSubstr("wanted.sql")));
  EXPECT_EQ(value("SELECT direction FROM sluice.history WHERE origin = 'sync'"), "sync");
  EXPECT_THAT(value("SELECT body FROM sluice.syncs"), HasSubstr("CREATE TABLE"));
  EXPECT_EQ(value("SELECT length(wanted) FROM sluice.syncs"), "64");
  // It stands beside revisions, and is none.
  EXPECT_EQ(value("SELECT count(*) FROM sluice.revisions WHERE origin = 'user'"), "0");
}

TEST_F(Sync, NothingToDoWritesNothing) {
  const base::CommandResult result = sync(kUsers);
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("verification passed"));
  EXPECT_EQ(value("SELECT to_regnamespace('sluice') IS NULL"), "t");
}

TEST_F(Sync, ADryRunDoesNothingAndPrintsTheSql) {
  const std::string before = dump();
  const base::CommandResult result =
      sync("CREATE TABLE users (id bigint PRIMARY KEY);", {"--policy", "full", "--dry-run"});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("DROP COLUMN"), HasSubstr("-- drop-column: ")));
  EXPECT_EQ(dump(), before);
}

TEST_F(Sync, FullRefusesToLoseDataUnlessItIsAllowed) {
  const std::string sql = "CREATE TABLE users (id bigint PRIMARY KEY);";
  const std::string before = dump();
  const base::CommandResult refused = sync(sql, {"--policy", "full"});
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("DataLoss"), HasSubstr("--allow-data-loss")));
  EXPECT_EQ(dump(), before);
  EXPECT_EQ(sync(sql, {"--policy", "full", "--allow-data-loss"}).status, 0);
  EXPECT_TRUE(same(sql));
}

TEST_F(Sync, FullChangesWhatDiffers) {
  const std::string sql =
      "CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL);\n"
      "ALTER TABLE users ALTER mail DROP NOT NULL, ADD CONSTRAINT m CHECK (mail <> '');\n"
      "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM users';\n"
      "CREATE VIEW v AS SELECT f();";
  const base::CommandResult result = sync(sql, {"--policy", "full"});
  EXPECT_EQ(result.status, 0) << result.errors << result.output;
  EXPECT_TRUE(same(sql));
}

TEST_F(Sync, AFailureIsRecordedAndNothingOfItsTransactionStays) {
  // Two rows that the new constraint forbids.
  const base::CommandResult result =
      sync("CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL CHECK (mail = 'm1'));",
           {"--policy", "full"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, HasSubstr("is violated by some row"));
  EXPECT_EQ(value("SELECT outcome FROM sluice.runs"), "failed");
}

TEST_F(Sync, IsRefusedWhileARevisionIsUnfinished) {
  by_statement(1, "CREATE TABLE a (id int);\nSELECT 1 / 0;");
  EXPECT_EQ(sluice({"upgrade"}).status, 1);
  const base::CommandResult result = sync(std::string(kUsers) + "CREATE TABLE b ();");
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("RevisionUnfinished"), HasSubstr("r001")));
}

TEST_F(Sync, WaitsForALockInParts) {
  postgres::Session reader(options());
  reader.execute("BEGIN; SELECT * FROM users");
  const std::unique_ptr<runner::RunProcess> process =
      start({"sync", "--lock-timeout", "100", "--schema",
             wanted("CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL, n int);")});
  ASSERT_TRUE(runner::RunProcess::wait_until([&] {
    return process->output().find("rolled back, again in") != std::string::npos;
  })) << process->output();
  reader.execute("COMMIT");
  EXPECT_EQ(process->wait(), 0) << process->output();
}

TEST_F(Sync, AnInterruptedOneIsFinishedByAPlainReRun) {
  const std::string sql =
      "CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL, a int, b int);\n"
      "CREATE FUNCTION slow(t text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS\n"
      "  'BEGIN PERFORM pg_sleep(0.02); RETURN t; END';\n"
      "CREATE INDEX users_slow ON users (slow(mail));\n"
      "CREATE INDEX users_mail ON users (mail);\n"
      "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);\n"
      "ALTER TABLE users ADD CONSTRAINT positive CHECK (id > 0);\n";
  // Somewhere between the first statement and the last; the index alone takes two seconds.
  for (const int milliseconds : {0, 300, 700, 1500, 2500}) {
    const std::unique_ptr<runner::RunProcess> process =
        start({"sync", "--policy", "full", "--schema", wanted(sql)});
    runner::RunProcess::wait_until([&] {
      return value("SELECT to_regclass('sluice.runs') IS NOT NULL") == "t" ||
             !process->output().empty();
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    process->signal(SIGKILL);
    process->wait();
    ASSERT_TRUE(
        becomes("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                "current_database() AND pid <> pg_backend_pid() AND backend_type = "
                "'client backend'",
                "0"));
  }
  const base::CommandResult result = sync(sql, {"--policy", "full"});
  EXPECT_EQ(result.status, 0) << result.errors << result.output;
  EXPECT_TRUE(same(sql));
  EXPECT_EQ(value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
  EXPECT_EQ(value("SELECT count(*) FROM users"), "100");
  EXPECT_EQ(value("SELECT count(*) FROM sluice.statements"), "0");
  // What the killed ones left does not keep revisions from running.
  revision(1, "CREATE TABLE later (id int);");
  EXPECT_EQ(sluice({"upgrade"}).status, 0);
  for (const std::string& name : base::split_list(scratch_databases(), ' '))
    if (name != "NULL") execute("DROP DATABASE " + name);
}

TEST_F(Sync, AnInvalidIndexIsBuiltAnew) {
  const std::string sql = std::string(kUsers) + "CREATE UNIQUE INDEX users_mail ON users (mail);";
  execute("INSERT INTO users VALUES (1000, 'm1')");
  EXPECT_EQ(sync(sql).status, 1);
  execute("DELETE FROM users WHERE id = 1000");
  EXPECT_EQ(sync(sql).status, 0);
  EXPECT_TRUE(same(sql));
}

}  // namespace
}  // namespace sluice::engine
