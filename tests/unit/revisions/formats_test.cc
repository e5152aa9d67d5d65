#include "revisions/formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "revisions/graph.h"
#include "revisions/render.h"
#include "revisions/target.h"
#include "revisions/transactions.h"
#include "tests/unit/revisions/gzip.h"

namespace sluice::revisions {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

using Files = std::vector<SourceFile>;

std::vector<std::string> ids(const std::vector<Revision>& revisions) {
  std::vector<std::string> all;
  for (const Revision& revision : revisions) all.push_back(revision.id);
  return all;
}

base::Error refusal(const Files& files, std::optional<Format> format = std::nullopt) {
  try {
    read_files(files, format);
  } catch (const base::Error& error) {
    EXPECT_FALSE(error.remedy().empty()) << error.message();
    return error;
  }
  return {base::ErrorKind::Failed, "", "accepted: " + files.front().name};
}

const std::string kOwn = "-- revision: a1\n-- migrate:up\nSELECT 1;\n";
const std::string kDbmate = "-- migrate:up\nCREATE TABLE t ();\n-- migrate:down\nDROP TABLE t;\n";
const std::string kGoose = "-- +goose Up\nCREATE TABLE t ();\n-- +goose Down\nDROP TABLE t;\n";

// The ledger keeps the rendering, which has to read back whatever a description says.
TEST(Formats, RepeatableScriptMayHaveTheNameOfATarget) {
  const std::vector<Revision> read =
      read_files({{"V1__a.sql", "SELECT 1;"}, {"R__heads.sql", "SELECT 2;"}});
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[1].id, "heads");
  EXPECT_EQ(parse_revision("kept.sql", read[1].text).id, "heads");
}

TEST(Formats, AreToldByNamesAndContents) {
  struct Case {
    Files files;
    Format format;
  };
  const std::vector<Case> cases{
      {{{"a1_x.sql", kOwn}}, Format::Sluice},
      // What the text says of itself counts more than the name.
      {{{"001_x.up.sql", kOwn}}, Format::Sluice},
      {{{"001_x.sql", kDbmate}}, Format::Dbmate},
      {{{"db/001_x.sql", kDbmate}, {"db2/002_y.sql", kDbmate}}, Format::Dbmate},
      {{{"001_x.sql", kGoose}}, Format::Goose},
      {{{"1_x.up.sql", "SELECT 1"}, {"1_x.down.sql", ""}}, Format::GolangMigrate},
      {{{"V1__x.sql", ""}, {"U1__x.sql", ""}, {"R__v.sql", ""}}, Format::Flyway},
      {{{"001_add_x.sql", "SELECT 1;"}, {"002-y.sql", ""}}, Format::Numbered},
      {{{"20260101120000.sql", "SELECT 1;"}}, Format::Numbered},
  };
  for (const Case& test : cases) {
    Format seen{};
    read_files(test.files, std::nullopt, &seen);
    EXPECT_EQ(to_string(seen), to_string(test.format)) << test.files.front().name;
  }
}

TEST(Formats, MixturesNameTwoFiles) {
  const std::vector<Files> cases{
      {{"001_a.sql", kDbmate}, {"002_b.sql", kGoose}},
      {{"001_a.sql", kGoose}, {"002_b.sql", "SELECT 1;"}},
      {{"001_a.up.sql", ""}, {"002_b.sql", "SELECT 1;"}},
      {{"V1__a.sql", ""}, {"002_b.sql", "SELECT 1;"}},
      {{"a1_a.sql", kOwn}, {"V1__b.sql", ""}},
      {{"001_a.sql", kDbmate}, {"schema.sql", "SELECT 1;"}},
      {{"001_a.sql", "SELECT 1;"}, {"readme.sql", ""}},
  };
  for (const Files& files : cases) {
    const base::Error error = refusal(files);
    EXPECT_EQ(error.reason(), "FormatMixed") << error.message();
    for (const SourceFile& file : files) EXPECT_THAT(error.message(), HasSubstr(file.name));
    EXPECT_THAT(error.remedy(), HasSubstr("--format"));
  }
}

