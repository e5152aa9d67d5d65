// `sluice import`: a real Alembic project, a real Flask-Migrate one, and the tools of SQL files.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "base/file.h"
#include "revisions/load.h"
#include "tests/database/engine_bench.h"

namespace sluice::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

// Debian's, which has Debian's modules; another may stand before it in PATH.
constexpr const char* kPython = "/usr/bin/python3";

class Import : public EngineBench {
 protected:
  void SetUp() override {
    EngineBench::SetUp();
    project_ = root_ / "project";
    out_ = root_ / "revisions";
  }

  void copy(const std::string& fixture) const {
    fs::copy("tests/database/" + fixture, project_, fs::copy_options::recursive);
  }
  void version(const std::string& id, const std::string& revises, const std::string& body) const {
    std::ofstream(project_ / "alembic" / "versions" / (id + ".py"))
        << "\"\"\"" << id << "\"\"\"\nimport sqlalchemy as sa\nfrom alembic import op\nrevision = '"
        << id << "'\ndown_revision = '" << revises << "'\n"
        << body;
  }
  base::CommandResult import(const std::string& tool, const fs::path& directory,
                             std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"import", tool, directory, "--out", out_};
    if (tool == "alembic") arguments.insert(arguments.end(), {"--python", kPython});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return sluice(arguments);
  }
  void alembic(const std::vector<std::string>& arguments, const std::string& url) const {
    std::vector<std::string> argv{kPython, "-m", "alembic", "-c", project_ / "alembic.ini",
                                  "-x",    "y"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    // Alembic takes its directories from where it runs.
    std::vector<std::string> shell{"sh", "-c", "cd \"$0\" && exec \"$@\"", project_};
    shell.insert(shell.end(), argv.begin(), argv.end());
    const base::CommandResult result = base::run({shell, {{"DATABASE_URL", url}}});
    ASSERT_EQ(result.status, 0) << result.output << result.errors;
  }
  std::string other_database() const {
    const std::string name = database_ + "_alembic";
    postgres::Session(options()).execute("CREATE DATABASE " + name);
    std::string url = url_;
    return url.replace(url.find(database_), database_.size(), name);
  }
  static std::string dump(const std::string& url) {
    const base::CommandResult result =
        base::run({{"pg_dump", "-s", "-N", "sluice", "-T", "alembic_version", "-d", url}, {}});
    EXPECT_EQ(result.status, 0) << result.errors;
    // pg_dump draws the word of these two lines anew each time.
    return std::regex_replace(result.output, std::regex("\\\\(un)?restrict .*"), "");
  }

  fs::path project_, out_;
};

TEST_F(Import, AnAlembicProjectMakesTheSameSchemaUpAndDown) {
  copy("alembic");
  const base::CommandResult imported = import("alembic", project_);
  ASSERT_EQ(imported.status, 0) << imported.errors;
  EXPECT_EQ(imported.output, "5 revisions written to " + out_.string() + "\n");
  const std::string theirs = other_database();
  const std::string empty = dump(url_);
  alembic({"upgrade", "heads"}, theirs);
  const base::CommandResult upgraded = sluice({"upgrade", "heads"});
  ASSERT_EQ(upgraded.status, 0) << upgraded.errors;
  EXPECT_EQ(dump(url_), dump(theirs));
  EXPECT_NE(dump(url_), empty);
  EXPECT_EQ(value("SELECT string_agg(name, ', ' ORDER BY id) FROM moods"), "glad, it's fine, 100%");
  EXPECT_EQ(value("SELECT half(7)"), "3");
  EXPECT_EQ(value("SELECT to_regclass('alembic_version')"), "NULL");
  const base::CommandResult down = sluice({"downgrade", "base"});
  ASSERT_EQ(down.status, 0) << down.errors;
  EXPECT_EQ(dump(url_), empty);
}

