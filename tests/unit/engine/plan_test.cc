#include "engine/plan.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/ledger_shapes.h"

namespace sluice::engine {
namespace {

const std::vector<std::string> kThree{file("aaaa", "", "SELECT 1;"),
                                      file("bbbb", "aaaa", "SELECT 2;"),
                                      file("cccc", "bbbb", "SELECT 3;")};

TEST(Plan, UpgradeHasWhatIsPending) {
  const Plan plan = plan_upgrade(graph(kThree), applied(kThree, 1), "head", kServer);
  ASSERT_EQ(plan.steps.size(), 2U);
  EXPECT_EQ(plan.steps[0].revision->id, "bbbb");
  EXPECT_EQ(plan.steps[0].script.statements[0].line, 4U);
  EXPECT_EQ(plan.current, std::vector<std::string>{"aaaa"});
  EXPECT_EQ(plan.target, std::vector<std::string>{"cccc"});
  EXPECT_FALSE(plan.database_ahead);
  EXPECT_NE(plan.digest, plan_upgrade(graph(kThree), {}, "head", kServer).digest);
}

TEST(Plan, DatabaseMayBeAhead) {
  const std::vector<std::string> older(kThree.begin(), kThree.begin() + 2);
  const Plan files = plan_upgrade(graph(older), applied(kThree, 3), "head", kServer);
  EXPECT_TRUE(files.database_ahead);
  EXPECT_TRUE(files.steps.empty());
  EXPECT_EQ(files.unknown, std::vector<std::string>{"cccc"});
  EXPECT_EQ(files.known, std::vector<std::string>{"bbbb"});
  EXPECT_EQ(files.current, std::vector<std::string>{"cccc"});
  EXPECT_TRUE(plan_upgrade(graph(kThree), applied(kThree, 3), "bbbb", kServer).database_ahead);
  EXPECT_FALSE(plan_upgrade(graph(kThree), applied(kThree, 3), "head", kServer).database_ahead);
}

TEST(Plan, RefusesHistoriesThatParted) {
  std::vector<std::string> other(kThree.begin(), kThree.begin() + 2);
  other.push_back(file("dddd", "bbbb", "SELECT 4;"));
  EXPECT_EQ(reason([&] { plan_upgrade(graph(other), applied(kThree, 3), "head", kServer); }),
            "DatabaseDiverged");
}

TEST(Plan, ChangedStatementsRefuseAndChangedCommentsWarn) {
  std::vector<std::string> now = kThree;
  now[0] = file("aaaa", "", "select /* why */ 1");
  EXPECT_EQ(plan_upgrade(graph(now), applied(kThree, 3), "head", kServer).warnings.size(), 1U);
  now[0] = file("aaaa", "", "SELECT 9;");
  std::string message;
  EXPECT_EQ(
      reason([&] { plan_upgrade(graph(now), applied(kThree, 3), "head", kServer); }, &message),
      "RevisionChanged");
  EXPECT_TRUE(message.starts_with("0.sql:4: revision aaaa")) << message;
  now = kThree;
  now[2] = file("cccc", "aaaa", "SELECT 3;");
  EXPECT_EQ(reason([&] { plan_upgrade(graph(now), applied(kThree, 3), "bbbb", kServer); }),
            "RevisionChanged");
}

TEST(Plan, RefusesWhatItWouldNotActOn) {
  struct Case {
    std::string text, reason, message;
  };
  const std::vector<Case> cases{
      {file("aaaa", "", "SELECT 1;", "-- phase: contract\n"), "Unsupported",
       "0.sql:3: `phase: con"},
      {file("aaaa", "", "SELECT 1;\nCOMMIT;"), "StatementNotAllowed", "0.sql:5: COMMIT"},
      {file("aaaa", "", "SELECT 1;\nCOMMIT;", "-- transaction: none\n"), "StatementNotAllowed",
       "0.sql:6: COMMIT"},
      {file("aaaa", "", "VACUUM;"), "StatementNotAllowed", "0.sql:4: VACUUM cannot run"},
      {file("aaaa", "", "CREATE INDEX CONCURRENTLY i ON t (a);"), "StatementNotAllowed",
       "0.sql:4: CREATE INDEX CONCURRENTLY cannot run"},
      {file("aaaa", "", "CREATE INDEX CONCURRENTLY ON t (a);", "-- transaction: none\n"),
       "StatementNotAllowed", "0.sql:5: CREATE INDEX CONCURRENTLY without a name"},
      {file("aaaa", "", "DISCARD ALL;", "-- transaction: none\n"), "StatementNotAllowed",
       "0.sql:5: DISCARD ALL"},
      {file("aaaa", "", "SELECT pg_advisory_unlock_all();"), "StatementNotAllowed",
       "0.sql:4: pg_advisory_unlock_all"},
      {file("aaaa", "", "CREATE TEMP TABLE t (a int);", "-- transaction: none\n"),
       "StatementNotAllowed", "0.sql:5: a temporary object"},
      {file("aaaa", "", "SET LOCAL search_path = a;", "-- transaction: none\n"),
       "StatementNotAllowed", "0.sql:5: SET LOCAL"},
      {file("aaaa", "", "-- batch: t id 5\nUPDATE t SET id = id + 1 WHERE id BETWEEN $1 AND $2;",
            "-- transaction: none\n"),
       "StatementNotAllowed", "0.sql:6: the statement changes id"},
      {file("aaaa", "", "-- batch: t id 5\nDELETE FROM t WHERE id >= $1;",
            "-- transaction: none\n"),
       "StatementNotAllowed", "0.sql:6: `-- batch:` before a statement that does not say"},
      {file("aaaa", "", "SELECT 1;\n-- migrate: down\nSELECT 2;"), "RevisionInvalid",
       "0.sql:5: `-- migrate: down` is a comment here"},
      {file("aaaa", "", "SELECT 1;\n/* Migrate:Down */\nSELECT 2;"), "RevisionInvalid",
       "0.sql:5: `/* Migrate:Down */` is"},
      {file("aaaa", "", "-- phase: contract\nDROP TABLE t;"), "RevisionInvalid",
       "0.sql:4: `-- phase: contract` is"},
      {file("aaaa", "", "COPY t FROM STDIN;\nSELECT 1;"), "StatementNotAllowed", "0.sql:4: COPY"},
      {file("aaaa", "", "SELECT $1;"), "StatementNotAllowed", "0.sql:4: $1 stands"},
      {file("aaaa", "", "-- batch: t id 5\nDELETE FROM t WHERE id BETWEEN $1 AND $2;"),
       "StatementNotAllowed", "0.sql:5: `-- batch:` in a revision"},
      {file("aaaa", "", "-- batch: t id 5\nDELETE FROM t;", "-- transaction: none\n"),
       "StatementNotAllowed", "0.sql:6: `-- batch:` before a statement that"},
      {file("aaaa", "", "-- batch: t id 5\nVACUUM t;", "-- transaction: none\n"),
       "StatementNotAllowed", "0.sql:6: VACUUM cannot run in batches"},
      {file("aaaa", "", "SELECT 1;\n  SELEC 2;"), "SyntaxError", "0.sql:5:3: syntax error"},
      {file("aaaa", "", "\\i other.sql"), "MetaCommand", "0.sql:4: `\\i other.sql`"},
  };
  for (const Case& test : cases) {
    std::string message;
    EXPECT_EQ(reason([&] { plan_upgrade(graph({test.text}), {}, "head", kServer); }, &message),
              test.reason);
    EXPECT_TRUE(message.starts_with(test.message)) << message;
  }
  // Applied already, they hinder nobody.
  const std::vector<std::string> contract{cases[0].text};
  EXPECT_EQ(plan_upgrade(graph(contract), applied(contract, 1), "head", kServer).steps.size(), 0U);
}

TEST(Plan, EmptyRevisionIsWorthAWarningUnlessItMerges) {
  const std::vector<std::string> files{file("aaaa", "", "-- to be written"),
                                       file("bbbb", "", "SELECT 1;"),
                                       file("cccc", "aaaa, bbbb", "")};
  EXPECT_EQ(
      plan_upgrade(graph(files), {}, "head", kServer).warnings,
      std::vector<std::string>{"0.sql: revision aaaa has no statements below `-- migrate:up`"});
}

TEST(Plan, NewerServersJudgeNewerSyntax) {
  const std::vector<std::string> files{file("aaaa", "", "SELECT 1;\nMERGE INTO WITH NEWER;")};
  const Plan plan = plan_upgrade(graph(files), {}, "head", 180000);
  EXPECT_EQ(plan.steps[0].script.statements.size(), 2U);
  ASSERT_EQ(plan.warnings.size(), 1U);
  EXPECT_TRUE(plan.warnings[0].starts_with("0.sql:5:")) << plan.warnings[0];
}

TEST(Plan, DowngradeOfSeveralHeadsTakesTheFirstApplied) {
  const std::vector<std::string> forked{kThree[0], file("ffff", "aaaa", "SELECT 2;"),
                                        file("bbbb", "aaaa", "SELECT 3;")};
  const Plan plan = plan_downgrade(applied(forked, 3), "-1", kServer);
  ASSERT_EQ(plan.steps.size(), 1U);
  EXPECT_EQ(plan.steps[0].revision->id, "ffff");
  EXPECT_EQ(plan.warnings.size(), 1U);
}

TEST(Plan, WarnsOfAnAppliedRevisionThatRevisesAnotherAppliedOneNow) {
  std::vector<std::string> files{file("aaaa", "", "SELECT 1;"), file("bbbb", "aaaa", "SELECT 2;"),
                                 file("cccc", "aaaa", "SELECT 3;")};
  const ledger::State state = applied(files, 3);
  files[2] = file("cccc", "bbbb", "SELECT 3;");
  const Plan plan = plan_upgrade(graph(files), state, "head", kServer);
  EXPECT_TRUE(plan.steps.empty());
  ASSERT_EQ(plan.warnings.size(), 1U);
  EXPECT_NE(plan.warnings[0].find("cccc revises bbbb, but revised aaaa"), std::string::npos);
}

TEST(Plan, DowngradeUsesTheStoredText) {
  const Plan plan = plan_downgrade(applied(kThree, 3), "aaaa", kServer);
  ASSERT_EQ(plan.steps.size(), 2U);
  EXPECT_EQ(plan.steps[0].script.statements[0].text, "SELECT 'down cccc'");
  EXPECT_EQ(plan.steps[1].revision->id, "bbbb");
  std::vector<std::string> files = kThree;
  files[2] = "-- revision: cccc\n-- revises: bbbb\n-- migrate:up\nSELECT 3;\n";
  EXPECT_EQ(reason([&] { plan_downgrade(applied(files, 3), "-1", kServer); }), "Irreversible");
  files[2] += "-- migrate:down\n-- sluice:irreversible the rows are gone\nSELECT 4;\n";
  EXPECT_EQ(reason([&] { plan_downgrade(applied(files, 3), "-1", kServer); }), "Irreversible");
  // Before anything runs, also of those above it.
  files.push_back(file("dddd", "cccc", "SELECT 5;"));
  EXPECT_EQ(reason([&] { plan_downgrade(applied(files, 4), "base", kServer); }), "Irreversible");
  EXPECT_EQ(plan_downgrade(applied(files, 4), "-1", kServer).steps.size(), 1U);
}

TEST(Plan, APlaceInADowngradeIsOneInTheLedgersCopy) {
  const Plan up = plan_upgrade(graph(kThree), {}, "head", kServer);
  EXPECT_EQ(up.steps[0].place(4), "0.sql:4");
  const Plan down = plan_downgrade(applied(kThree, 3), "-1", kServer);
  EXPECT_EQ(down.steps[0].place(5), "the ledger's copy of " + down.steps[0].revision->file + ":5");
}

}  // namespace
}  // namespace sluice::engine
