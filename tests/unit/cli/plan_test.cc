#include <gmock/gmock.h>

#include "tests/unit/cli/files.h"

namespace sluice::cli {
namespace {

class PlanAt : public Files {
 protected:
  // "up a b", or the reason of the error.
  std::string plan(std::vector<std::string> words) const {
    words.insert(words.begin(), "plan");
    words.insert(words.end(), {"DIR", "--output", "json"});
    const Ran ran = sluice(words);
    const nlohmann::json answer = ran.json();
    if (answer.contains("error")) {
      EXPECT_EQ(ran.status, 1);
      EXPECT_FALSE(answer.at("error").at("message").get<std::string>().empty());
      EXPECT_FALSE(answer.at("error").at("kind").get<std::string>().empty());
      return answer.at("error").at("reason");
    }
    EXPECT_EQ(ran.status, 0);
    std::string text;
    for (const nlohmann::json& step : answer.at("steps"))
      text += step.at("direction").get<std::string>() + " " +
              step.at("revision").get<std::string>() + " ";
    return text;
  }
};

TEST_F(PlanAt, NeedsNoDatabase) {
  fork();
  struct Case {
    std::vector<std::string> words;
    std::string expected;
  };
  const std::vector<Case> cases{
      {{"heads", "--at", "base"}, "up aaaa1 up bbbb1 up cccc1 "},
      {{"+1", "--at", "base"}, "up aaaa1 "},
      {{"right@head", "--at", "bbbb1"}, "up cccc1 "},
      {{"right@+1", "--at", "aaaa1"}, "up bbbb1 up cccc1 "},
      {{"heads", "--at", "cccc1"}, ""},
      {{"heads", "--at", "heads"}, ""},
      {{"heads", "--at", "bbbb1, cccc1"}, ""},
      {{"--down", "base", "--at", "cccc1"}, "down cccc1 down bbbb1 down aaaa1 "},
      {{"--down", "--at", "ccc"}, "down cccc1 "},
      {{"--down", "-1", "--at", "cccc1"}, "down cccc1 "},
      {{"--down", "left@-1", "--at", "cccc1"}, "down cccc1 down bbbb1 "},
      {{"head", "--at", "base"}, "TargetAmbiguous"},
      {{"nope", "--at", "base"}, "TargetUnknown"},
      {{"heads", "--at", "nope"}, "TargetUnknown"},
      {{"heads", "--at", "base,aaaa1"}, "TargetUnknown"},
      {{"heads", "--at", ","}, "TargetUnknown"},
      {{"heads", "--at", ""}, "TargetUnknown"},
      {{"heads", "--at", "aaaa1+1"}, "TargetUnknown"},
  };
  for (const Case& test : cases) EXPECT_EQ(plan(test.words), test.expected) << test.words[0];
}

TEST_F(PlanAt, WarnsOfTheFirstOfSeveralHeads) {
  revision("aaaa1");
  revision("bbbb1", "aaaa1");
  revision("cccc1", "aaaa1");
  const Ran ran = sluice({"plan", "--down", "-1", "--at", "cccc1,bbbb1", "DIR"});
  EXPECT_EQ(ran.output, "down  cccc1  cccc1_cccc1.sql  make cccc1\n");
  EXPECT_THAT(ran.errors, testing::HasSubstr("warning: `-1` from several heads (cccc1, bbbb1)"));
}

TEST_F(PlanAt, FailsWithOneForFilesThatAreNoGraph) {
  revision("aaaa1", "bbbb1");
  EXPECT_EQ(plan({"heads", "--at", "base"}), "RevisionMissing");
  revision("bbbb1", "aaaa1");
  EXPECT_EQ(plan({"heads", "--at", "base"}), "RevisionCycle");
}

}  // namespace
}  // namespace sluice::cli
