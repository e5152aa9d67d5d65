#include "tests/unit/lint/cases.h"

namespace sluice::lint {
namespace {

TEST(LintRules, FireWhereTheyShouldAndNowhereElse) {
  for (const Case& test : all_cases()) {
    const std::vector<Finding> findings =
        lint_after(test.before, test.sql, all_on(), test.transactional);
    EXPECT_EQ(has(findings, test.rule), test.fires)
        << rule(test.rule).name << ": " << test.sql << "\nafter: " << test.before
        << "\nfound: " << testing::PrintToString(names(findings));
  }
}

// The one rule that looks at the file.
TEST(LintRules, ADownSectionIsMissingWhenItHasNoStatement) {
  const auto found = [](const std::string& up, const std::optional<std::string>& down) {
    revisions::Revision made = revision("a", "", up);
    made.down.reset();
    if (down) made.down = revisions::Section{*down, 9};
    return has(lint(revisions::Graph({made}), {}), RuleId::MissingDown);
  };
  EXPECT_TRUE(found("SELECT 1;", std::nullopt));
  EXPECT_TRUE(found("SELECT 1;", "\n-- nothing to do\n;"));
  EXPECT_FALSE(found("SELECT 1;", "SELECT 2;"));
  EXPECT_FALSE(found("-- a merge\n", std::nullopt));
}

TEST(LintRules, EachHasCasesForAndAgainst) {
  for (const Rule& each : rules()) {
    if (each.id == RuleId::MissingDown) continue;
    for (const bool fires : {true, false})
      EXPECT_TRUE(std::ranges::any_of(
          all_cases(),
          [&](const Case& test) { return test.rule == each.id && test.fires == fires; }))
          << each.name << (fires ? " never fires" : " always fires");
  }
}

TEST(LintRules, SayWhatToWriteInsteadEverywhere) {
  for (const Case& test : all_cases())
    for (const Finding& finding : lint_after(test.before, test.sql, all_on(), test.transactional)) {
      EXPECT_FALSE(finding.message.empty()) << test.sql;
      EXPECT_FALSE(finding.instead.empty()) << test.sql;
      EXPECT_EQ(finding.file, "b.sql");
    }
}

TEST(LintRules, NamesAreUniqueAndKebabCase) {
  std::set<std::string_view> seen;
  for (const Rule& each : rules()) {
    EXPECT_TRUE(seen.insert(each.name).second) << each.name;
    EXPECT_EQ(each.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"),
              std::string_view::npos)
        << each.name;
    EXPECT_EQ(find_rule(each.name), &each);
  }
}

}  // namespace
}  // namespace sluice::lint
