// `sluice diff` on real servers: where schemas come from, what is printed, what is refused.
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/database/desired_bench.h"

namespace sluice::engine {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* kUsers = "CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL);\n";

class Diff : public DesiredBench {
 protected:
  void TearDown() override {
    EXPECT_EQ(scratch_databases(), "NULL");
    DesiredBench::TearDown();
  }

  base::CommandResult diff(const std::string& to, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"diff", "--from", url_, "--to", to};
    words.insert(words.end(), more.begin(), more.end());
    return sluice(words);
  }
  // What a wanted file is refused with; the test's database stays as it was.
  std::string refusal(const std::string& sql, int status = 1) const {
    const std::string before = dump();
    const base::CommandResult result = diff(wanted(sql));
    EXPECT_EQ(result.status, status) << result.output;
    EXPECT_EQ(result.output, "");
    EXPECT_EQ(dump(), before);
    return result.errors;
  }
};

TEST_F(Diff, PrintsSqlThatLeadsToTheWantedSchemaAndNothingMore) {
  execute(kUsers);
  execute("INSERT INTO users VALUES (1, 'a'), (2, 'b')");
  const std::string file = wanted(
      "CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL, name text DEFAULT 'x');\n"
      "CREATE INDEX users_name ON users (name);\n"
      "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users);\n"
      "CREATE VIEW names AS SELECT name FROM users;\n");
  const base::CommandResult result = diff(file);
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(psql(result.output), "");
  EXPECT_EQ(value("SELECT count(*) FROM users"), "2");
  EXPECT_EQ(diff(file).output, "-- no difference\n");
  EXPECT_THAT(result.output, AllOf(HasSubstr("BEGIN;\n"), HasSubstr("COMMIT;\n"),
                                   HasSubstr("CREATE INDEX CONCURRENTLY")));
}

TEST_F(Diff, NamesTheHazardOfAStatementAboveIt) {
  execute("CREATE TABLE users (id bigint PRIMARY KEY, mail text);");
  const base::CommandResult result = diff(wanted("CREATE TABLE users (id bigint PRIMARY KEY);"));
  EXPECT_THAT(result.output, HasSubstr("-- drop-column: "));
}

TEST_F(Diff, PrintsFactsAsJson) {
  execute(kUsers);
  const nlohmann::json facts =
      json({"diff", "--from", url_, "--to", wanted("CREATE TABLE users (id bigint PRIMARY KEY);")});
  EXPECT_EQ(status_, 0) << errors_;
  ASSERT_EQ(facts.at("differences").size(), 1U);
  EXPECT_EQ(facts.at("differences")[0].at("change"), "drop");
  EXPECT_EQ(facts.at("differences")[0].at("object").at("name"), "mail");
  const nlohmann::json& statement = facts.at("groups")[0].at("statements")[0];
  EXPECT_THAT(statement.at("sql").get<std::string>(), HasSubstr("DROP COLUMN"));
  EXPECT_EQ(statement.at("hazards")[0].at("rule"), "drop-column");
  EXPECT_EQ(statement.at("hazards")[0].at("category"), "loses-data");
  EXPECT_EQ(facts.at("leftUndone"), nlohmann::json::array());
}

TEST_F(Diff, AdditiveNamesWhatItLeavesUndone) {
  execute("CREATE TABLE users (id bigint PRIMARY KEY, mail text);");
  const nlohmann::json facts =
      json({"diff", "--additive", "--from", url_, "--to",
            wanted("CREATE TABLE users (id bigint PRIMARY KEY, name text);")});
  ASSERT_EQ(facts.at("leftUndone").size(), 1U);
  EXPECT_EQ(facts.at("leftUndone")[0].at("object").at("name"), "mail");
  EXPECT_NE(facts.at("leftUndone")[0].at("reason"), "");
}