TEST_F(Import, KeepsWhatAlembicKnowsOfARevision) {
  copy("alembic");
  ASSERT_EQ(import("alembic", project_).status, 0);
  const revisions::Graph graph(revisions::load_directories({out_}));
  const auto at = [&](const char* id) { return graph.at(*graph.find(id)); };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(at("4d5e6f708192").revises, (Ids{"2b3c4d5e6f70", "3c4d5e6f7081"}));
  EXPECT_EQ(at("2b3c4d5e6f70").branch_labels, Ids{"ordering"});
  EXPECT_EQ(at("5e6f708192a3").depends_on, Ids{"ordering"});
  EXPECT_EQ(at("1a2b3c4d5e6f").message, "users and their moods");
  EXPECT_EQ(at("1a2b3c4d5e6f").created, "2024-03-01T10:20:30");
  EXPECT_EQ(at("1a2b3c4d5e6f").file, "1a2b3c4d5e6f_users_and_their_moods.sql");
  EXPECT_TRUE(at("1a2b3c4d5e6f").transactional);
  // The index is built outside of a transaction, and no BEGIN or COMMIT is left of Alembic's.
  EXPECT_FALSE(at("3c4d5e6f7081").transactional);
  EXPECT_EQ(at("3c4d5e6f7081").up.sql.find("COMMIT"), std::string::npos);
  EXPECT_EQ(at("4d5e6f708192").up.sql, "");
}

TEST_F(Import, TheScriptDirectoryItselfWillDo) {
  copy("alembic");
  EXPECT_EQ(import("alembic", project_ / "alembic").status, 0);
}

TEST_F(Import, AnAlembicDatabaseIsAdopted) {
  copy("alembic");
  alembic({"upgrade", "3c4d5e6f7081"}, url_);
  ASSERT_EQ(import("alembic", project_).status, 0);
  EXPECT_EQ(sluice({"stamp", "--from-alembic", "--dir", out_}).output,
            "stands at 3c4d5e6f7081: 2 revisions, 2 recorded, 0 forgotten; nothing was run\n");
  EXPECT_EQ(sluice({"upgrade", "heads"}).status, 0);
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "0");
}

TEST_F(Import, ANotImplementedDowngradeIsNone) {
  copy("alembic");
  version("66", "4d5e6f708192",
          "def upgrade(): pass\ndef downgrade(): raise NotImplementedError()\n");
  const base::CommandResult imported = import("alembic", project_);
  EXPECT_EQ(imported.status, 0);
  EXPECT_THAT(imported.errors, HasSubstr("versions/66.py: revision 66 has no way down"));
  EXPECT_FALSE(revisions::load_directories({out_}).at(5).down.has_value());
}

TEST_F(Import, WhatAlembicsOfflineModeAltersIsSaid) {
  copy("alembic");
  version("66", "4d5e6f708192",
          "def upgrade(): op.execute('SELECT 1\\t+ 1')\ndef downgrade(): pass\n");
  EXPECT_THAT(import("alembic", project_).errors,
              HasSubstr("warning: versions/66.py: it has tabs"));
}

TEST_F(Import, ARevisionThatAsksTheDatabaseIsNamed) {
  copy("alembic");
  version("66", "4d5e6f708192",
          "def upgrade():\n    rows = op.get_bind().execute(sa.text('SELECT 1')).fetchall()\n"
          "def downgrade(): pass\n");
  version("77", "66", "def upgrade(): op.execute('CREATE TABLE t77 ()')\ndef downgrade(): pass\n");
  const base::CommandResult refused = import("alembic", project_);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("ImportNeedsConnection: versions/66.py:7: upgrade() of "
                                        "revision 66 cannot be written as SQL: "));
  EXPECT_TRUE(fs::is_empty(out_));
  const base::CommandResult rest =
      import("alembic", project_, {"--keep-going", "--output", "json"});
  EXPECT_EQ(rest.status, 1);
  EXPECT_EQ(json::parse(rest.output).at("failed"), json({"66"}));
  // It is never passed over in silence.
  const base::CommandResult upgraded = sluice({"upgrade", "77"});
  EXPECT_EQ(upgraded.status, 1);
  EXPECT_THAT(upgraded.errors, HasSubstr("revision 66 was not converted"));
  EXPECT_EQ(sluice({"stamp", "66", "--dir", out_}).status, 0);
  EXPECT_EQ(sluice({"upgrade", "77"}).status, 0);
  EXPECT_EQ(value("SELECT to_regclass('t77')"), "t77");
}

