// What a section's place says: directions, phases, several revisions, hostile input.
#include "tests/unit/lint/cases.h"

namespace sluice::lint {
namespace {

using Names = std::vector<std::string>;

std::vector<Finding> lint_down(const std::string& sql, const Config& config = {}) {
  revisions::Revision made = revision("a", "", "SELECT 1;");
  made.down = revisions::Section{sql, 20};
  return lint(revisions::Graph({made}), config);
}

TEST(LintSections, DownIsJudgedForLocksAndRewritesAtMostAsAWarning) {
  const std::vector<Finding> findings = lint_down(
      "DROP TABLE t;\nALTER TABLE u DROP COLUMN a;\nDELETE FROM u;\nCREATE TABLE w (a json);\n"
      "CREATE INDEX i ON u (a);\nALTER TABLE u SET LOGGED;");
  EXPECT_EQ(names(findings), (Names{"create-index", "set-logged"}));
  for (const Finding& finding : findings) EXPECT_EQ(finding.level, Level::Warning);
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings[0].line, 24U);
}

TEST(LintSections, DownCountsAsConfigured) {
  Config config;
  config.down = Level::Off;
  EXPECT_TRUE(lint_down("CREATE INDEX i ON u (a);", config).empty());
  config.down = Level::Error;
  EXPECT_EQ(worst(lint_down("CREATE INDEX i ON u (a);", config)), Level::Error);
}

TEST(LintSections, AContractRevisionBreaksNothingButStillLosesData) {
  revisions::Revision made = revision(
      "a", "",
      "ALTER TABLE t RENAME a TO b; DROP TABLE t; DELETE FROM u; CREATE INDEX i ON u (a);");
  made.phase = revisions::Phase::Contract;
  const auto level = [&](const Config& config, RuleId id) {
    for (const Finding& finding : lint(revisions::Graph({made}), config))
      if (finding.rule == id) return finding.level;
    return Level::Off;
  };
  EXPECT_EQ(level({}, RuleId::RenameColumn), Level::Off);
  EXPECT_EQ(level({}, RuleId::DropTable), Level::Warning);
  EXPECT_EQ(level({}, RuleId::DeleteWithoutWhere), Level::Error);
  EXPECT_EQ(level({}, RuleId::CreateIndex), Level::Error);
  Config strict;
  strict.set("drop-table", "error");
  EXPECT_EQ(level(strict, RuleId::DropTable), Level::Error);
}

TEST(LintSections, ATableIsNewOnlyInItsOwnRevision) {
  EXPECT_EQ(names(lint_after("CREATE TABLE t (a bigint)", "CREATE INDEX i ON t (a)")),
            Names{"create-index"});
}

// A child is listed first; its parent still tells it what there is.
TEST(LintSections, RevisionsAreReadInTheOrderOfTheGraph) {
  const revisions::Graph graph({revision("a", "z", "ALTER TABLE t ALTER a TYPE text"),
                                revision("z", "", "CREATE TABLE t (a varchar(3))")});
  EXPECT_EQ(names(lint(graph, {})), Names{});
}

TEST(LintSections, OnlyTheNamedRevisionsAreReported) {
  const revisions::Graph graph(
      {revision("a", "", "DROP TABLE t"), revision("b", "a", "DROP TABLE u")});
  EXPECT_EQ(lint(graph, {}).size(), 2U);
  const std::vector<Finding> findings = lint(graph, {}, std::set<std::string>{"b"});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].revision, "b");
}

// One finding says what to do about all of them.
TEST(LintSections, ManyLockedTablesAreSaidOnce) {
  EXPECT_EQ(names(lint_after("",
                             "ALTER TABLE t ADD a text; ALTER TABLE u ADD a text;"
                             "ALTER TABLE v ADD a text; ALTER TABLE w ADD a text;")),
            Names{"several-locked-tables"});
}

TEST(LintSections, RepeatableRevisionsAreReadLastAndNeedNoDown) {
  revisions::Revision again = revision("aa", "", "CREATE INDEX IF NOT EXISTS i ON t (a)");
  again.repeatable = true;
  again.down.reset();
  const std::vector<Finding> findings =
      lint(revisions::Graph({again, revision("b", "", "DROP TABLE u")}), {});
  EXPECT_EQ(names(findings), (Names{"drop-table", "create-index"}));
}

