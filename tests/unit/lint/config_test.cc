#include "lint/config.h"

#include "base/error.h"
#include "tests/unit/lint/cases.h"

namespace sluice::lint {
namespace {

TEST(LintConfig, SaysLevels) {
  const Config config = parse_config(
      "f", "rules:\n  create-index: warning\n  serial-column: off\ndown: off\nfail-on: never\n");
  EXPECT_EQ(config.level(RuleId::CreateIndex), Level::Warning);
  EXPECT_EQ(config.level(RuleId::SerialColumn), Level::Off);
  EXPECT_EQ(config.level(RuleId::DropTable), Level::Error);
  EXPECT_EQ(config.down, Level::Off);
  EXPECT_EQ(config.fail_on, Level::Off);
  EXPECT_EQ(parse_config("f", "").fail_on, Level::Error);
  EXPECT_EQ(parse_config("f", "rules:\n").levels.size(), 0U);
}

TEST(LintConfig, WhatIsWrongInItIsSaidWithItsPlace) {
  struct Wrong {
    const char* yaml;
    const char* says;
  };
  for (const Wrong& wrong : {Wrong{"rules:\n  nonsense: off", "f:2: no rule is called `nonsense`"},
                             {"rules:\n  cluster: loud", "f:2: no level is called `loud`"},
                             {"rules: [cluster]", "f:1: `rules` is not a map"},
                             {"rules:\n  cluster: [off]", "f:2: not one word"},
                             {"down: much", "f:1: no level is called `much`"},
                             {"\nlevel: off", "f:2: unknown key `level`"},
                             {"- a", "f:1: not a map"},
                             {"{", "f:"}}) {
    try {
      parse_config("f", wrong.yaml);
      ADD_FAILURE() << wrong.yaml;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reason(), "LintConfigInvalid");
      EXPECT_TRUE(error.message().starts_with(wrong.says)) << error.message();
    }
  }
}

TEST(LintConfig, AnUnknownRuleIsRefusedWithAllNames) {
  Config config;
  try {
    config.set("create_index", "off");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reason(), "LintRuleUnknown");
    for (const Rule& each : rules())
      EXPECT_NE(error.remedy().find(each.name), std::string::npos) << each.name;
  }
}

TEST(LintConfig, SetsTheLevelOfFindings) {
  Config config;
  config.set("drop-table", "note");
  const std::vector<Finding> findings = lint_after("", "DROP TABLE a", config);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].level, Level::Note);
  EXPECT_EQ(worst(findings), Level::Note);
  config.set("drop-table", "off");
  EXPECT_TRUE(lint_after("", "DROP TABLE a", config).empty());
  EXPECT_EQ(worst({}), Level::Off);
}

}  // namespace
}  // namespace sluice::lint
