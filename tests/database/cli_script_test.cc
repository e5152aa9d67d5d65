// `--sql`: what psql makes of the script is what Sluice would have made. And `repair`.
#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/database/engine_bench.h"

namespace sluice::engine {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Script : public EngineBench {
 protected:
  void SetUp() override {
    EngineBench::SetUp();
    revision(
        1,
        "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);\nCOPY t (id) FROM stdin;\n"
        "1\n2\n3\n\\.",
        "DROP TABLE t;");
    by_statement(
        2,
        "CREATE INDEX CONCURRENTLY i ON t (n);\n-- batch: t id 2 pause=0\nUPDATE t SET n = id * "
        "10 WHERE id BETWEEN $1 AND $2;\nSET search_path = public;\nALTER TABLE t ADD m text;",
        "ALTER TABLE t DROP m;\nDROP INDEX CONCURRENTLY i;");
    revision(
        3,
        "SET search_path = pg_catalog; INSERT INTO public.t VALUES (4, 40, 'it''s \\ $sluice$');",
        "DELETE FROM t WHERE id = 4;");
    file("views.sql",
         "-- repeatable: views\n-- migrate:up\nCREATE OR REPLACE VIEW v AS SELECT 1 a;\n");
  }

  base::CommandResult psql(const std::string& script) const { return psql(script, {}, {}); }
  base::CommandResult psql(const std::string& script, const std::vector<std::string>& options,
                           const std::map<std::string, std::string>& environment) const {
    std::ofstream(root_ / "script.sql") << script;
    std::vector<std::string> command{"psql", "-X", "-f", (root_ / "script.sql").string(), url_};
    command.insert(command.end() - 1, options.begin(), options.end());
    return base::run({command, environment});
  }
  std::string printed(const std::vector<std::string>& arguments) const {
    const base::CommandResult result = sluice(arguments);
    EXPECT_EQ(result.status, 0) << result.errors;
    return result.output;
  }
};

TEST_F(Script, DoesWhatARunDoesThereAndBack) {
  const base::CommandResult up = psql(printed({"upgrade", "base:head", "--sql"}));
  ASSERT_EQ(up.status, 0) << up.errors;
  EXPECT_EQ(value("SELECT string_agg(id || ':' || n, ' ' ORDER BY id) FROM t"),
            "1:10 2:20 3:30 4:40");
  EXPECT_EQ(value("SELECT m FROM t WHERE id = 4"), "it's \\ $sluice$");
  EXPECT_EQ(printed({"current"}), "r003\n");
  EXPECT_EQ(printed({"upgrade"}), "nothing to do\n");
  EXPECT_EQ(value("SELECT kind || ' ' || outcome FROM sluice.runs"), "upgrade succeeded");
  EXPECT_EQ(value("SELECT count(*) FROM sluice.statements"), "0");
  const base::CommandResult down = psql(printed({"downgrade", "base", "--sql"}));
  ASSERT_EQ(down.status, 0) << down.errors;
  EXPECT_EQ(value("SELECT to_regclass('t')"), "NULL");
  EXPECT_EQ(printed({"current"}), "");
  EXPECT_EQ(value("SELECT count(*) FROM sluice.history WHERE origin = 'user'"), "6");
}

TEST_F(Script, IsWrittenFromWhereTheDatabaseStands) {
  EXPECT_EQ(sluice({"upgrade", "r001"}).status, 0);
  const std::string script = printed({"upgrade", "--sql"});
  EXPECT_THAT(script, AllOf(HasSubstr("from r001 to r003"), Not(HasSubstr("CREATE TABLE t "))));
  EXPECT_EQ(psql(script).status, 0);
  EXPECT_EQ(printed({"current"}), "r003\n");
}

TEST_F(Script, RefusesAnotherStateThanItWasWrittenFor) {
  const std::string script = printed({"upgrade", "r001:head", "--sql"});
  const base::CommandResult result = psql(script);
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.errors,
              HasSubstr("this script is for another state: the database stands at {}"));
  EXPECT_EQ(value("SELECT count(*) FROM sluice.history WHERE origin = 'user'"), "0");
}