TEST_F(Diff, ReadsADirectoryOfSqlFilesInTheOrderOfTheirPaths) {
  wanted("CREATE TABLE a (id int PRIMARY KEY);", "schema/10_tables.sql");
  wanted("CREATE TABLE b (id int PRIMARY KEY REFERENCES a);", "schema/20/more.sql");
  const nlohmann::json facts = json({"diff", "--from", url_, "--to", (root_ / "schema").string()});
  EXPECT_EQ(status_, 0) << errors_;
  EXPECT_EQ(psql(diff((root_ / "schema").string()).output), "");
  EXPECT_EQ(value("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"), "1");
}

TEST_F(Diff, NumbersBeforeNamesCountAsNumbers) {
  wanted("CREATE TABLE a (id int PRIMARY KEY);", "schema/9_a.sql");
  wanted("CREATE TABLE b (id int REFERENCES a);", "schema/10_b.sql");
  EXPECT_EQ(diff((root_ / "schema").string()).status, 0);
}

TEST_F(Diff, ReplaysADirectoryOfRevisions) {
  revision(1, kUsers);
  revision(2, "ALTER TABLE users ADD COLUMN name text;");
  by_statement(3, "CREATE INDEX CONCURRENTLY users_name ON users (name);");
  upgrade();
  EXPECT_EQ(diff((root_ / "revisions").string()).output, "-- no difference\n");
}

TEST_F(Diff, ReadsStandardInput) {
  execute(kUsers);
  const std::string file = wanted(kUsers);
  const base::CommandResult result =
      base::run({{"/bin/sh", "-c",
                  std::string(SLUICE_PROGRAM) + " diff --from '" + url_ + "' --to - < " + file},
                 {}});
  EXPECT_EQ(result.output, "-- no difference\n") << result.errors;
}

TEST_F(Diff, NothingToReadIsNotAnEmptySchema) {
  execute(kUsers);
  for (const char* nothing : {"", "\n", "-- to come\n", "/* nothing\n */ ;;\n"}) {
    const std::string errors = refusal(nothing);
    EXPECT_THAT(errors, AllOf(HasSubstr("SourceEmpty: "), HasSubstr("wanted.sql: no statement")));
    EXPECT_THAT(errors, HasSubstr("an empty database by its URL"));
  }
  const std::string file = wanted("-- later\n", "schema/a.sql");
  wanted("", "schema/b.sql");
  const std::string directory = (root_ / "schema").string();
  EXPECT_THAT(diff(directory).errors, HasSubstr("SourceEmpty: " + directory + ": no statement"));
  wanted(kUsers, "schema/b.sql");
  EXPECT_EQ(diff(directory).output, "-- no difference\n");
}

TEST_F(Diff, AProgramThatFailedBeforeItWroteAnythingDropsNothing) {
  execute(kUsers);
  revision(1, "SELECT 1;");
  const std::string program = std::string(SLUICE_PROGRAM) + " ";
  const std::string to_database = " --database-url '" + url_ + "'";
  const std::string revisions = " --dir " + (root_ / "revisions").string();
  for (const std::string& command :
       {"diff --from '" + url_ + "' --to -", "check --schema -" + revisions + to_database,
        "revision --autogenerate --schema - -m empty" + revisions + to_database,
        "sync --policy full --allow-data-loss --schema -" + to_database,
        "verify --fix-plan --schema -" + to_database}) {
    const base::CommandResult result =
        base::run({{"/bin/sh", "-c", "false | " + program + command}, {}});
    EXPECT_EQ(result.status, 1) << command;
    EXPECT_EQ(result.output, "") << command;
    EXPECT_THAT(result.errors, HasSubstr("SourceEmpty: standard input: no statement")) << command;
  }
  EXPECT_EQ(value("SELECT to_regclass('users')"), "users");
}