TEST_F(Import, OnlyWhatAsksTheDatabaseIsSaidToNeedOne) {
  copy("alembic");
  const std::string bind = "op.get_bind()";
  const std::pair<std::string, std::string> cases[] = {
      {bind + ".scalar(sa.text('SELECT 1'))", "ImportNeedsConnection"},
      {"sa.inspect(" + bind + ").get_table_names()", "ImportNeedsConnection"},
      {"list(" + bind + ".execute(sa.text('SELECT 1')))", "ImportNeedsConnection"},
      {"sa.Table('t', sa.MetaData(), autoload_with=" + bind + ")", "ImportNeedsConnection"},
      {"op.drop_constraint(None, 'users', type_='unique')", "ImportFailed"},
      {"op.bulk_insert(sa.table('t', sa.column('a')), [{'a': 1}])", "ImportFailed"},
      {"op.get_bind().execute(sa.text('INSERT INTO t VALUES (:a)'), {'a': 1})", "ImportFailed"},
      {"no_such_name", "ImportFailed"}};
  for (const auto& [body, reason] : cases)
    for (const bool up : {true, false}) {
      version("66", "4d5e6f708192",
              "def upgrade(): " + (up ? body : "pass") +
                  "\ndef downgrade(): " + (up ? "pass" : body) + "\n");
      const base::CommandResult refused = import("alembic", project_);
      EXPECT_EQ(refused.status, 1) << body;
      EXPECT_THAT(refused.errors, HasSubstr("error: " + reason + ": versions/66.py:")) << body;
    }
  version("66", "4d5e6f708192",
          "def upgrade(): op.drop_constraint(None, 'users', type_='unique')\n"
          "def downgrade(): pass\n");
  EXPECT_THAT(import("alembic", project_).errors,
              HasSubstr("versions/66.py:6: upgrade() of revision 66 cannot be written as SQL: "
                        "sqlalchemy.exc.CompileError: Can't emit DROP CONSTRAINT"));
}

TEST_F(Import, ADirectoryThatIsMissingIsNamedWhateverThePythonHas) {
  for (const char* python : {kPython, "no-such-python"})
    EXPECT_THAT(
        sluice({"import", "alembic", root_ / "nosuch", "--out", out_, "--python", python}).errors,
        HasSubstr("SourceMissing: " + (root_ / "nosuch").string() + ": "));
  // Before the module is missed.
  std::ofstream(root_ / "alembic.py") << "raise ImportError()\n";
  EXPECT_THAT(
      base::run({{SLUICE_PROGRAM, "import", "alembic", root_, "--out", out_, "--python", kPython},
                 {{"PYTHONPATH", root_}}})
          .errors,
      HasSubstr("there is no alembic.ini"));
}

TEST_F(Import, WhatAlembicSaysIsShown) {
  copy("alembic");
  std::ofstream(project_ / "alembic" / "env.py") << "raise RuntimeError('no settings here')\n";
  const base::CommandResult refused = import("alembic", project_);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("RuntimeError: no settings here"));
  EXPECT_THAT(import("alembic", root_).errors, HasSubstr("there is no alembic.ini"));
  EXPECT_THAT(
      sluice({"import", "alembic", project_, "--out", out_, "--python", "no-such-python"}).errors,
      HasSubstr("no-such-python"));
}

TEST_F(Import, AnEnvironmentOfAnotherDatabaseIsRefused) {
  copy("alembic");
  url_ = "sqlite://";
  EXPECT_THAT(import("alembic", project_).errors, HasSubstr("env.py is for sqlite"));
}

