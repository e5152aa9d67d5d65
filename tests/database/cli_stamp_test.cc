// `sluice stamp`: where a database stands is said, not done; and what other tools' tables say.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/database/engine_bench.h"

namespace sluice::engine {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class Stamp : public EngineBench {
 protected:
  base::CommandResult stamp(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"stamp", "--dir", (root_ / "revisions").string()});
    return sluice(arguments);
  }
  json stamp_json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--output", "json"});
    return json::parse(stamp(arguments).output);
  }
  void file(const std::string& name, const std::string& text = "SELECT 1;") const {
    std::ofstream(root_ / "revisions" / name) << text;
  }
  void own(const std::string& id, const std::string& revises,
           const std::string& header = "") const {
    file(id + ".sql", "-- revision: " + id + "\n-- revises: " + revises + "\n" + header +
                          "-- migrate:up\nCREATE TABLE t_" + id +
                          " ();\n-- migrate:down\nDROP TABLE t_" + id + ";\n");
  }
  std::string applied() const {
    return value(
        "SELECT string_agg(id, ' ' ORDER BY id) FROM sluice.revisions WHERE origin = 'user'");
  }
  void script(const std::string& sql) const { postgres::Session(options()).execute(sql); }
};

TEST_F(Stamp, RecordsWithoutRunningAndUpgradeGoesOnFromThere) {
  for (int i = 1; i <= 3; ++i)
    revision(i, "CREATE TABLE t" + std::to_string(i) + " ();",
             "DROP TABLE t" + std::to_string(i) + ";");
  script("CREATE TABLE t1 (); CREATE TABLE t2 ();");
  const json answer = stamp_json({"r002"});
  EXPECT_EQ(answer.at("heads"), json({"r002"}));
  EXPECT_EQ(answer.at("added"), json({"r001", "r002"}));
  EXPECT_EQ(sluice({"upgrade"}).status, 0);
  EXPECT_EQ(applied(), "r001 r002 r003");
  EXPECT_EQ(value("SELECT string_agg(direction || ' ' || revision, ', ' ORDER BY position) "
                  "FROM sluice.history WHERE origin = 'user'"),
            "stamp r001, stamp r002, up r003");
  EXPECT_EQ(
      value("SELECT kind || ' ' || target || ' ' || outcome FROM sluice.runs WHERE epoch = 1"),
      "stamp r002 succeeded");
  // The whole text is there, so that the way down is, too.
  EXPECT_EQ(sluice({"downgrade", "base"}).status, 0);
  EXPECT_EQ(value("SELECT to_regclass('t1')"), "NULL");
}

TEST_F(Stamp, MovesDownAndToBase) {
  for (int i = 1; i <= 3; ++i) revision(i, "SELECT 1;");
  sluice({"upgrade"});
  EXPECT_EQ(stamp_json({"r001"}).at("removed"), json({"r002", "r003"}));
  EXPECT_EQ(applied(), "r001");
  EXPECT_EQ(stamp({"base"}).output,
            "stands at base: 0 revisions, 0 recorded, 1 forgotten; nothing was run\n");
  EXPECT_EQ(applied(), "NULL");
}

TEST_F(Stamp, ThatChangesNothingWritesNothing) {
  revision(1, "SELECT 1;");
  stamp({"head"});
  const std::string epoch = value("SELECT epoch FROM sluice.fence");
  EXPECT_EQ(stamp({"head"}).status, 0);
  EXPECT_EQ(value("SELECT epoch FROM sluice.fence"), epoch);
}

TEST_F(Stamp, TakesSeveralHeadsAndLeavesOtherLinesAlone) {
  own("root", "");
  own("a1", "root");
  own("a2", "a1");
  own("b1", "root");
  own("other", "", "-- depends-on: a1\n");
  EXPECT_EQ(stamp_json({"a2", "b1"}).at("heads"), json({"a2", "b1"}));
  EXPECT_EQ(applied(), "a1 a2 b1 root");
  stamp({"a1"});
  EXPECT_EQ(applied(), "a1 b1 root");
  stamp({"a1", "--purge"});
  EXPECT_EQ(applied(), "a1 root");
  stamp({"base"});
  // What a revision depends on is applied, too.
  stamp({"other"});
  EXPECT_EQ(applied(), "a1 other root");
}

TEST_F(Stamp, ForgetsWhatNoFileHasOnlyWhenTold) {
  revision(1, "SELECT 1;");
  revision(2, "SELECT 1;");
  sluice({"upgrade"});
  std::filesystem::remove(root_ / "revisions" / "r002.sql");
  const base::CommandResult refused = stamp({"r001"});
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.errors, HasSubstr("the database has r002, which no file has"));
  EXPECT_THAT(refused.errors, HasSubstr("--purge"));
  EXPECT_EQ(stamp({"r001", "--purge"}).status, 0);
  EXPECT_EQ(applied(), "r001");
}

