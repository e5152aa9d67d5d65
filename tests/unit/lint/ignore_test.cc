#include "lint/ignore.h"

#include "tests/unit/lint/cases.h"

namespace sluice::lint {
namespace {

using Names = std::vector<std::string>;

TEST(LintIgnore, ReadsRulesAndReason) {
  const std::optional<Ignore> ignore = parse_ignore("--  lint:ignore a , b: as c: says ");
  ASSERT_TRUE(ignore);
  EXPECT_EQ(ignore->rules, (Names{"a", "b"}));
  EXPECT_EQ(ignore->reason, "as c: says");
  EXPECT_EQ(parse_ignore("/* lint:ignore a: b */")->reason, "b");
  EXPECT_TRUE(parse_ignore("-- lint:ignore a")->reason.empty());
  EXPECT_FALSE(parse_ignore("-- lint:ignores a: b"));
  EXPECT_FALSE(parse_ignore("-- see lint:ignore a: b"));
  EXPECT_FALSE(parse_ignore("--"));
}

// One DROP TABLE is ignored, its neighbours are found.
TEST(LintIgnore, IsAboutTheStatementAtWhichItStands) {
  for (const char* sql :
       {"DROP TABLE a;\n-- lint:ignore drop-table: why\nDROP TABLE b;\nDROP TABLE c;",
        "DROP TABLE a;\n/* lint:ignore drop-table: why */ DROP TABLE b; DROP TABLE c;",
        "DROP TABLE a;\nDROP TABLE -- lint:ignore drop-table: why\n b;\nDROP TABLE c;",
        "DROP TABLE a;\nDROP TABLE\nb; -- lint:ignore drop-table: why\nDROP TABLE c;",
        "DROP TABLE a;\n-- lint:ignore drop-table: why\n-- another\n\nDROP TABLE b;\nDROP TABLE "
        "c;"}) {
    Names dropped;
    for (const Finding& finding : lint_after("", sql))
      if (finding.rule == RuleId::DropTable) dropped.push_back(finding.message.substr(0, 1));
    EXPECT_EQ(dropped, (Names{"a", "c"})) << sql;
  }
}

TEST(LintIgnore, AfterTheDataOfACopyCounts) {
  const std::vector<Finding> findings =
      lint_after("",
                 "COPY t FROM stdin;\n1\t-- lint:ignore truncate: it's data\n\\.\n"
                 "-- lint:ignore drop-table: why\nDROP TABLE b;");
  EXPECT_EQ(names(findings), Names{});
}

TEST(LintIgnore, WithoutAReasonHidesNothing) {
  const std::vector<Finding> findings = lint_after("", "DROP TABLE a; -- lint:ignore drop-table");
  EXPECT_EQ(names(findings), (Names{"drop-table", "ignore-without-reason"}));
}

TEST(LintIgnore, OfAFileMayStandAnywhereInTheUpSection) {
  revisions::Revision made = revision("a", "", "SELECT 1;\n-- lint:ignore missing-down: one way\n");
  made.down.reset();
  EXPECT_EQ(names(lint(revisions::Graph({made}), {})), Names{});
}

// What a configuration switches off may be ignored all the same.
TEST(LintIgnore, OfARuleThatIsOffIsNotUnused) {
  Config config;
  config.set("drop-table", "off");
  EXPECT_EQ(names(lint_after("", "-- lint:ignore drop-table: why\nDROP TABLE a;", config)),
            Names{});
}

TEST(LintIgnore, SaysWhereItStandsAndWhatIsWrong) {
  const std::vector<Finding> findings =
      lint_after("", "SELECT 1;  -- lint:ignore drop-tabel: why\n");
  ASSERT_EQ(names(findings), Names{"ignore-unused"});
  EXPECT_EQ(findings[0].line, 4U);
  EXPECT_EQ(findings[0].column, 12U);
  EXPECT_EQ(findings[0].message, "no rule is called `drop-tabel`");
}

}  // namespace
}  // namespace sluice::lint