TEST_F(Script, LeavesWhatSluiceCanGoOnWith) {
  by_statement(2, "CREATE INDEX CONCURRENTLY i ON t (n);\nSELECT 1/0;");
  const base::CommandResult result = psql(printed({"upgrade", "base:head", "--sql"}));
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(value("SELECT string_agg(number || state, ',') FROM sluice.statements"), "1done");
  by_statement(2, "CREATE INDEX CONCURRENTLY i ON t (n);\nALTER TABLE t ADD m text;");
  const base::CommandResult rest = sluice({"upgrade"});
  EXPECT_EQ(rest.status, 0) << rest.errors;
  EXPECT_THAT(rest.errors, HasSubstr("r002: statement 1 of 2 took effect in an earlier run"));
}

TEST_F(Script, BatchesThatCommittedAreNotDoneAgain) {
  by_statement(2,
               "-- batch: t id 1 pause=0\nUPDATE t SET n = n + 1 + 0 / (id - CASE WHEN to_regclass("
               "'ready') IS NULL THEN 3 ELSE 0 END) WHERE id BETWEEN $1 AND $2;");
  revision(3, "SELECT 1;");
  EXPECT_EQ(psql(printed({"upgrade", "base:head", "--sql"})).status, 3);
  EXPECT_EQ(value("SELECT string_agg(n::text, '' ORDER BY id) FROM t"), "110");
  postgres::Session(options()).execute("CREATE TABLE ready ()");
  const base::CommandResult rest = sluice({"upgrade"});
  EXPECT_EQ(rest.status, 0) << rest.errors;
  EXPECT_EQ(value("SELECT string_agg(n::text, '' ORDER BY id) FROM t"), "111");
}

TEST_F(Script, ThatCannotBeWrittenIsAFailure) {
  const base::CommandResult result =
      base::run({{"/bin/sh", "-c",
                  std::string(SLUICE_PROGRAM) + " upgrade base:head --sql --dir " +
                      (root_ / "revisions").string() + " > /dev/full"},
                 {}});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, HasSubstr("WriteFailed"));
}

TEST_F(Script, DowngradeAloneIsOneRevision) {
  EXPECT_EQ(sluice({"upgrade"}).status, 0);
  EXPECT_EQ(sluice({"downgrade"}).status, 0);
  EXPECT_EQ(printed({"current"}), "r002\n");
}

TEST_F(Script, RefusesTheKeysThatARunRefuses) {
  revision(
      1,
      "CREATE TABLE u (id int UNIQUE, k int NOT NULL, b int);\n"
      "INSERT INTO u SELECT g, g FROM generate_series(1, 5) g;\nINSERT INTO u VALUES (NULL, 6);");
  revision(3, "SELECT 1;");
  EXPECT_EQ(sluice({"upgrade", "r001"}).status, 0);
  const std::map<std::string, std::string> refused{
      {"id", "column `u`.`id` may be null, and rows without a key belong to no range"},
      {"k", "column `u`.`k` leads no index, so that each range would read the whole table"},
      {"x", "there is no column `u`.`x` to batch by"}};
  for (const auto& [key, message] : refused) {
    by_statement(2, "-- batch: u " + key + " 2 pause=0\nUPDATE u SET b = 1 WHERE " + key +
                        " BETWEEN $1 AND $2;");
    const base::CommandResult result = psql(printed({"upgrade", "--sql"}));
    EXPECT_EQ(result.status, 3);
    EXPECT_THAT(result.errors, HasSubstr("r002.sql:6: " + message));
    EXPECT_THAT(sluice({"upgrade"}).errors, HasSubstr("r002.sql:6: " + message));
    EXPECT_EQ(printed({"current"}), "r001\n");
  }
}