TEST(Formats, MistakesInOwnFilesAreStillTheirs) {
  EXPECT_THAT(refusal({{"1_a.sql", kOwn}, {"2_b.sql", "CREATE TABLE t ();\n"}}).message(),
              StartsWith("2_b.sql:1: SQL before `-- migrate:up`"));
  EXPECT_THAT(refusal({{"a.sql", "SELECT 1;"}}).message(), StartsWith("a.sql:1: SQL before"));
  EXPECT_THAT(refusal({{"1_a.sql", "-- revison: a1\n-- revises:\n-- migrate:up\n"}}).message(),
              StartsWith("1_a.sql:1: unknown key `revison`"));
}

TEST(Formats, ANamedFormatIsTaken) {
  EXPECT_EQ(ids(read_files({{"001_a.sql", kGoose}, {"002_b.sql", "SELECT 1;"}}, Format::Numbered)),
            (std::vector<std::string>{"001", "002"}));
  EXPECT_THAT(refusal({{"a.sql", kDbmate}}, Format::Dbmate).message(),
              StartsWith("a.sql: not a name of dbmate's"));
  EXPECT_THAT(refusal({{"V1_x.sql", ""}}, Format::Flyway).message(), StartsWith("V1_x.sql: not a"));
  EXPECT_EQ(format_named("golang-migrate"), Format::GolangMigrate);
  EXPECT_THROW(format_named("liquibase"), base::Error);
}

