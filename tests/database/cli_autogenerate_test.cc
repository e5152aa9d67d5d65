// `sluice revision --autogenerate` and `sluice baseline`: revisions from schemas.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/database/desired_bench.h"

namespace sluice::engine {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Autogenerate : public DesiredBench {
 protected:
  base::CommandResult autogenerate(const std::string& sql,
                                   std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"revision",  "--autogenerate", "-m",
                                   "as wanted", "--schema",       wanted(sql)};
    words.insert(words.end(), more.begin(), more.end());
    return sluice(words);
  }
  // Of all revision files that are not r00N.sql, in the order of the graph.
  std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    const revisions::Graph all = graph();
    for (const revisions::Revision& revision : all.revisions())
      if (!revision.id.starts_with("r00")) texts.push_back(revision.text);
    return texts;
  }
  void replace_written(const std::string& text) const {
    const revisions::Graph all = graph();
    file(all.at(*all.find(all.heads().front())).file, text);
  }
  bool leads_to(const std::string& sql) const {
    return sluice({"check", "--schema", wanted(sql, "check.sql")}).status == 0;
  }
};

TEST_F(Autogenerate, WritesUpAndDown) {
  revision(1, "CREATE TABLE users (id bigint PRIMARY KEY);", "DROP TABLE users;");
  const std::string sql =
      "CREATE TABLE users (id bigint PRIMARY KEY, mail text);\nCREATE VIEW v AS SELECT mail FROM "
      "users;\nCREATE TYPE mood AS ENUM ('calm');";
  const base::CommandResult result = autogenerate(sql);
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("add     column mail"), HasSubstr("Generated ")));
  ASSERT_EQ(texts().size(), 1U);
  EXPECT_THAT(texts()[0], AllOf(HasSubstr("-- revises: r001"), HasSubstr("-- message: as wanted")));
  EXPECT_TRUE(leads_to(sql));
  upgrade();
  const std::string after = dump();
  EXPECT_EQ(sluice({"downgrade", "r001"}).status, 0);
  EXPECT_EQ(value("SELECT to_regclass('v') IS NULL"), "t");
  EXPECT_EQ(sluice({"verify"}).status, 0);
  upgrade();
  EXPECT_EQ(dump(), after);
}

TEST_F(Autogenerate, LeavesBodiesUncheckedOnceEachWay) {
  const auto count = [](const std::string& text) {
    size_t times = 0;
    for (size_t at = 0; (at = text.find("check_function_bodies", at)) != std::string::npos; ++at)
      ++times;
    return times;
  };
  const auto with = [](const std::string& body) {
    return "CREATE TABLE t (id int); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS '" + body +
           "';";
  };
  revision(1, with("SELECT count(*) FROM t"));
  EXPECT_EQ(autogenerate(with("SELECT count(id) FROM t")).status, 0);
  ASSERT_EQ(texts().size(), 1U);
  const size_t down = texts()[0].find("-- migrate:down");
  EXPECT_EQ(count(texts()[0].substr(0, down)), 1U) << texts()[0];
  EXPECT_EQ(count(texts()[0].substr(down)), 1U) << texts()[0];
  // Outside of a transaction, too, where LOCAL would mean nothing.
  const std::string more =
      with("SELECT count(id) FROM t WHERE id > 1") + "CREATE INDEX i ON t (id);";
  EXPECT_EQ(autogenerate(more).status, 0);
  EXPECT_TRUE(leads_to(more));
  upgrade();
  EXPECT_EQ(sluice({"verify", "--schema", wanted(more)}).status, 0);
}

TEST_F(Autogenerate, AnEmptyDifferenceWritesNothingAndSaysSo) {
  revision(1, "CREATE TABLE users (id bigint PRIMARY KEY);");
  const base::CommandResult result = autogenerate("CREATE TABLE users (id bigint PRIMARY KEY);");
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("no difference"));
  EXPECT_TRUE(texts().empty());
}

TEST_F(Autogenerate, BeginsADirectory) {
  const std::string sql = "CREATE TABLE users (id bigint PRIMARY KEY);";
  EXPECT_EQ(autogenerate(sql).status, 0);
  EXPECT_TRUE(leads_to(sql));
}