TEST_F(Diff, LoadsWhatPgDumpWrote) {
  execute(
      "CREATE TYPE mood AS ENUM ('calm', 'wild');\n"
      "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mood mood);\n"
      "INSERT INTO users (mood) VALUES ('calm');\n"
      "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n';\n"
      "COMMENT ON TABLE users IS 'people'; GRANT SELECT ON users TO PUBLIC;");
  // With its rows, settings and owners.
  const std::string text = base::run({{"pg_dump", "-d", url_}, {}}).output;
  const base::CommandResult result = diff(wanted(text));
  EXPECT_EQ(result.output, "-- no difference\n") << result.errors;
}

TEST_F(Diff, KeepsTheSettingsByWhichNamesAreFound) {
  execute("CREATE SCHEMA app; ALTER DATABASE " + database_ + " SET search_path = app, public");
  execute("CREATE TABLE app.users (id int)");
  EXPECT_EQ(diff(wanted("CREATE SCHEMA app; CREATE TABLE users (id int);")).output,
            "-- no difference\n");
}

TEST_F(Diff, AFileThatDoesNotLoadIsRefusedWithItsLine) {
  const std::string errors =
      refusal("CREATE TABLE a (id int);\n\nCREATE TABLE b (\n  id nosuch\n);");
  EXPECT_THAT(errors, AllOf(HasSubstr("SchemaInvalid"), HasSubstr("wanted.sql:4: "),
                            HasSubstr("type \"nosuch\" does not exist")));
}

TEST_F(Diff, ASyntaxErrorIsRefusedWithItsLine) {
  EXPECT_THAT(refusal("CREATE TABLE a (id int);\nCREATE TABEL b ();\n"),
              AllOf(HasSubstr("wanted.sql:2: "), HasSubstr("syntax error")));
}

TEST_F(Diff, ACommandOfPsqlIsRefusedWithItsLine) {
  EXPECT_THAT(refusal("CREATE TABLE a (id int);\n\\connect other\n"),
              AllOf(HasSubstr("MetaCommand"), HasSubstr("wanted.sql:2: ")));
}

TEST_F(Diff, AnExtensionThatTheServerLacksIsNamed) {
  EXPECT_THAT(refusal("CREATE TABLE a ();\nCREATE EXTENSION nosuch;"),
              AllOf(HasSubstr("ExtensionMissing"), HasSubstr("wanted.sql:2: "),
                    HasSubstr("does not have the extension nosuch")));
}

TEST_F(Diff, WhatIsAboutTheServerIsPassedOverWithAWarning) {
  const base::CommandResult result =
      diff(wanted("CREATE ROLE diff_stranger;\nALTER DATABASE " + database_ +
                  " SET work_mem = '1MB';\nCREATE TABLE a (id int);"));
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.errors, AllOf(HasSubstr("wanted.sql:1: `CREATE ROLE diff_stranger`"),
                                   HasSubstr("passed over")));
  EXPECT_EQ(value("SELECT count(*) FROM pg_roles WHERE rolname = 'diff_stranger'"), "0");
  EXPECT_EQ(value("SHOW work_mem"), "4MB");
}

TEST_F(Diff, ATransactionOfTheFilesOwnIsOne) {
  EXPECT_EQ(psql(diff(wanted("BEGIN;\nSET LOCAL search_path = pg_temp, public;\nCREATE TABLE "
                             "public.a (id int);\nCOMMIT;\nCREATE TABLE b (id int);"))
                     .output),
            "");
  EXPECT_EQ(value("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b')"), "2");
}

// Statements of a transaction go together, and what one of them spoils is done again by itself.
TEST_F(Diff, WhatIsPassedOverInATransactionOfTheFilesOwnSpoilsNothing) {
  const base::CommandResult result =
      diff(wanted("BEGIN;\nCREATE TABLE a (id int);\nALTER TABLE a OWNER TO diff_stranger;\nCREATE "
                  "TABLE b (id int);\nCOMMIT;\n"));
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(psql(result.output), "");
  EXPECT_EQ(value("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b')"), "2");
  EXPECT_THAT(refusal("BEGIN;\nCREATE TABLE c (id int);\nCREATE TABLE c (id int);\nCOMMIT;\n"),
              AllOf(HasSubstr("SchemaInvalid"), HasSubstr("wanted.sql:3: ")));
}