TEST_F(Import, ItDoesNotWaitForEver) {
  copy("alembic");
  std::ofstream(project_ / "alembic" / "env.py") << "import time\ntime.sleep(600)\n";
  const base::CommandResult refused = import("alembic", project_, {"--timeout", "1"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("has not answered in 1 s"));
}

TEST_F(Import, AFlaskMigrateDirectory) {
  copy("flask");
  for (const fs::path& directory : {project_, project_ / "migrations"}) {
    fs::remove_all(out_);
    const base::CommandResult imported = base::run(
        {{SLUICE_PROGRAM, "import", "alembic", directory, "--out", out_, "--python", kPython},
         {{"DATABASE_URL", url_}, {"FLASK_APP", "shop"}}});
    ASSERT_EQ(imported.status, 0) << imported.errors;
    EXPECT_THAT(imported.errors, HasSubstr("revision a1 has no way down"));
  }
  EXPECT_EQ(sluice({"upgrade"}).status, 0);
  EXPECT_EQ(value("SELECT id FROM books"), "3");
}

TEST_F(Import, SqlFilesOfOtherToolsBecomeOwnOnes) {
  fs::create_directory(project_);
  const auto file = [&](const char* name, const char* text) {
    std::ofstream(project_ / name) << text;
  };
  file("V1__Make it.sql", "CREATE TABLE t ();");
  file("U1__Make it.sql", "DROP TABLE t;");
  file("V1.1__index.sql", "CREATE INDEX CONCURRENTLY i ON t ((1));");
  file("R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT 1;");
  // Applied as they lie there, they are the same revisions after the import.
  ASSERT_EQ(
      base::run({{SLUICE_PROGRAM, "upgrade", "--dir", project_}, {{"DATABASE_URL", url_}}}).status,
      0);
  ASSERT_EQ(import("flyway", project_).status, 0);
  const base::CommandResult same = sluice({"upgrade"});
  EXPECT_EQ(same.output, "nothing to do\n") << same.errors;
  EXPECT_EQ(same.errors, "");
  EXPECT_EQ(base::read_file(out_ / "1_make_it.sql"),
            "-- revision: 1\n-- revises:\n-- message: Make it\n-- migrate:up\nCREATE TABLE t ();\n"
            "-- migrate:down\nDROP TABLE t;\n");
  EXPECT_EQ(base::read_file(out_ / "1.1_index.sql"),
            "-- revision: 1.1\n-- revises: 1\n-- message: index\n-- transaction: none\n"
            "-- migrate:up\nCREATE INDEX CONCURRENTLY i ON t ((1));\n");
  const base::CommandResult again = import("flyway", project_);
  EXPECT_EQ(again.status, 3);
  EXPECT_THAT(again.errors, HasSubstr("ImportTargetNotEmpty"));
}

TEST_F(Import, ForeignFilesAreAppliedAsTheyAreAndUndone) {
  const auto file = [&](const char* name, const char* text) { std::ofstream(out_ / name) << text; };
  file("1_t.up.sql", "BEGIN;\nCREATE TABLE t (a int);\nCOMMIT;\n");
  file("1_t.down.sql", "DROP TABLE t;");
  file("2_i.up.sql", "CREATE INDEX CONCURRENTLY i ON t (a);");
  file("2_i.down.sql", "DROP INDEX CONCURRENTLY i;");
  const base::CommandResult upgraded = sluice({"upgrade"});
  EXPECT_EQ(upgraded.status, 0) << upgraded.errors;
  EXPECT_EQ(value("SELECT to_regclass('i')"), "i");
  EXPECT_EQ(sluice({"upgrade"}).output, "nothing to do\n");
  const base::CommandResult down = sluice({"downgrade", "base"});
  EXPECT_EQ(down.status, 0) << down.errors;
  EXPECT_EQ(value("SELECT to_regclass('t')"), "NULL");
}

TEST_F(Import, AnErrorOfAForeignWayDownNamesTheLedgersCopyOfIt) {
  const auto file = [&](const char* name, const char* text) { std::ofstream(out_ / name) << text; };
  file("V1__t.sql", "CREATE TABLE t ();");
  file("V2__name.sql", "-- a name\nCREATE TABLE u ();");
  file("U2__name.sql", "DROP TABLE nosuch;");
  ASSERT_EQ(sluice({"upgrade"}).status, 0);
  const base::CommandResult down = sluice({"downgrade"});
  EXPECT_EQ(down.status, 1);
  EXPECT_THAT(
      down.errors,
      HasSubstr("the ledger's copy of V2__name.sql:8: statement 1 of 1 (`DROP TABLE nosuch"));
  // That is where it stands.
  EXPECT_EQ(
      value("SELECT (string_to_array(body, chr(10)))[8] FROM sluice.revisions WHERE id = '2'"),
      "DROP TABLE nosuch;");
  EXPECT_EQ(value("SELECT to_regclass('u')"), "u");
}

}  // namespace
}  // namespace sluice::engine