TEST(Formats, AreOneLineInTheToolsOwnOrder) {
  const auto order = [](const Files& files) {
    const std::vector<Revision> revisions = read_files(files);
    const Graph graph(revisions);
    EXPECT_EQ(graph.heads().size(), 1U);
    EXPECT_EQ(graph.bases().size(), 1U);
    return ids(revisions);
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(order({{"V1_10__b.sql", ""}, {"V1.2__a.sql", ""}, {"V2__c.sql", ""}}),
            (Ids{"1.2", "1.10", "2"}));
  EXPECT_EQ(order({{"10_b.sql", ""}, {"9_a.sql", ""}}), (Ids{"9", "10"}));
  EXPECT_EQ(order({{"10_b.up.sql", ""}, {"9_a.up.sql", ""}}), (Ids{"9", "10"}));
  EXPECT_EQ(order({{"10_b.sql", kGoose}, {"9_a.sql", kGoose}}), (Ids{"9", "10"}));
  // dbmate goes by the names.
  EXPECT_EQ(order({{"9_a.sql", kDbmate}, {"10_b.sql", kDbmate}}), (Ids{"10", "9"}));
}

TEST(Formats, VersionsAreOnceInASource) {
  for (const Files& files :
       {Files{{"1_a.sql", ""}, {"001_b.sql", ""}}, Files{{"V1__a.sql", ""}, {"V1.0__b.sql", ""}},
        Files{{"1_a.up.sql", ""}, {"01_b.up.sql", ""}},
        Files{{"1_a.sql", kGoose}, {"01_b.sql", kGoose}},
        Files{{"1_a.sql", kDbmate}, {"01_b.sql", kDbmate}}}) {
    const base::Error error = refusal(files);
    EXPECT_EQ(error.reason(), "RevisionDuplicate") << error.message();
    for (const SourceFile& file : files) EXPECT_THAT(error.message(), HasSubstr(file.name));
  }
}

TEST(Formats, TheTextIsAFileOfSluicesThatSaysTheSame) {
  for (const Files& files :
       {Files{{"001_add_x.sql", kDbmate}}, Files{{"001_add_x.sql", kGoose}},
        Files{{"V1.2__add_x.sql", "SELECT 1;"}, {"U1.2__add_x.sql", "SELECT 2;"}},
        Files{{"R__add_x.sql", "SELECT 1;"}},
        Files{{"1_add_x.up.sql", "SELECT 1"}, {"1_add_x.down.sql", "SELECT 2"}},
        Files{{"001_add_x.sql", "SELECT 1;"}}}) {
    const Revision revision = read_files(files).at(0);
    const Revision again = parse_revision("again.sql", revision.text);
    EXPECT_EQ(again.id, revision.id);
    EXPECT_EQ(again.repeatable, revision.repeatable);
    EXPECT_EQ(again.message, "add x");
    EXPECT_EQ(render(again), revision.text);
    EXPECT_EQ(again.down.has_value(), revision.down.has_value());
  }
}

TEST(Formats, MayBeCompressedOrFromWindows) {
  const std::vector<Revision> revisions = read_files(
      {{"1_a.sql.gz", gzip(kGoose)}, {"2_b.sql", "\xEF\xBB\xBF-- +goose Up\r\nSELECT 1;\r\n"}});
  EXPECT_EQ(revisions.at(0).message, "a");
  EXPECT_EQ(revisions.at(0).file, "1_a.sql.gz");
  EXPECT_EQ(revisions.at(0).down.value().sql, "DROP TABLE t;\n");
  EXPECT_EQ(revisions.at(1).up.sql, "SELECT 1;\n");
  EXPECT_EQ(read_files({{"V1__x.sql.gz", gzip("SELECT 1;")},
                        {"V1__x.sql.conf", "executeInTransaction=false"}})
                .at(0)
                .transactional,
            false);
}

TEST(Formats, AVersionWithDotsIsATarget) {
  const Graph graph(read_files({{"V1.2__a.sql", ""}, {"V1.10__b.sql", ""}}));
  EXPECT_EQ(parse_target("1.2").name, "1.2");
  EXPECT_EQ(upgrade_path(graph, {}, "1.2").target, std::vector<std::string>{"1.2"});
  EXPECT_EQ(downgrade_path(graph, {"1.2", "1.10"}, "1.10-1").target,
            std::vector<std::string>{"1.2"});
}

TEST(Formats, PartsOfALineAreChained) {
  std::vector<Revision> all = read_files({{"V3__c.sql", ""}, {"R__v.sql", ""}});
  for (const Revision& each : read_files({{"V2__b.sql", ""}})) all.push_back(each);
  chain(all, Format::Flyway);
  EXPECT_EQ(ids(all), (std::vector<std::string>{"2", "3", "v"}));
  EXPECT_TRUE(all[0].revises.empty());
  EXPECT_EQ(all[1].revises, std::vector<std::string>{"2"});
}

TEST(Dbmate, Reads) {
  const Revision revision =
      read_files({{"20260101_add_login.sql",
                   "-- a remark\n\n--migrate:up transaction:false\n"
                   "SELECT 1;\n-- migrate:downwards\n-- migrate:down\nSELECT 2;\n"}})
          .at(0);
  EXPECT_EQ(revision.id, "20260101");
  EXPECT_EQ(revision.message, "add login");
  EXPECT_FALSE(revision.transactional);
  EXPECT_EQ(revision.transaction_line, 3U);
  EXPECT_EQ(revision.up.line, 4U);
  EXPECT_EQ(revision.up.sql, "SELECT 1;\n-- migrate:downwards\n");
  EXPECT_EQ(revision.down.value().line, 7U);
  EXPECT_EQ(revision.down.value().sql, "SELECT 2;\n");
  const Revision empty = read_files({{"1_x.sql", "-- migrate:up\n\n-- migrate:down"}}).at(0);
  EXPECT_EQ(empty.down.value().sql, "");
  EXPECT_FALSE(read_files({{"1_x.sql", "-- migrate:up\n"}}).at(0).down.has_value());
}

TEST(Goose, Reads) {
  const Revision revision =
      read_files({{"00002_f.sql",
                   "-- +goose NO TRANSACTION\n-- remark\n-- +goose up\n"
                   "-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n"
                   "SELECT 1; $$\n-- +goose StatementEnd\nSELECT 1;\n"
                   "-- +goose Down\n-- +goose StatementBegin\nDROP FUNCTION f;\n"
                   "-- +goose StatementEnd\n"}})
          .at(0);
  EXPECT_EQ(revision.id, "00002");
  EXPECT_FALSE(revision.transactional);
  EXPECT_EQ(revision.transaction_line, 1U);
  EXPECT_EQ(revision.up.line, 4U);
  // Nothing ended that statement, and lines stay where they are.
  EXPECT_EQ(revision.up.sql,
            "-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n"
            "SELECT 1; $$\n;\nSELECT 1;\n");
  EXPECT_EQ(revision.down.value().line, 10U);
  EXPECT_EQ(revision.down.value().sql,
            "-- +goose StatementBegin\nDROP FUNCTION f;\n-- +goose StatementEnd\n");
  EXPECT_FALSE(read_files({{"1_x.sql", "-- +goose Up\n"}}).at(0).down.has_value());
}

TEST(GolangMigrate, Reads) {
  const std::vector<Revision> revisions = read_files(
      {{"2_b.down.sql", "SELECT 3"}, {"1_a_b.up.sql", "SELECT 1"}, {"1_a_b.down.sql", ""}});
  ASSERT_EQ(revisions.size(), 2U);
  EXPECT_EQ(revisions[0].message, "a b");
  EXPECT_EQ(revisions[0].up.sql, "SELECT 1");
  EXPECT_EQ(revisions[0].file, "1_a_b.up.sql");
  EXPECT_EQ(revisions[0].down.value().sql, "");
  EXPECT_EQ(revisions[0].down.value().file, "1_a_b.down.sql");
  // golang-migrate takes a version without an up file for an empty one.
  EXPECT_EQ(revisions[1].up.sql, "");
  EXPECT_EQ(revisions[1].revises, std::vector<std::string>{"1"});
}

TEST(Flyway, Reads) {
  const std::vector<Revision> revisions = read_files({
      {"R__all-views.sql", "CREATE OR REPLACE VIEW v AS SELECT 1;"},
      {"V1_2__add_x.sql", "CREATE INDEX CONCURRENTLY i ON t (a);"},
      {"V1_2__add_x.sql.conf", "# alone\nexecuteInTransaction=false\n"},
      {"U1.2__add_x.sql", "DROP INDEX i;"},
      {"V2__y.sql", "SELECT '${x}';"},
      {"V2__y.sql.conf", "flyway.placeholderReplacement = false"},
  });
  ASSERT_EQ(ids(revisions), (std::vector<std::string>{"1.2", "2", "all_views"}));
  EXPECT_FALSE(revisions[0].transactional);
  EXPECT_EQ(revisions[0].down.value().sql, "DROP INDEX i;");
  EXPECT_EQ(revisions[0].down.value().file, "U1.2__add_x.sql");
  EXPECT_TRUE(revisions[1].transactional);
  EXPECT_TRUE(revisions[2].repeatable);
  EXPECT_EQ(revisions[2].message, "all-views");
  EXPECT_EQ(Graph(revisions).repeatables().size(), 1U);
}

TEST(Formats, RefuseWithThePlace) {
  struct Case {
    Files files;
    std::string message;
  };
  const std::string up = "-- +goose Up\n";
  const std::vector<Case> cases{
      {{{"1_a.sql", "SELECT 1;\n" + kDbmate}}, "1_a.sql:1: SQL before `-- migrate:up`"},
      {{{"1_a.sql", "-- migrate:down\n-- migrate:up\n"}}, "1_a.sql:1: `-- migrate:down` before"},
      {{{"1_a.sql", "-- migrate:up\n-- migrate:up\n"}}, "1_a.sql:2: `-- migrate:up` a second"},
      {{{"1_a.sql", kDbmate + "-- migrate:down\n"}}, "1_a.sql:5: `-- migrate:down` a second"},
      {{{"1_a.sql", "-- migrate:up transaction:no\n"}}, "1_a.sql:1: unknown option"},
      {{{"1_a.sql", "-- migrate:up\nSELECT 1;\n  -- migrate:down\n"}},
       "1_a.sql:3: `-- migrate:down`"},
      {{{"1_a.sql", "SELECT 1;\n" + up}}, "1_a.sql:1: SQL before `-- +goose Up`"},
      {{{"1_a.sql", up + up}}, "1_a.sql:2: `-- +goose Up` a second time"},
      {{{"1_a.sql", "-- +goose Down\n"}}, "1_a.sql:1: `-- +goose Down` before"},
      {{{"1_a.sql", kGoose + "-- +goose Down\n"}}, "1_a.sql:5: `-- +goose Down` a second"},
      {{{"1_a.sql", up + "-- +goose Beginning\n"}}, "1_a.sql:2: unknown annotation"},
      {{{"1_a.sql", up + " -- +goose Down\n"}}, "1_a.sql:2: an annotation that does not begin"},
      {{{"1_a.sql", up + "-- +goose ENVSUB ON\n"}}, "1_a.sql:2: `-- +goose ENVSUB ON`"},
      {{{"1_a.sql", up + "-- +goose StatementEnd\n"}}, "1_a.sql:2: `-- +goose StatementEnd`"},
      {{{"1_a.sql", up + "-- +goose StatementBegin\n"}}, "1_a.sql:2: `-- +goose StatementBegin`"},
      {{{"1_a.sql", up + "-- +goose StatementBegin\n-- +goose Down\n"}},
       "1_a.sql:3: `-- +goose down`"},
      {{{"V1__a.sql", "SELECT 1;\nSELECT ${b};"}}, "V1__a.sql:2: the placeholder `${b}`"},
      {{{"U1__a.sql", "SELECT 1;"}}, "U1__a.sql: there is nothing that it undoes"},
      {{{"B1__a.sql", "SELECT 1;"}}, "B1__a.sql: a baseline script"},
      {{{"V1__a.sql", ""}, {"V1__a.sql.conf", "\nshouldExecute=false"}},
       "V1__a.sql.conf:2: `shouldExecute=false` is not acted on"},
      {{{"V1__a.sql", ""}, {"V1__a.sql.conf", "executeInTransaction=no"}},
       "V1__a.sql.conf:1: `executeInTransaction` is not true or false"},
      {{{"V1__a.sql", ""}, {"R__.sql", ""}}, "R__.sql: a repeatable script without a description"},
      {{{"R__a.sql", ""}, {"R__a.sql.conf", "executeInTransaction=false"}},
       "R__a.sql.conf:1: a repeatable script without a transaction"},
      {{{"1_a.up.sql", ""}, {"1_a.down.sql", "SELECT 1;\n-- migrate:up\n"}}, "1_a.down.sql:2: "},
      {{{"1_a.sql", "SELECT '\xFF';"}}, "1_a.sql:1: not UTF-8"},
      {{{"1_a.sql.gz", "SELECT 1;"}}, "1_a.sql.gz: is not a whole gzip file"},
  };
  for (const Case& test : cases) {
    const std::optional<Format> format =
        test.message.starts_with("1_a.down") ? std::optional(Format::GolangMigrate) : std::nullopt;
    const base::Error error = refusal(test.files, format);
    EXPECT_EQ(error.reason(), "RevisionInvalid");
    EXPECT_THAT(error.message(), StartsWith(test.message));
  }
}

TEST(Transactions, AreSettledAsTheToolWould) {
  struct Case {
    std::string up, settled;
    bool transactional;
  };
  const std::vector<Case> cases{
      {"SELECT 1;\n", "SELECT 1;\n", true},
      {"-- x\nBEGIN;\nSELECT 1;\nCOMMIT; -- COMMIT\n",
       "-- x\n      \nSELECT 1;\n        -- COMMIT\n", true},
      {"START TRANSACTION;SELECT 'COMMIT;';END", "                  SELECT 'COMMIT;';   ", true},
      // Left alone, and for the plan to refuse.
      {"BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT;",
       "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT;", true},
      {"BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;",
       "BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;", true},
      {"CREATE INDEX CONCURRENTLY i ON t (a);", "CREATE INDEX CONCURRENTLY i ON t (a);", false},
      {"\\set x", "\\set x", true},
  };
  for (const Case& test : cases) {
    std::vector<Revision> revisions = read_files({{"1_a.up.sql", test.up}});
    settle_transactions(revisions);
    EXPECT_EQ(revisions[0].up.sql, test.settled);
    EXPECT_EQ(revisions[0].transactional, test.transactional) << test.up;
    EXPECT_EQ(parse_revision("x.sql", revisions[0].text).transactional, test.transactional);
  }
}

}  // namespace
}  // namespace sluice::revisions
