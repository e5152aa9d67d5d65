// `sluice rehearse` on real servers: what it measures, what it judges, and what it leaves behind.
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "archive/backup.h"
#include "postgres/tool_environment.h"
#include "tests/database/engine_bench.h"
#include "tests/database/runner_server.h"

namespace sluice::engine {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Rehearse : public EngineBench {
 protected:
  void SetUp() override {
    EngineBench::SetUp();
    revision(1,
             "CREATE TABLE trips (id int PRIMARY KEY, origin text);\n"
             "INSERT INTO trips SELECT n, 'Oslo' FROM generate_series(1, 300) n;",
             "DROP TABLE trips;");
    upgrade();
  }

  static std::string scratch_url() { return runner::Server::instance().superuser_url("postgres"); }
  std::vector<std::string> words(std::vector<std::string> more) const {
    std::vector<std::string> all{"rehearse", "--scratch-url", scratch_url()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  base::CommandResult rehearse(const std::vector<std::string>& more = {}) const {
    return sluice(words(more));
  }
  json rehearse_json(std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--output", "json"});
    const base::CommandResult result = rehearse(more);
    status_ = result.status;
    errors_ = result.errors;
    return json::parse(result.output);
  }
  json with_rows(std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--from", archive().string()});
    return rehearse_json(more);
  }

  std::filesystem::path archive() const {
    archive::BackupRequest request;
    request.volume = root_ / "volume";
    std::filesystem::create_directories(request.volume);
    request.run = "run";
    request.connection = postgres::tool_environment(postgres::merged(options()));
    request.server_version = postgres::Session(options()).server_version();
    return request.volume / archive::backup(request).manifest.archive;
  }

  std::string scratch_databases() const {
    return value(
        "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE "
        "'sluice\\_scratch\\_%'");
  }
  void expect_nothing_left() const { EXPECT_EQ(scratch_databases(), "NULL"); }

  int status_ = -1;
  std::string errors_;
};

json entry(const std::string& relation, json more) {
  more["relation"] = relation;
  return more;
}

TEST_F(Rehearse, CountsTheRowsThatEachDirectionTouches) {
  revision(2,
           "UPDATE trips SET origin = 'Voss' WHERE id <= 120;\n"
           "INSERT INTO trips VALUES (900, 'Dale');\nDELETE FROM trips WHERE id > 900 OR id = 5;",
           "DELETE FROM trips WHERE id = 900;");
  revision(3, "UPDATE trips SET origin = 'Arna' WHERE id <= 10;");
  const json report = with_rows();
  EXPECT_EQ(status_, 0) << errors_;
  const json& revisions = report.at("revisions");
  ASSERT_EQ(revisions.size(), 2U);
  EXPECT_EQ(
      revisions[0].at("up").at("rows"),
      json::array({entry("public.trips", {{"inserted", 1}, {"updated", 120}, {"deleted", 1}})}));
  EXPECT_EQ(
      revisions[0].at("down").at("rows"),
      json::array({entry("public.trips", {{"inserted", 0}, {"updated", 0}, {"deleted", 1}})}));
  // What one transaction counted is not counted for the next.
  EXPECT_EQ(
      revisions[1].at("up").at("rows"),
      json::array({entry("public.trips", {{"inserted", 0}, {"updated", 9}, {"deleted", 0}})}));
  EXPECT_GT(revisions[0].at("up").at("seconds"), 0.0);
  EXPECT_GT(report.at("seconds"), revisions[0].at("up").at("seconds"));
  EXPECT_EQ(report.at("withRows"), true);
}

TEST_F(Rehearse, NamesTheStrongestLockOfEachTableThatWasThereBefore) {
  revision(2,
           "CREATE TABLE cars (trip int REFERENCES trips);\nSELECT count(*) FROM trips;\n"
           "CREATE INDEX trips_origin ON trips (origin);",
           "DROP INDEX trips_origin; DROP TABLE cars;");
  const json report = with_rows();
  EXPECT_EQ(report.at("revisions")[0].at("up").at("locks"),
            json::array({entry("public.trips",
                               {{"mode", "ShareRowExclusiveLock"}, {"blocks", "writes"}})}));
  EXPECT_THAT(report.at("revisions")[0].at("down").at("locks"),
              Contains(entry("public.cars",
                             {{"mode", "AccessExclusiveLock"}, {"blocks", "reads and writes"}})));
}

TEST_F(Rehearse, SeesTheLocksOfAStatementOutsideOfAnyTransaction) {
  by_statement(2,
               "CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS "
               "$$ BEGIN PERFORM pg_sleep(0.01); RETURN $1; END $$;\n"
               "CREATE INDEX CONCURRENTLY trips_slow ON trips (slow(id)) WHERE id < 50;",
               "DROP INDEX CONCURRENTLY trips_slow;\nDROP FUNCTION slow;");
  const json report = with_rows();
  EXPECT_EQ(status_, 0) << errors_;
  const json& up = report.at("revisions")[0].at("up");
  EXPECT_EQ(up.at("locksSampled"), true);
  EXPECT_THAT(up.at("locks"),
              Contains(entry("public.trips", {{"mode", "ShareUpdateExclusiveLock"},
                                              {"blocks", "changes of the schema"}})));
  EXPECT_EQ(report.at("revisions")[0].at("restores"), true);
}

TEST_F(Rehearse, TellsWhichTablesAreRewrittenAndWhichEmptied) {
  revision(2, "ALTER TABLE trips ALTER COLUMN id TYPE bigint;",
           "ALTER TABLE trips ALTER COLUMN id TYPE int;");
  revision(3, "ALTER TABLE trips ADD COLUMN note text;", "ALTER TABLE trips DROP COLUMN note;");
  revision(4, "TRUNCATE trips;");
  const json report = with_rows();
  const json& revisions = report.at("revisions");
  EXPECT_EQ(revisions[0].at("up").at("rewritten")[0].at("relation"), "public.trips");
  EXPECT_GT(revisions[0].at("up").at("rewritten")[0].at("bytes"), 0);
  EXPECT_THAT(revisions[1].at("up").at("rewritten"), IsEmpty());
  EXPECT_EQ(revisions[2].at("up").at("rewritten"),
            json::array({entry("public.trips", {{"bytes", 0}, {"emptied", true}})}));
}

TEST_F(Rehearse, OfTheSchemaAloneKnowsWhereTheDatabaseStandsAndHasNoRows) {
  revision(2, "UPDATE trips SET origin = '';");
  const json report = rehearse_json();
  EXPECT_EQ(status_, 0) << errors_;
  EXPECT_EQ(report.at("current"), json({"r001"}));
  EXPECT_EQ(report.at("withRows"), false);
  EXPECT_EQ(report.at("revisions").size(), 1U);
  EXPECT_THAT(report.at("revisions")[0].at("up").at("rows"), IsEmpty());
  EXPECT_THAT(rehearse().output, HasSubstr("measured on the schema alone"));
}

TEST_F(Rehearse, OfADatabaseThatNeverSawSluiceBeginsAtTheFirstRevision) {
  postgres::Session(options()).execute("DROP SCHEMA sluice CASCADE; DROP TABLE trips");
  const json report = rehearse_json();
  EXPECT_EQ(status_, 0) << errors_;
  EXPECT_EQ(report.at("revisions")[0].at("restores"), true);
  EXPECT_EQ(value("SELECT to_regnamespace('sluice')"), "NULL");
}

TEST_F(Rehearse, OnlyReadsTheLiveDatabase) {
  revision(2, "ALTER TABLE trips ADD COLUMN note text;", "ALTER TABLE trips DROP COLUMN note;");
  const std::string written =
      "SELECT count(*) || ' ' || (SELECT count(*) FROM sluice.history) FROM pg_class";
  const std::string before = value(written);
  EXPECT_EQ(rehearse().status, 0);
  EXPECT_EQ(value(written), before);
}

TEST_F(Rehearse, FindsAWayDownThatDoesNotRestoreTheSchema) {
  revision(2, "ALTER TABLE trips ADD COLUMN note text;\nCREATE INDEX trips_note ON trips (note);",
           "ALTER TABLE trips DROP COLUMN note;");
  revision(3, "CREATE TABLE cars (id int);\nALTER TABLE trips ADD COLUMN IF NOT EXISTS seats int;",
           "DROP TABLE cars;");
  const json report = rehearse_json();
  EXPECT_EQ(status_, 3);
  EXPECT_EQ(report.at("passed"), false);
  EXPECT_EQ(report.at("revisions")[1].at("restores"), false);
  EXPECT_EQ(report.at("revisions")[1].at("delta"),
            json({"TABLE public.trips: +     seats integer"}));
  // What a later revision has left is not held against an earlier one.
  EXPECT_EQ(report.at("revisions")[0].at("restores"), true);
  EXPECT_THAT(rehearse().output, HasSubstr("  down does not restore the schema:\n"
                                           "    TABLE public.trips: +     seats integer\n"));
  expect_nothing_left();
}

TEST_F(Rehearse, FindsColumnsThatComeBackInAnotherOrder) {
  revision(2, "ALTER TABLE trips DROP COLUMN origin;\nALTER TABLE trips ADD COLUMN a int;",
           "ALTER TABLE trips ADD COLUMN origin text;\nALTER TABLE trips DROP COLUMN a;");
  revision(3, "ALTER TABLE trips DROP COLUMN id;", "ALTER TABLE trips ADD COLUMN id int;");
  const json report = rehearse_json();
  EXPECT_EQ(status_, 3);
  EXPECT_EQ(report.at("revisions")[1].at("restores"), false);
}

TEST_F(Rehearse, GoesDownToTheFirstRevisionThatCannotBeUndone) {
  revision(2, "CREATE TABLE a ();", "DROP TABLE a;");
  file("r003.sql", "-- revision: r003\n-- revises: r002\n-- migrate:up\nCREATE TABLE b ();\n");
  file("r004.sql",
       "-- revision: r004\n-- revises: r003\n-- migrate:up\nCREATE TABLE c ();\n"
       "-- migrate:down\nDROP TABLE c;\n");
  const json report = rehearse_json();
  EXPECT_EQ(status_, 0) << errors_;
  const json& revisions = report.at("revisions");
  EXPECT_TRUE(revisions[0].at("down").is_null());
  EXPECT_EQ(revisions[1].at("reversible"), false);
  EXPECT_TRUE(revisions[1].at("restores").is_null());
  EXPECT_EQ(revisions[2].at("restores"), true);
  EXPECT_FALSE(revisions[2].at("again").is_null());
  EXPECT_THAT(rehearse().output, HasSubstr("irreversible; rehearsed up only"));
}

TEST_F(Rehearse, RunsNoWayDownThatSaysItIsNone) {
  revision(2, "ALTER TABLE trips DROP COLUMN origin;",
           "-- sluice:irreversible its values are gone\nALTER TABLE trips ADD COLUMN origin text;");
  const json report = rehearse_json();
  EXPECT_EQ(status_, 0) << errors_ << report.dump(1);
  EXPECT_EQ(report.at("revisions")[0].at("reversible"), false);
}

TEST_F(Rehearse, LetsRepeatableRevisionsStay) {
  revision(2, "CREATE TABLE a (id int);", "DROP TABLE a;");
  file("view.sql",
       "-- repeatable: view\n-- migrate:up\nCREATE OR REPLACE VIEW v AS SELECT id FROM trips;\n");
  const json report = rehearse_json();
  EXPECT_EQ(status_, 0) << errors_ << report.dump(1);
  EXPECT_EQ(report.at("revisions")[0].at("restores"), true);
  EXPECT_EQ(report.at("revisions")[1].at("repeatable"), true);
  EXPECT_EQ(report.at("repeats"), true);
}

TEST_F(Rehearse, RepeatableRevisionsRunAgainAfterAWayDownThatDropsWhatTheyMade) {
  revision(2, "ALTER TABLE trips ADD COLUMN far int;",
           "DROP VIEW v; ALTER TABLE trips DROP COLUMN far;");
  file("view.sql",
       "-- repeatable: view\n-- migrate:up\nCREATE OR REPLACE VIEW v AS SELECT far FROM trips;\n");
  const json report = rehearse_json();
  EXPECT_EQ(status_, 0) << errors_ << report.dump(1);
  EXPECT_EQ(report.at("repeats"), true);
  EXPECT_FALSE(report.at("revisions")[1].at("again").is_null());
}

TEST_F(Rehearse, ReportsARevisionThatFailsOnTheRowsOfProduction) {
  revision(2, "CREATE TABLE a ();", "DROP TABLE a;");
  revision(3, "ALTER TABLE trips ADD CONSTRAINT far CHECK (id < 300);",
           "ALTER TABLE trips DROP CONSTRAINT far;");
  // The schema alone cannot tell.
  EXPECT_EQ(rehearse().status, 0);
  const json report = with_rows();
  EXPECT_EQ(status_, 3);
  EXPECT_EQ(report.at("failedPass"), "up");
  EXPECT_EQ(report.at("error").at("reason"), "StatementFailed");
  EXPECT_THAT(
      report.at("error").at("message").get<std::string>(),
      AllOf(HasSubstr("r003.sql:4: statement 1 of 1"), HasSubstr("is violated by some row")));
  EXPECT_FALSE(report.at("revisions")[0].at("up").is_null());
  EXPECT_TRUE(report.at("revisions")[1].at("up").is_null());
  expect_nothing_left();
}

TEST_F(Rehearse, ReportsAWayDownThatFails) {
  revision(2, "CREATE TABLE a ();", "DROP TABLE b;");
  const base::CommandResult result = rehearse();
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("in the pass `down`"), HasSubstr("r002.sql:6")));
  EXPECT_THAT(result.output, HasSubstr("the way down was not reached"));
  expect_nothing_left();
}

TEST_F(Rehearse, FindsThatTheSecondUpgradeFailsAfterAWayDownThatLeavesThings) {
  revision(2, "CREATE TABLE a ();", "SELECT 1;");
  const json report = rehearse_json();
  EXPECT_EQ(status_, 3);
  EXPECT_EQ(report.at("failedPass"), "again");
  EXPECT_EQ(report.at("revisions")[0].at("restores"), false);
}

TEST_F(Rehearse, OfNothingPendingSaysSo) {
  const base::CommandResult result = rehearse();
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(result.output, "nothing to rehearse\n");
  expect_nothing_left();
}

TEST_F(Rehearse, RefusesAnArchiveWithAFlippedBit) {
  revision(2, "SELECT 1;");
  const std::filesystem::path whole = archive();
  std::fstream toc(whole / "toc.dat", std::ios::in | std::ios::out | std::ios::binary);
  toc.seekg(100);
  const int byte = toc.get();
  toc.seekp(100);
  toc.put(static_cast<char>(byte ^ 1));
  toc.close();
  const base::CommandResult result = rehearse({"--from", whole.string()});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("ArchiveDamaged"), HasSubstr("toc.dat")));
  expect_nothing_left();
}