TEST(LintSections, ADownSectionOfAnotherFileIsReportedThere) {
  revisions::Revision made = revision("a", "", "SELECT 1;");
  made.down = revisions::Section{"CREATE INDEX i ON u (a);", 1, "a.down.sql"};
  const std::vector<Finding> findings = lint(revisions::Graph({made}), {});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].file, "a.down.sql");
}

TEST(LintSections, FindingsHaveTheirLineColumnAndExcerpt) {
  const std::vector<Finding> findings =
      lint_after("", "SELECT 1;\n\n/* ä */ DROP TABLE\n   t;\nSELECT 2; DROP TABLE u;");
  ASSERT_GE(findings.size(), 2U);
  EXPECT_EQ(findings[0].line, 6U);
  EXPECT_EQ(findings[0].column, 9U);
  EXPECT_EQ(findings[0].excerpt, "DROP TABLE t");
  EXPECT_NE(findings[0].instead.find("DROP TABLE t;"), std::string::npos);
  EXPECT_EQ(findings[1].line, 8U);
  EXPECT_EQ(findings[1].column, 11U);
}

TEST(LintSections, PlainSqlIsOneTransactionWithoutADown) {
  EXPECT_EQ(names(lint_sql("x.sql", "DROP VIEW v; VACUUM;", {})),
            (Names{"drop-view", "needs-no-transaction"}));
}

TEST(LintSections, WhatSqlCannotBeSplitIsSaidWithItsLine) {
  const std::vector<Finding> findings = lint_after("", "SELECT 1;\n\\i x\n");
  ASSERT_EQ(names(findings), Names{"unreadable-sql"});
  EXPECT_EQ(findings[0].line, 5U);
  EXPECT_FALSE(findings[0].message.starts_with("b.sql"));
}

std::string repeated(const std::string& text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

// None may crash; what follows on a statement too deep to judge is judged still.
TEST(LintSections, HostileInputIsSurvived) {
  const std::string drop = ";\nDROP TABLE t;";
  struct Hostile {
    std::string sql;
    bool drop_is_found;
  };
  const std::vector<Hostile> all{
      {"UPDATE t SET a = 1" + repeated("+1", 40'000) + drop, false},
      {"UPDATE t SET a = 1" + repeated("+1", 4'000) + drop, true},
      {"DELETE FROM t WHERE " + repeated("(", 3'000) + "a" + repeated(")", 3'000) + drop, true},
      {"ALTER TABLE t ADD a int DEFAULT " + repeated("f(", 2'000) + "1" + repeated(")", 2'000) +
           drop,
       true},
      {"DELETE FROM t WHERE " + repeated("NOT ", 900) + "a" + drop, true},
      {"SELECT 1 FROM " + repeated("(SELECT 1 FROM ", 200) + "t" + repeated(") x", 200) + drop,
       true},
      {"ALTER TABLE t ADD CHECK (" + repeated("a IS NOT NULL AND ", 5'000) + "true)" + drop, true},
      {"INSERT INTO t VALUES ('" + repeated("x", 1U << 20U) + "')" + drop, true},
      {repeated(";", 10'000) + drop, true},
      {"SELECT 'unterminated" + drop, false},
      {"/* unterminated" + drop, false},
      {std::string("SELECT 1;\0DROP TABLE t", 22), false},
      {"\xff\xfe garbage \x01 $$ \\ " + drop, false},
      {repeated("-- lint:ignore a: b\n", 2'000) + "SELECT 1" + drop, true},
      {"ALTER TABLE " + repeated("x", 100'000) + " ADD a int" + drop, true},
  };
  for (const Hostile& hostile : all) {
    const std::vector<Finding> findings = lint_after("", hostile.sql);
    if (!hostile.drop_is_found) continue;
    EXPECT_TRUE(has(findings, RuleId::DropTable)) << hostile.sql.substr(0, 60);
  }
}

TEST(LintSections, AStatementTooDeepOrTooLargeIsSaidNotToBeJudged) {
  EXPECT_EQ(names(lint_after("", "DELETE FROM t WHERE a = 1" + repeated("+1", 2'000))),
            Names{"not-judged"});
  const std::string comment = "/*" + repeated("x", kMaxTreeBytes) + "*/";
  EXPECT_EQ(names(lint_after("", "DROP TABLE " + comment + " t")), Names{"not-judged"});
  EXPECT_EQ(names(lint_after("", "INSERT INTO t VALUES ('" + repeated("x", kMaxTreeBytes) + "')")),
            Names{});
}

}  // namespace
}  // namespace sluice::lint