TEST_F(Diff, AMissingFileIsRefused) {
  const base::CommandResult result = diff((root_ / "nosuch.sql").string());
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, HasSubstr("SourceMissing"));
}

TEST_F(Diff, AHintThatNamesNothingIsRefusedWithItsPlace) {
  execute(kUsers);
  EXPECT_THAT(refusal("-- sluice:rename column users.post -> mail2\n" + std::string(kUsers)),
              AllOf(HasSubstr("RenameUnknown"), HasSubstr("wanted.sql:1: "), HasSubstr("mail2")));
  EXPECT_THAT(refusal(std::string(kUsers) + "-- sluice:rename column users.post -> mial\n"),
              HasSubstr("wanted.sql:2: "));
  EXPECT_THAT(refusal("-- sluice:rename column users.post -> name\n"
                      "CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL, name text);"),
              AllOf(HasSubstr("RenameUnknown"), HasSubstr("neither")));
}

TEST_F(Diff, AMalformedHintIsRefusedWithItsPlace) {
  for (const char* hint : {"rename", "rename table", "rename table a", "rename table a b",
                           "rename tabel a -> b", "renmae table a -> b", "rename table a -> b.c",
                           "rename column a -> b", "rename table a -> a", "rename table 'a' -> b"})
    EXPECT_THAT(refusal("SELECT 1;\n  -- sluice:" + std::string(hint) + "\n"),
                AllOf(HasSubstr("HintInvalid"), HasSubstr("wanted.sql:2: ")))
        << hint;
}

TEST_F(Diff, WithoutTheRightToCreateDatabasesAServerOfItsOwnIsStarted) {
  const std::string url = role_url("diff_guest", "", database_);
  execute("GRANT ALL ON SCHEMA public TO diff_guest");
  const std::string file = wanted(kUsers + std::string("GRANT SELECT ON users TO diff_reader;"));
  const base::CommandResult result = sluice({"diff", "--from", url, "--to", file});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("CREATE TABLE"));
}

TEST_F(Diff, OnAServerOfItsOwnNamesAreFoundAsTheTargetsRoleFindsThem) {
  const std::string url = role_url("diff_guest", "", database_);
  execute("GRANT CREATE ON DATABASE " + database_ + " TO diff_guest");
  const std::string sql = "CREATE SCHEMA diff_guest; CREATE TABLE t (id int);";
  execute("SET ROLE diff_guest; " + sql);
  ASSERT_EQ(value("SELECT to_regclass('diff_guest.t')"), "diff_guest.t");
  const base::CommandResult result = sluice({"diff", "--from", url, "--to", wanted(sql)});
  EXPECT_EQ(result.output, "-- no difference\n") << result.errors;
}

TEST_F(Diff, WithoutAnyServerItSaysWhichRightIsMissing) {
  const std::string url = role_url("diff_guest", "", database_);
  // No programs of PostgreSQL are to be found: neither in PATH nor where Debian has them.
  const base::CommandResult result = base::run(
      {{"unshare", "-m", "/bin/sh", "-c",
        "mount -t tmpfs none /usr/lib/postgresql && PATH=/nonexistent exec " +
            std::string(SLUICE_PROGRAM) + " diff --from '" + url + "' --to " + wanted(kUsers)},
       {}});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("ScratchNotAllowed"), HasSubstr("CREATEDB"),
                                   HasSubstr("--scratch-url"), HasSubstr("diff_guest"),
                                   Not(HasSubstr("hunter2"))));
}

TEST_F(Diff, ARoleThatMayCreateDatabasesNeedsNoMore) {
  const std::string url = role_url("diff_maker", "CREATEDB", database_);
  const base::CommandResult result = sluice({"diff", "--from", url, "--to", wanted(kUsers)});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(psql(result.output), "");
}