TEST_F(Script, BatchesTakeNoColumnForAVariable) {
  revision(1,
           "CREATE TABLE u (id int PRIMARY KEY, b int, sluice_first int, sluice_last int, "
           "sluice_done int, sluice_end int, sluice_key int);\n"
           "INSERT INTO u SELECT g FROM generate_series(1, 5) g;\n"
           "CREATE TABLE x (\"End\" int PRIMARY KEY, b int);\n"
           "INSERT INTO x SELECT g FROM generate_series(1, 5) g;\n"
           "CREATE TABLE w (\"end\" int PRIMARY KEY, b int);\n"
           "INSERT INTO w SELECT g FROM generate_series(1, 5) g;");
  by_statement(
      2,
      "-- batch: u ID 2 pause=0\nUPDATE u SET b = 1 WHERE id BETWEEN $1 AND $2;\n"
      "-- batch: x \"End\" 2 pause=0\nUPDATE x SET b = 1 WHERE \"End\" BETWEEN $1 AND $2;\n"
      "-- batch: w end 2 pause=0\nUPDATE w SET b = 1 WHERE \"end\" BETWEEN $1 AND $2;");
  revision(3, "SELECT 1;");
  const base::CommandResult result = psql(printed({"upgrade", "base:head", "--sql"}));
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(value("SELECT (SELECT count(b) FROM u) || ' ' || (SELECT count(b) FROM x) || ' ' || "
                  "(SELECT count(b) FROM w)"),
            "5 5 5");
}

TEST_F(Script, IsUtf8WhateverTheEnvironmentAndTheRevisionsSay) {
  by_statement(2,
               "ALTER TABLE t ADD m text;\nSET client_encoding = 'LATIN1';\n"
               "INSERT INTO t VALUES (4, 40, 'é');");
  revision(3,
           "INSERT INTO t VALUES (5, 50, 'é');\nSET NAMES 'LATIN1';\n"
           "INSERT INTO t VALUES (6, 60, 'é');\nRESET ALL;\nINSERT INTO t VALUES (7, 70, 'é');\n"
           "SELECT set_config('client_encoding', 'LATIN1', false);\n"
           "INSERT INTO t VALUES (8, 80, 'é');\n"
           "DO $$ BEGIN EXECUTE 'SET client_' || 'encoding = LATIN1'; END $$;");
  const base::CommandResult result =
      psql(printed({"upgrade", "base:head", "--sql"}), {}, {{"PGCLIENTENCODING", "LATIN1"}});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(value("SELECT string_agg(m, '' ORDER BY id) FROM t"), "ééééé");
  EXPECT_EQ(value("SELECT string_agg(id, ' ' ORDER BY id) FROM sluice.revisions WHERE body LIKE "
                  "'%''é''%'"),
            "r002 r003");
  EXPECT_EQ(printed({"upgrade"}), "nothing to do\n");
}

TEST_F(Script, PsqlPutsNoVariablesIntoStatements) {
  by_statement(2,
               "CREATE TABLE q (port int, missing int, a int[], r text);\n"
               "INSERT INTO q VALUES (2, 3, ARRAY[1, 2, 3, 4]);\n"
               "CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'SELECT $1';");
  revision(
      3,
      "UPDATE q SET r = concat_ws(' ', (a)[1:PORT], a[port:missing], a[:\"port\"], a[1:'2'],\n"
      "  a[1 /* :PORT */ :port], ':PORT', $$:'PORT'$$, E'\\':PORT', PORT::text, f(x := port));\n"
      "DO $$ DECLARE port int := 2; BEGIN UPDATE q SET r = r || ' ' || (a[1:PORT])::text;\n"
      "EXCEPTION WHEN ambiguous_column THEN UPDATE q SET r = r || ' :PORT'; END $$;");
  const base::CommandResult result =
      psql(printed({"upgrade", "base:head", "--sql"}) +
               "\\echo [:missing] [:sluice_missing] [:sluice_record_applied]\n",
           {"-v", "port=1", "-v", "2=1"}, {});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(value("SELECT r FROM q"),
            "{1,2} {2,3} {1,2} {1,2} {1,2} :PORT :'PORT' ':PORT 2 2 :PORT");
  EXPECT_EQ(result.output, "[:missing] [:sluice_missing] [:sluice_record_applied]\n");
}