TEST_F(Stamp, CountsWhatWasInterruptedAsPutRight) {
  file("half.sql",
       "-- revision: half\n-- transaction: none\n-- migrate:up\nCREATE TABLE t ();\nSELECT 1/0;\n");
  EXPECT_EQ(sluice({"upgrade"}).status, 1);
  EXPECT_NE(value("SELECT count(*) FROM sluice.statements"), "0");
  EXPECT_EQ(stamp({"half"}).status, 0);
  EXPECT_EQ(value("SELECT count(*) FROM sluice.statements"), "0");
  EXPECT_EQ(sluice({"upgrade"}).output, "nothing to do\n");
}

TEST_F(Stamp, ScriptDoesTheSameByPsql) {
  revision(1, "SELECT 'it''s \\ here';");
  revision(2, "SELECT 1;");
  const base::CommandResult printed = stamp({"r002", "--sql"});
  EXPECT_EQ(printed.status, 0);
  EXPECT_EQ(value("SELECT to_regnamespace('sluice')"), "NULL");
  for (int twice = 0; twice < 2; ++twice) {
    std::ofstream(root_ / "stamp.sql") << printed.output;
    const base::CommandResult psql =
        base::run({{"psql", "-q", "-d", url_, "-f", (root_ / "stamp.sql").string()}, {}});
    EXPECT_EQ(psql.status, 0) << psql.errors;
    EXPECT_EQ(applied(), "r001 r002");
  }
  EXPECT_EQ(sluice({"current"}).output, "r002\n");
  EXPECT_EQ(sluice({"upgrade"}).output, "nothing to do\n");
}

TEST_F(Stamp, WrongUse) {
  revision(1, "SELECT 1;");
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"nowhere"},
                                             {"head", "--from-alembic"},
                                             {"--from-alembic", "--from-goose"},
                                             {"head", "--version-table", "x"},
                                             {"head", "--sql", "--purge"}})
    EXPECT_EQ(stamp(arguments).status, 2) << testing::PrintToString(arguments);
}

TEST_F(Stamp, AdoptsAlembic) {
  own("root", "");
  own("a1", "root");
  own("b1", "root");
  own("b2", "b1");
  script(
      "CREATE SCHEMA app; CREATE TABLE app.alembic_version (version_num varchar(32));"
      "INSERT INTO app.alembic_version VALUES ('a1'), ('b1')");
  EXPECT_EQ(stamp_json({"--from-alembic", "--version-table", "app.alembic_version"}).at("heads"),
            json({"a1", "b1"}));
  EXPECT_EQ(applied(), "a1 b1 root");
  EXPECT_EQ(stamp({"--from-alembic"}).status, 1);
  script("INSERT INTO app.alembic_version VALUES ('gone')");
  const base::CommandResult refused =
      stamp({"--from-alembic", "--version-table", "app.alembic_version"});
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.errors, HasSubstr("app.alembic_version has gone, which no file has"));
}

TEST_F(Stamp, AdoptsFlyway) {
  for (const char* name : {"V1__a.sql", "V1.1__b.sql", "V2__c.sql", "V3__d.sql", "R__views.sql"})
    file(name);
  script(
      "CREATE TABLE flyway_schema_history (installed_rank int, version text, description text, "
      "type text, script text, checksum int, success boolean);"
      "INSERT INTO flyway_schema_history VALUES "
      "(0, NULL, '<< Flyway Schema Creation >>', 'SCHEMA', '', NULL, true),"
      "(1, '1.1', 'baseline', 'BASELINE', '', NULL, true),"
      "(2, '2.0', 'c', 'SQL', 'V2__c.sql', 7, true),"
      "(3, '3', 'd', 'SQL', 'V3__d.sql', 7, true),"
      "(4, '3', 'd', 'UNDO_SQL', 'U3__d.sql', 7, true),"
      "(5, NULL, 'views', 'SQL', 'R__views.sql', 7, true)");
  const json answer = stamp_json({"--from-flyway"});
  EXPECT_EQ(answer.at("heads"), json({"2"}));
  EXPECT_THAT(answer.at("remarks").dump(), HasSubstr("repeatable `views` is set aside"));
  EXPECT_EQ(applied(), "1 1.1 2");
  script("INSERT INTO flyway_schema_history VALUES (6, '3', 'd', 'SQL', '', 7, false)");
  const base::CommandResult refused = stamp({"--from-flyway"});
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.errors, HasSubstr("version 3 (d) has failed"));
}

TEST_F(Stamp, AdoptsDbmateWithItsGaps) {
  for (const char* name : {"20260101_a.sql", "20260102_b.sql", "20260103_c.sql"})
    file(name, "-- migrate:up\nSELECT 1;\n-- migrate:down\n");
  script(
      "CREATE TABLE schema_migrations (version varchar PRIMARY KEY);"
      "INSERT INTO schema_migrations VALUES ('20260101'), ('20260103')");
  EXPECT_EQ(stamp({"--from-dbmate"}).status, 0);
  EXPECT_EQ(applied(), "20260101 20260103");
  // The same name, another tool's columns.
  const base::CommandResult other = stamp({"--from-golang-migrate"});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.errors, HasSubstr("has no column dirty"));
}

