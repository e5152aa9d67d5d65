// What the commands that show the graph say of a database.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/database/engine_bench.h"

namespace sluice::engine {
namespace {

using testing::HasSubstr;

class HistoryOfDatabase : public EngineBench {
 protected:
  void SetUp() override {
    EngineBench::SetUp();
    for (int number = 1; number <= 3; ++number) revision(number, "SELECT 1;");
    ASSERT_EQ(sluice({"upgrade", "r002"}).status, 0);
  }
  std::string files() const { return (root_ / "revisions").string(); }
};

TEST_F(HistoryOfDatabase, MarksWhatIsApplied) {
  EXPECT_EQ(sluice({"history", "--graph"}).output, "○ r003 (head)\n● r002 (current)\n● r001\n");
  EXPECT_EQ(sluice({"graph"}).output, "○ r003 (head)\n● r002\n● r001\n");
  EXPECT_THAT(sluice({"graph", "--format", "svg"}).output, HasSubstr("r003 pending"));
  EXPECT_EQ(sluice({"history", "-i", "-r", "-1:current"}).output,
            "r001 -> r002 (current)\n<base> -> r001\n");
  EXPECT_EQ(sluice({"history", "-r", "current:+1"}).output, "r002 -> r003 (head)\nr001 -> r002\n");
  EXPECT_THAT(sluice({"show", "current"}).output, HasSubstr("Rev: r002"));
}

TEST_F(HistoryOfDatabase, PlansADowngradeFromTheLedger) {
  std::filesystem::remove_all(root_ / "revisions");
  const auto plan =
      nlohmann::json::parse(sluice({"plan", "--down", "base", "--output", "json"}).output);
  EXPECT_EQ(plan.at("direction"), "down");
  EXPECT_EQ(plan.at("steps").size(), 2U);
  EXPECT_EQ(plan.at("steps").at(0).at("revision"), "r002");
}

TEST_F(HistoryOfDatabase, CheckHeadsIsThreeUntilItStandsThere) {
  EXPECT_EQ(sluice({"current", "--check-heads", "--dir", files()}).status, 3);
  EXPECT_THAT(sluice({"current", "--check-heads", "--dir", files()}).errors,
              HasSubstr("head r003 is not applied"));
  ASSERT_EQ(sluice({"upgrade"}).status, 0);
  EXPECT_EQ(sluice({"current", "--check-heads", "--dir", files()}).status, 0);
  std::filesystem::remove(root_ / "revisions" / "r003.sql");
  const base::CommandResult ahead =
      sluice({"current", "--check-heads", "--output", "json", "--dir", files()});
  EXPECT_EQ(ahead.status, 3);
  EXPECT_EQ(nlohmann::json::parse(ahead.output).at("atHeads"), false);
}

TEST_F(HistoryOfDatabase, CurrentInFull) {
  const std::string entry = sluice({"current", "--verbose"}).output;
  EXPECT_THAT(entry, HasSubstr("Rev: r002 (current)\nParent: r001\nPath: r002.sql\nApplied: 20"));
  const auto facts =
      nlohmann::json::parse(sluice({"current", "--verbose", "--output", "json"}).output);
  EXPECT_EQ(facts.at("revisions").at(0).at("revision"), "r002");
}

TEST_F(HistoryOfDatabase, TheDatabaseMayBeNamedByAFile) {
  std::ofstream(root_ / "env") << "# the database\nexport DATABASE_URL='" << url_ << "'\n";
  const base::CommandResult current =
      base::run({{SLUICE_PROGRAM, "current", "--env-file", (root_ / "env").string()},
                 {{"DATABASE_URL", ""}}});
  EXPECT_NE(current.output, "r002\n") << "an empty variable is set, too";
  const base::CommandResult without =
      base::run({{"/usr/bin/env", "-u", "DATABASE_URL", SLUICE_PROGRAM, "current", "--env-file",
                  (root_ / "env").string()},
                 {}});
  EXPECT_EQ(without.output, "r002\n") << without.errors;
}

}  // namespace
}  // namespace sluice::engine
