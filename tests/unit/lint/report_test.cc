#include "lint/report.h"

#include <nlohmann/json.hpp>

#include "tests/unit/lint/cases.h"

namespace sluice::lint {
namespace {

std::vector<Finding> sample() {
  std::vector<Finding> findings =
      lint_after("", "DROP TABLE t;\nCREATE TABLE u (a json);\nSELEC 1;");
  for (Finding& finding : findings) finding.file = "mig dir/b,1.sql";
  return findings;
}

TEST(LintReport, JsonHasAllFacts) {
  const nlohmann::ordered_json document = as_json(sample());
  EXPECT_EQ(document["summary"],
            nlohmann::ordered_json({{"error", 1}, {"warning", 2}, {"note", 0}}));
  ASSERT_EQ(document["findings"].size(), 3U);
  const auto& first = document["findings"][0];
  EXPECT_EQ(first["rule"], "drop-table");
  EXPECT_EQ(first["level"], "error");
  EXPECT_EQ(first["category"], "loses-data");
  EXPECT_EQ(first["file"], "mig dir/b,1.sql");
  EXPECT_EQ(first["line"], 4);
  EXPECT_EQ(first["column"], 1);
  EXPECT_EQ(first["revision"], "b");
  for (const char* key : {"message", "excerpt", "why", "instead"})
    EXPECT_FALSE(first[key].get<std::string>().empty()) << key;
}

// The members that SARIF 2.1.0 requires, and that what shows it relies on.
TEST(LintReport, SarifHasWhatItsSchemaAsksFor) {
  const nlohmann::ordered_json document = as_sarif(sample(), "1.2.3");
  EXPECT_EQ(document["version"], "2.1.0");
  EXPECT_TRUE(document["$schema"].get<std::string>().ends_with("sarif-2.1.0.json"));
  ASSERT_TRUE(document["runs"].is_array());
  ASSERT_EQ(document["runs"].size(), 1U);
  const auto& run = document["runs"][0];
  const auto& driver = run["tool"]["driver"];
  EXPECT_EQ(driver["name"], "sluice");
  EXPECT_EQ(driver["version"], "1.2.3");
  ASSERT_EQ(driver["rules"].size(), rules().size());
  for (const auto& rule : driver["rules"]) {
    EXPECT_NE(find_rule(rule["id"].get<std::string>()), nullptr);
    for (const char* key : {"shortDescription", "fullDescription", "help"})
      EXPECT_FALSE(rule[key]["text"].get<std::string>().empty());
  }
  ASSERT_EQ(run["results"].size(), 3U);
  std::vector<std::string> levels;
  for (const auto& result : run["results"]) {
    levels.push_back(result["level"]);
    EXPECT_EQ(driver["rules"][result["ruleIndex"].get<size_t>()]["id"], result["ruleId"]);
    EXPECT_FALSE(result["message"]["text"].get<std::string>().empty());
    ASSERT_TRUE(result["locations"].is_array());
    const auto& place = result["locations"][0]["physicalLocation"];
    EXPECT_EQ(place["artifactLocation"]["uri"], "mig%20dir/b%2C1.sql");
    EXPECT_GE(place["region"]["startLine"], 4);
    EXPECT_GE(place["region"]["startColumn"], 1);
  }
  EXPECT_EQ(levels, (std::vector<std::string>{"error", "warning", "warning"}));
}

TEST(LintReport, SarifOfNothingHasAnEmptyList) {
  const nlohmann::ordered_json document = as_sarif({}, "1");
  EXPECT_TRUE(document["runs"][0]["results"].is_array());
  EXPECT_TRUE(document["runs"][0]["results"].empty());
}

// A line break or a colon of the user's may not begin another command or property.
TEST(LintReport, GithubCommandsAreEscaped) {
  Finding finding;
  finding.rule = RuleId::DropTable;
  finding.level = Level::Warning;
  finding.file = "a:b,c%.sql";
  finding.line = 3;
  finding.column = 7;
  finding.message = "100%\r\n::error::x, y: z";
  finding.instead = "w";
  EXPECT_EQ(as_github({finding}),
            "::warning file=a%3Ab%2Cc%25.sql,line=3,col=7,title=drop-table::"
            "100%25%0D%0A::error::x, y: z%0AInstead:%0Aw\n");
  finding.level = Level::Note;
  EXPECT_TRUE(as_github({finding}).starts_with("::notice "));
  finding.level = Level::Error;
  EXPECT_TRUE(as_github({finding, finding}).starts_with("::error "));
  EXPECT_EQ(as_github({}), "");
}

TEST(LintReport, TextSaysPlaceRuleWhyAndInstead) {
  const std::string text = as_text(sample());
  EXPECT_TRUE(
      text.starts_with("mig dir/b,1.sql:4:1: error: drop-table: t is dropped\n"
                       "    DROP TABLE t\n  why: "))
      << text;
  EXPECT_NE(text.find("\n  instead:\n    -- phase: contract"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\n1 error, 2 warnings, 0 notes\n")) << text;
  EXPECT_EQ(as_text({}), "nothing found\n");
}

}  // namespace
}  // namespace sluice::lint