TEST_F(Autogenerate, WhatRunsOutsideATransactionHasAFileOfItsOwn) {
  revision(1, "CREATE TABLE users (id bigint PRIMARY KEY, mail text);");
  const std::string sql =
      "CREATE TABLE users (id bigint PRIMARY KEY, mail text, a int, b int CHECK (b > 0));\n"
      "CREATE INDEX users_mail ON users (mail);\nCREATE INDEX users_id ON users (id, mail);";
  const base::CommandResult result = autogenerate(sql);
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.errors, HasSubstr("not all of it can run in one transaction"));
  ASSERT_EQ(texts().size(), 2U);
  EXPECT_THAT(texts()[0], Not(HasSubstr("-- transaction: none")));
  EXPECT_THAT(texts()[1], AllOf(HasSubstr("-- transaction: none"), HasSubstr("part 2 of 2"),
                                HasSubstr("CREATE INDEX CONCURRENTLY")));
  EXPECT_TRUE(leads_to(sql));
  upgrade();
  EXPECT_EQ(sluice({"verify", "--schema", wanted(sql)}).status, 0);
  EXPECT_EQ(sluice({"downgrade", "r001"}).status, 0) << sluice({"downgrade", "r001"}).errors;
  EXPECT_EQ(sluice({"verify"}).status, 0);
}

TEST_F(Autogenerate, ATypeThatRefusesWhatDoesNotFitCutsNothingAndGoesBack) {
  const std::string mood = "CREATE TYPE mood AS ENUM ('calm', 'furious'); ";
  revision(1, mood + "CREATE TABLE t (a text, b text, c mood, d text[], e bigint);");
  const base::CommandResult result = autogenerate(
      mood + "CREATE TABLE t (a varchar(5), b mood, c varchar(5), d varchar(5)[], e int);");
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(result.errors, "");
  ASSERT_EQ(texts().size(), 1U);
  EXPECT_THAT(texts()[0], AllOf(Not(HasSubstr("irreversible")), HasSubstr("makes it fail")));
  EXPECT_EQ(sluice({"upgrade", "r001"}).status, 0);
  for (const char* row : {"('longer')", "('', 'wild')", "('', 'calm', 'furious')",
                          "('', 'calm', 'calm', '{longer}')", "('', 'calm', 'calm', '{}', 1e12)"}) {
    execute("INSERT INTO t VALUES " + std::string(row));
    EXPECT_NE(sluice({"upgrade"}).status, 0) << row;
    EXPECT_EQ(value("SELECT count(*) FROM t"), "1");
    execute("DELETE FROM t");
  }
  execute("INSERT INTO t VALUES ('short', 'calm', 'calm', '{short}', 7)");
  const std::string before = value("SELECT t::text FROM t");
  const std::string schema = dump();
  upgrade();
  EXPECT_EQ(value("SELECT t::text FROM t"), before);
  EXPECT_EQ(sluice({"downgrade", "r001"}).status, 0);
  EXPECT_EQ(value("SELECT t::text FROM t"), before);
  EXPECT_EQ(dump(), schema);
}

TEST_F(Autogenerate, WhatCannotBeUndoneRefuses) {
  revision(1, "CREATE TABLE users (id bigint PRIMARY KEY, mail text);");
  const base::CommandResult result = autogenerate("CREATE TABLE users (id bigint PRIMARY KEY);");
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.errors, HasSubstr("its way down refuses to run"));
  ASSERT_EQ(texts().size(), 1U);
  EXPECT_THAT(texts()[0], AllOf(HasSubstr("-- sluice:irreversible "), HasSubstr("ADD COLUMN")));
  upgrade();
  const base::CommandResult down = sluice({"downgrade"});
  EXPECT_EQ(down.status, 3);
  EXPECT_THAT(down.errors, HasSubstr("cannot be undone"));
  // As the error says: without the line, and taken over.
  std::string accepted = texts()[0];
  const size_t line = accepted.find("-- sluice:irreversible");
  accepted.erase(line, accepted.find('\n', line) - line + 1);
  replace_written(accepted);
  EXPECT_EQ(sluice({"repair", "--yes"}).status, 0);
  EXPECT_EQ(sluice({"downgrade"}).status, 0) << sluice({"downgrade"}).errors;
}

TEST_F(Autogenerate, NeedsASchemaAndTheFlag) {
  EXPECT_EQ(sluice({"revision", "--autogenerate", "-m", "x"}).status, 2);
  EXPECT_EQ(sluice({"revision", "--schema", wanted("SELECT 1;"), "-m", "x"}).status, 2);
}

TEST_F(Autogenerate, SaysWhatItWroteAsJson) {
  const nlohmann::json facts =
      json({"revision", "--autogenerate", "--schema", wanted("CREATE TABLE a (id int);")});
  EXPECT_EQ(status_, 0) << errors_;
  ASSERT_EQ(facts.at("revisions").size(), 1U);
  EXPECT_TRUE(fs::exists(facts.at("revisions")[0].at("file").get<std::string>()));
  EXPECT_EQ(facts.at("differences")[0].at("identity"), "table public.a");
}