TEST_F(Rehearse, LeavesNothingBehindWhenItIsStopped) {
  revision(2, "SELECT pg_sleep(60);");
  for (const int signal : {SIGTERM, SIGINT}) {
    const auto process = start(words({}));
    const std::string busy =
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND "
        "datname LIKE 'sluice%' AND state = 'active'";
    ASSERT_TRUE(becomes(busy, "1")) << process->output();
    process->signal(signal);
    EXPECT_EQ(process->wait(), 1) << process->output();
    EXPECT_THAT(process->output(), HasSubstr("Cancelled"));
    expect_nothing_left();
  }
}

TEST_F(Rehearse, KeepsTheScratchDatabaseWhenAskedAndReportsItTheNextTime) {
  revision(2, "CREATE TABLE a ();", "DROP TABLE a;");
  const json report = rehearse_json({"--keep"});
  const std::string name = report.at("scratch").at("database");
  EXPECT_EQ(scratch_databases(), name);
  EXPECT_EQ(rehearse_json().at("scratch").at("leftOver"), json({name}));
  EXPECT_EQ(scratch_databases(), name);
  postgres::Session(options()).execute("DROP DATABASE " + name);
}

TEST_F(Rehearse, SaysWhichRightTheRoleLacks) {
  postgres::Session(options()).execute("CREATE ROLE guest LOGIN PASSWORD 'hunter2'");
  const std::string url = runner::Server::instance().url("guest", "hunter2", "postgres");
  const base::CommandResult result = sluice({"rehearse", "--scratch-url", url});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("ScratchNotAllowed"), HasSubstr("CREATEDB"),
                                   Not(HasSubstr("hunter2"))));
  postgres::Session(options()).execute("DROP ROLE guest");
}