TEST_F(Script, IsNoJson) {
  for (const std::string command : {"upgrade", "downgrade", "stamp"}) {
    const base::CommandResult result = sluice({command, "base", "--sql", "--output", "json"});
    EXPECT_EQ(result.status, 2) << command;
    EXPECT_THAT(result.output + result.errors, HasSubstr("UsageInvalid")) << command;
  }
}

TEST_F(Script, OfARangeTheWrongWayRoundIsAnError) {
  const std::vector<std::vector<std::string>> wrong{{"upgrade", "head:base", "older"},
                                                    {"upgrade", "r002:r001", "older"},
                                                    {"downgrade", "base:head", "newer"},
                                                    {"downgrade", "r001:r002", "newer"}};
  for (const std::vector<std::string>& words : wrong) {
    const base::CommandResult result = sluice({words[0], words[1], "--sql"});
    EXPECT_EQ(result.status, sluice({"history", "-r", "head:base"}).status) << words[1];
    EXPECT_THAT(result.errors, AllOf(HasSubstr("RangeInvalid: `" + words[1] + "`: "),
                                     HasSubstr("write the " + words[2] + " revision first")));
    EXPECT_EQ(result.output, "");
  }
  for (const std::string range : {"base:base", "r002:r002"})
    EXPECT_EQ(printed({"downgrade", range, "--sql"}), "-- nothing to do\n");
  for (const std::string range : {"base:base", "r002:r002"})
    EXPECT_THAT(printed({"upgrade", range, "--sql"}), Not(HasSubstr("r00")));
  EXPECT_THAT(printed({"upgrade", "base:+1", "--sql"}), HasSubstr("from base to r001"));
  EXPECT_THAT(printed({"downgrade", "head:-1", "--sql"}), HasSubstr("from r003 to r002"));
}

class Repair : public EngineBench {};

TEST_F(Repair, ShowsTheDeltaAndAcceptsItWhenTold) {
  revision(1, "CREATE TABLE t (a int);\nSELECT 1;");
  sluice({"upgrade"});
  EXPECT_EQ(sluice({"repair"}).output, "the ledger and the files agree\n");
  revision(1, "CREATE TABLE t (a bigint);\nSELECT 1;");
  EXPECT_EQ(sluice({"upgrade"}).status, 3);
  const base::CommandResult asked = sluice({"repair"});
  EXPECT_EQ(asked.status, 4);
  EXPECT_THAT(asked.output,
              AllOf(HasSubstr("r001.sql: revision r001, applied at "),
                    HasSubstr("-CREATE TABLE t (a int);\n+CREATE TABLE t (a bigint);\n"
                              " SELECT 1;\n")));
  EXPECT_EQ(sluice({"upgrade"}).status, 3);
  EXPECT_EQ(sluice({"repair", "--yes"}).status, 0);
  EXPECT_EQ(sluice({"upgrade"}).output, "nothing to do\n");
  EXPECT_EQ(value("SELECT string_agg(direction, ',' ORDER BY position) FROM sluice.history WHERE "
                  "origin = 'user'"),
            "up,repair");
}

TEST_F(Repair, ForgetsAnInterruptedRun) {
  revision(1, "CREATE TABLE t (a int);");
  by_statement(2, "ALTER TABLE t ADD b int;\nSELECT 1/0;");
  sluice({"upgrade"});
  EXPECT_EQ(sluice({"downgrade"}).status, 3);
  EXPECT_EQ(sluice({"repair", "--abandon", "r001"}).status, 2);
  EXPECT_EQ(sluice({"repair", "--abandon", "r002"}).status, 0);
  EXPECT_EQ(sluice({"downgrade"}).status, 0);
}

}  // namespace
}  // namespace sluice::engine