class Baseline : public Autogenerate {};

TEST_F(Baseline, WritesTheFirstRevisionAndStampsIt) {
  execute(
      "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('calm', 'wild');\n"
      "CREATE TABLE app.users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mood app.mood, "
      "mail text NOT NULL DEFAULT '', UNIQUE (mail));\n"
      "CREATE TABLE orders (id serial PRIMARY KEY, user_id bigint REFERENCES app.users);\n"
      "CREATE INDEX ON orders (user_id);\n"
      "CREATE VIEW v AS SELECT * FROM orders JOIN app.users USING (id);\n"
      "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM orders';\n"
      "COMMENT ON TABLE orders IS 'sold'; INSERT INTO orders DEFAULT VALUES;");
  const std::string before = dump();
  const base::CommandResult result = sluice({"baseline"});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("Generated "), HasSubstr("Stamped ")));
  EXPECT_EQ(dump(), before);
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "1");
  EXPECT_EQ(sluice({"verify"}).status, 0) << sluice({"verify"}).output;
  EXPECT_EQ(sluice({"upgrade"}).output, "nothing to do\n");
}

TEST_F(Baseline, LeavesOutTheHistoryOfAnotherTool) {
  execute(
      "CREATE TABLE t (id int); CREATE TABLE alembic_version (version_num varchar PRIMARY KEY)");
  const base::CommandResult result = sluice({"baseline"});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.errors, HasSubstr("table public.alembic_version is another tool's history"));
  EXPECT_EQ(sluice({"verify"}).status, 0) << sluice({"verify"}).output;
  const base::CommandResult exported =
      base::run({{SLUICE_PROGRAM, "export"}, {{"DATABASE_URL", url_}}});
  EXPECT_EQ(sluice({"check", "--schema", wanted(exported.output)}).status, 0);
  EXPECT_EQ(value("SELECT to_regclass('alembic_version')"), "alembic_version");
}

TEST_F(Autogenerate, OfAWantedHistoryGoesBothWays) {
  const std::string sql = "CREATE TABLE schema_migrations (version text PRIMARY KEY);";
  revision(1, "CREATE TABLE t (id int);", "DROP TABLE t;");
  EXPECT_EQ(autogenerate("CREATE TABLE t (id int);" + sql).status, 0);
  for (int times = 0; times < 2; ++times) {
    EXPECT_EQ(sluice({"upgrade"}).status, 0);
    EXPECT_EQ(value("SELECT to_regclass('schema_migrations')"), "schema_migrations");
    EXPECT_EQ(sluice({"downgrade", "-1"}).status, 0);
    EXPECT_EQ(value("SELECT to_regclass('schema_migrations')"), "NULL");
  }
}

TEST_F(Autogenerate, LeavesAHistoryThatNobodyWantsOnEitherWay) {
  revision(1, "CREATE TABLE schema_migrations (version text PRIMARY KEY);",
           "DROP TABLE schema_migrations;");
  EXPECT_EQ(autogenerate("CREATE TABLE t (id int);").status, 0);
  for (const char* to : {"head", "-1", "head", "base"}) {
    const base::CommandResult result =
        sluice({std::string(to) == "head" ? "upgrade" : "downgrade", to});
    EXPECT_EQ(result.status, 0) << result.errors;
  }
}

TEST_F(Baseline, IsRefusedWhereThereAreRevisions) {
  revision(1, "SELECT 1;");
  const base::CommandResult result = sluice({"baseline"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.errors, HasSubstr("RevisionsExist"));
  EXPECT_EQ(value("SELECT to_regnamespace('sluice') IS NULL"), "t");
}

TEST_F(Baseline, IsRefusedForADatabaseWithRevisions) {
  revision(1, "SELECT 1;");
  upgrade();
  fs::remove(root_ / "revisions" / "r001.sql");
  const base::CommandResult result = sluice({"baseline"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.errors, HasSubstr("RevisionsExist"));
}

TEST_F(Autogenerate, ARenameGoesBothWays) {
  revision(1, "CREATE TABLE users (id bigint PRIMARY KEY, mail text);", "DROP TABLE users;");
  const std::string sql =
      "-- sluice:rename column users.mail -> email\n"
      "CREATE TABLE users (id bigint PRIMARY KEY, email text);";
  EXPECT_EQ(autogenerate(sql).status, 0);
  upgrade();
  execute("INSERT INTO users VALUES (1, 'a')");
  EXPECT_EQ(sluice({"downgrade"}).status, 0);
  EXPECT_EQ(value("SELECT mail FROM users"), "a");
}

}  // namespace
}  // namespace sluice::engine