TEST_F(Diff, TheServerOfScratchUrlWins) {
  const std::string guest = role_url("diff_guest", "", "postgres");
  const base::CommandResult result = diff(wanted(kUsers), {"--scratch-url", guest});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("ScratchNotAllowed"), HasSubstr("diff_guest")));
}

TEST_F(Diff, NothingStaysOfAServerOfItsOwnHoweverItEnds) {
  namespace fs = std::filesystem;
  const auto directories = [] {
    size_t count = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::temp_directory_path()))
      count += entry.path().filename().string().starts_with("sluice-scratch-") ? 1 : 0;
    return count;
  };
  const size_t before = directories();
  for (const int signal : {0, SIGTERM, SIGINT, SIGKILL}) {
    const std::unique_ptr<runner::RunProcess> process =
        start({"diff", "--from", wanted(kUsers, "a.sql"), "--to",
               wanted("SELECT pg_sleep(" + std::string(signal == 0 ? "0" : "60") + ");", "b.sql")});
    if (signal != 0) {
      ASSERT_TRUE(runner::RunProcess::wait_until([&] { return directories() > before; }));
      ::usleep(1'500'000);
      process->signal(signal);
    }
    const int status = process->wait();
    EXPECT_EQ(status, signal == 0 ? 0 : signal == SIGKILL ? 128 + SIGKILL : 1) << process->output();
    EXPECT_TRUE(runner::RunProcess::wait_until([&] { return directories() == before; })) << signal;
  }
}

TEST_F(Diff, AScratchDatabaseIsDroppedOnSigterm) {
  const std::unique_ptr<runner::RunProcess> process =
      start({"diff", "--from", url_, "--to", wanted("SELECT pg_sleep(60);")});
  ASSERT_TRUE(runner::RunProcess::wait_until([&] { return scratch_databases() != "NULL"; }));
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(), 1);
  EXPECT_THAT(process->output(), HasSubstr("Cancelled"));
}

TEST_F(Diff, WhatAKilledRunLeftIsNamed) {
  const std::unique_ptr<runner::RunProcess> process =
      start({"diff", "--from", url_, "--to", wanted("SELECT pg_sleep(60);")});
  ASSERT_TRUE(runner::RunProcess::wait_until([&] { return scratch_databases() != "NULL"; }));
  process->signal(SIGKILL);
  process->wait();
  const std::string name = scratch_databases();
  ASSERT_TRUE(becomes("SELECT count(*) FROM pg_stat_activity WHERE datname = '" + name + "'", "0"));
  EXPECT_THAT(diff(wanted(kUsers)).errors, HasSubstr("DROP DATABASE " + name));
  execute("DROP DATABASE " + name);
}

TEST_F(Diff, IsDeterministic) {
  execute(kUsers);
  const std::string file = wanted(
      "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int REFERENCES a); CREATE VIEW v AS "
      "SELECT * FROM b; CREATE INDEX ON b (id);");
  EXPECT_EQ(diff(file).output, diff(file).output);
}

TEST_F(Diff, ARenameIsFollowedByItsHintAndKeepsTheRows) {
  execute(kUsers);
  execute("INSERT INTO users VALUES (1, 'a')");
  const std::string file = wanted(
      "-- sluice:rename table users -> people\n"
      "-- sluice:rename column people.mail -> email\n"
      "CREATE TABLE people (id bigint CONSTRAINT users_pkey PRIMARY KEY, email text NOT NULL);\n");
  const base::CommandResult result = diff(file);
  EXPECT_EQ(psql(result.output), "") << result.output << result.errors;
  EXPECT_EQ(value("SELECT email FROM people"), "a");
  // The hint may stay.
  EXPECT_EQ(diff(file).output, "-- no difference\n");
}

}  // namespace
}  // namespace sluice::engine
