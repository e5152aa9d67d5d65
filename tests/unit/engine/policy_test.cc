// What a plan does about revisions that came late, are not to run yet, repeat, or were interrupted.
#include <gmock/gmock.h>

#include "engine/plan.h"
#include "tests/unit/engine/ledger_shapes.h"

namespace sluice::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> ids(const Plan& plan) {
  std::vector<std::string> list;
  for (const Step& step : plan.steps) list.push_back(step.revision->id);
  return list;
}

const std::vector<std::string> kBefore{file("aaaa", "", "SELECT 1;"),
                                       file("cccc", "aaaa", "SELECT 3;")};
const std::vector<std::string> kAfter{file("aaaa", "", "SELECT 1;"),
                                      file("bbbb", "aaaa", "SELECT 2;"),
                                      file("cccc", "bbbb", "SELECT 3;")};

TEST(OutOfOrder, IsRefusedByDefault) {
  std::string message;
  EXPECT_EQ(
      reason([&] { plan_upgrade(graph(kAfter), applied(kBefore, 2), "head", kServer); }, &message),
      "OutOfOrder");
  EXPECT_EQ(message, "1.sql: revision bbbb is not applied, but comes before one that is");
}

TEST(OutOfOrder, RunsWhenAllowedAndLinksWhatFollows) {
  PlanPolicy policy;
  policy.allow_out_of_order = true;
  const Plan plan = plan_upgrade(graph(kAfter), applied(kBefore, 2), "head", kServer, policy);
  EXPECT_THAT(ids(plan), ElementsAre("bbbb"));
  ASSERT_EQ(plan.steps[0].relinks.size(), 1U);
  EXPECT_EQ(plan.steps[0].relinks[0].id, "cccc");
  EXPECT_THAT(plan.steps[0].relinks[0].revises, ElementsAre("bbbb"));
  EXPECT_EQ(plan.steps[0].relinks[0].raw_checksum, base::sha256(kAfter[2]));
}

TEST(OutOfOrder, IsNoExcuseForAnotherPast) {
  // cccc revised aaaa, and no longer comes after it.
  const std::vector<std::string> other{kBefore[0], file("bbbb", "", "SELECT 2;"),
                                       file("cccc", "bbbb", "SELECT 3;")};
  PlanPolicy policy;
  policy.allow_out_of_order = true;
  EXPECT_EQ(
      reason([&] { plan_upgrade(graph(other), applied(kBefore, 2), "heads", kServer, policy); }),
      "RevisionChanged");
}

const std::string kContract = "-- phase: contract\n";

TEST(ContractPhase, IsHeldBackWithWhatNeedsIt) {
  const std::vector<std::string> files{
      file("aaaa", "", "SELECT 1;"), file("bbbb", "aaaa", "SELECT 2;", kContract),
      file("cccc", "bbbb", "SELECT 3;"), "-- repeatable: views\n-- migrate:up\nSELECT 4;\n"};
  PlanPolicy policy;
  policy.contract = Contract::HoldBack;
  const Plan plan = plan_upgrade(graph(files), {}, "head", kServer, policy);
  EXPECT_THAT(ids(plan), ElementsAre("aaaa"));
  EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("held back: bbbb, cccc")));
  policy.contract = Contract::Run;
  EXPECT_THAT(ids(plan_upgrade(graph(files), {}, "head", kServer, policy)),
              ElementsAre("aaaa", "bbbb", "cccc", "views"));
}

TEST(Repeatable, RunsLastAndAgainWhenItsStatementsChange) {
  std::vector<std::string> files{file("aaaa", "", "SELECT 1;"),
                                 "-- repeatable: views\n-- migrate:up\nSELECT 2;\n",
                                 "-- repeatable: grants\n-- migrate:up\nSELECT 3;\n"};
  EXPECT_THAT(ids(plan_upgrade(graph(files), {}, "head", kServer)),
              ElementsAre("aaaa", "views", "grants"));
  ledger::State state = applied(files, 1);
  for (size_t i = 1; i < 3; ++i)
    state.repeatables.push_back(
        ledger::to_row(revisions::parse_revision(std::to_string(i) + ".sql", files[i])));
  EXPECT_THAT(ids(plan_upgrade(graph(files), state, "head", kServer)), IsEmpty());
  files[2] = "-- repeatable: grants\n-- migrate:up\nselect /* a comment */ 3\n";
  EXPECT_THAT(ids(plan_upgrade(graph(files), state, "head", kServer)), IsEmpty());
  files[2] = "-- repeatable: grants\n-- migrate:up\nSELECT 4;\n";
  EXPECT_THAT(ids(plan_upgrade(graph(files), state, "head", kServer)), ElementsAre("grants"));
}

TEST(Repeatable, WaitsUntilNothingElseIsPending) {
  const std::vector<std::string> files{file("aaaa", "", "SELECT 1;"),
                                       file("bbbb", "aaaa", "SELECT 2;"),
                                       "-- repeatable: views\n-- migrate:up\nSELECT 3;\n"};
  EXPECT_THAT(ids(plan_upgrade(graph(files), {}, "aaaa", kServer)), ElementsAre("aaaa"));
}

class Interrupted : public testing::Test {
 protected:
  static ledger::State state(size_t count, const std::string& revision, bool up) {
    ledger::State state = applied(kFiles, count);
    ledger::StatementRecord record;
    record.revision = revision;
    record.up = up;
    record.number = 1;
    state.statements.push_back(record);
    return state;
  }
  static const std::vector<std::string> kFiles;
};

const std::vector<std::string> Interrupted::kFiles{
    file("aaaa", "", "SELECT 1;"), file("bbbb", "aaaa", "SELECT 2;", "-- transaction: none\n"),
    file("cccc", "bbbb", "SELECT 3;")};

TEST_F(Interrupted, GoesOn) {
  const Plan up = plan_upgrade(graph(kFiles), state(1, "bbbb", true), "head", kServer);
  EXPECT_EQ(up.unfinished.size(), 1U);
  const Plan down = plan_downgrade(state(2, "bbbb", false), "base", kServer);
  EXPECT_EQ(down.unfinished.size(), 1U);
}

TEST_F(Interrupted, NothingElseRunsBefore) {
  struct Case {
    const char* what;
    std::function<void()> plan;
  };
  for (const Case& test : std::vector<Case>{
           {"a lower target",
            [] { plan_upgrade(graph(kFiles), state(1, "bbbb", true), "aaaa", kServer); }},
           {"a downgrade", [] { plan_downgrade(state(1, "bbbb", true), "base", kServer); }},
           {"an upgrade in mid-downgrade",
            [] { plan_upgrade(graph(kFiles), state(2, "bbbb", false), "head", kServer); }},
           {"files without it",
            [] { plan_upgrade(graph({kFiles[0]}), state(1, "bbbb", true), "head", kServer); }},
           {"a transactional one now",
            [] {
              plan_upgrade(graph({kFiles[0], file("bbbb", "aaaa", "SELECT 2;")}),
                           state(1, "bbbb", true), "head", kServer);
            }},
       })
    EXPECT_EQ(reason(test.plan), "RevisionUnfinished") << test.what;
}

}  // namespace
}  // namespace sluice::engine