TEST_F(Rehearse, WorksForARoleThatMayCreateDatabasesAndNothingElse) {
  revision(2, "ALTER TABLE trips ADD COLUMN note text;", "ALTER TABLE trips DROP COLUMN note;");
  postgres::Session(options()).execute("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'hunter2'");
  const std::string url = runner::Server::instance().url("maker", "hunter2", "postgres");
  const base::CommandResult result =
      sluice({"rehearse", "--scratch-url", url, "--from", archive().string()});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output + result.errors, Not(HasSubstr("hunter2")));
  postgres::Session(options()).execute("DROP ROLE maker");
}

TEST_F(Rehearse, EndsWithFiveWhenTheScratchServerIsNotThere) {
  const base::CommandResult result =
      sluice({"rehearse", "--scratch-url", "postgresql://x@127.0.0.1:1/postgres"});
  EXPECT_EQ(result.status, 5);
  EXPECT_THAT(result.errors, HasSubstr("DatabaseUnreachable"));
}

TEST_F(Rehearse, EndsWithFiveWhenTheLiveDatabaseIsNotThere) {
  const base::CommandResult result =
      rehearse({"--database-url", "postgresql://x@127.0.0.1:1/postgres"});
  EXPECT_EQ(result.status, 5);
  expect_nothing_left();
}

}  // namespace
}  // namespace sluice::engine