TEST_F(Stamp, AdoptingAgainForgetsNothingThatWasAppliedSince) {
  for (const char* name : {"20260101_a.sql", "20260102_b.sql", "20260103_c.sql"})
    file(name, "-- migrate:up\nCREATE TABLE IF NOT EXISTS t (n int);INSERT INTO t VALUES (1);\n");
  script(
      "CREATE TABLE schema_migrations (version varchar PRIMARY KEY);"
      "CREATE TABLE t (n int);INSERT INTO t VALUES (1);"
      "INSERT INTO schema_migrations VALUES ('20260101')");
  stamp({"--from-dbmate"});
  sluice({"upgrade"});
  EXPECT_EQ(stamp({"--from-dbmate"}).output,
            "stands at 20260103: 3 revisions, 0 recorded, 0 forgotten; nothing was run\n");
  EXPECT_EQ(sluice({"upgrade"}).output, "nothing to do\n");
  EXPECT_EQ(value("SELECT count(*) FROM t"), "3");
  EXPECT_EQ(stamp_json({"--from-dbmate", "--purge"}).at("removed"), json({"20260102", "20260103"}));
}

// Else what the other tool has done would be done again.
TEST_F(Stamp, NothingRunsBeforeAnotherToolsHistoryIsTakenOver) {
  for (const char* name : {"20260101_a.sql", "20260102_b.sql"})
    file(name, "-- migrate:up\nCREATE TABLE IF NOT EXISTS t (n int);INSERT INTO t VALUES (1);\n");
  script(
      "CREATE TABLE schema_migrations (version varchar PRIMARY KEY);"
      "INSERT INTO schema_migrations VALUES ('20260101')");
  for (const char* command : {"plan", "upgrade"}) {
    const base::CommandResult refused = sluice({command});
    EXPECT_EQ(refused.status, 3);
    EXPECT_THAT(refused.errors,
                AllOf(HasSubstr("HistoryElsewhere"), HasSubstr("dbmate's table schema_migrations"),
                      HasSubstr("sluice stamp --from-dbmate")));
  }
  EXPECT_EQ(value("SELECT to_regclass('t')"), "NULL");
  EXPECT_EQ(stamp({"--from-dbmate"}).status, 0);
  EXPECT_EQ(sluice({"upgrade"}).status, 0);
  EXPECT_EQ(value("SELECT count(*) FROM t"), "1");
}

TEST_F(Stamp, BaseSaysThatNothingOfAnotherToolsHistoryIsMeant) {
  file("20260101_a.sql", "-- migrate:up\nCREATE TABLE t (n int);\n");
  script(
      "CREATE TABLE schema_migrations (version varchar PRIMARY KEY);"
      "INSERT INTO schema_migrations VALUES ('20260101')");
  EXPECT_EQ(sluice({"upgrade"}).status, 3);
  EXPECT_EQ(stamp({"base"}).status, 0);
  EXPECT_EQ(sluice({"upgrade"}).status, 0);
  EXPECT_EQ(value("SELECT to_regclass('t')"), "t");
}

TEST_F(Stamp, AnotherApplicationsHistoryIsNoneOfOurs) {
  file("20260101_a.sql", "-- migrate:up\nSELECT 1;\n");
  script(
      "CREATE TABLE schema_migrations (version varchar PRIMARY KEY);"
      "INSERT INTO schema_migrations VALUES ('20260101'), ('20190807')");
  EXPECT_EQ(sluice({"upgrade"}).status, 0);
}

TEST_F(Stamp, AdoptsGoose) {
  for (const char* name : {"00001_a.sql", "00002_b.sql", "00003_c.sql"})
    file(name, "-- +goose Up\n");
  script(
      "CREATE TABLE goose_db_version (id serial, version_id bigint, is_applied boolean);"
      "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true), "
      "(2, true), (3, true), (3, false), (2, false), (2, true)");
  EXPECT_EQ(stamp({"--from-goose"}).status, 0);
  EXPECT_EQ(applied(), "00001 00002");
}

TEST_F(Stamp, AdoptsGolangMigrate) {
  for (const char* name : {"01_a.up.sql", "02_b.up.sql", "10_c.up.sql"}) file(name);
  script(
      "CREATE TABLE schema_migrations (version bigint, dirty boolean);"
      "INSERT INTO schema_migrations VALUES (2, false)");
  EXPECT_EQ(stamp({"--from-golang-migrate"}).status, 0);
  EXPECT_EQ(applied(), "01 02");
  script("UPDATE schema_migrations SET dirty = true");
  EXPECT_EQ(stamp({"--from-golang-migrate"}).status, 3);
  script("UPDATE schema_migrations SET dirty = false, version = 9");
  EXPECT_THAT(stamp({"--from-golang-migrate"}).errors, HasSubstr("schema_migrations has 9"));
}

}  // namespace
}  // namespace sluice::engine
