// Looks for drift, and a schema that failed and goes on.
#include <gmock/gmock.h>

#include "tests/unit/rollout/world.h"

namespace sluice::rollout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

runner::Report drifted(const std::vector<std::string>& objects) {
  runner::Report report;
  report.stage = "Verify";
  report.reason = objects.empty() ? "ConnectionLost" : "Drifted";
  report.message = objects.empty() ? "gone" : "1 object differs";
  report.drift = objects;
  return report;
}

const api::Condition& verified(const World& world) {
  return *api::find_condition(world.seen.object.status, "Verified");
}

class Drift : public testing::Test {
 protected:
  Drift() {
    world.seen.object.spec.drift_every = std::chrono::hours(1);
    world.settle("r1");
  }
  World world;
};

TEST_F(Drift, IsLookedForOnceTheIntervalIsOverAndNotBefore) {
  world.now += std::chrono::minutes(59);
  const Decision before = world.step();
  EXPECT_FALSE(before.look_for_drift);
  EXPECT_LE(*before.look_again, seconds(60));
  world.now += std::chrono::minutes(1);
  const Decision due = world.step();
  ASSERT_TRUE(due.look_for_drift);
  EXPECT_TRUE(due.look_for_drift->drift_check);
  EXPECT_EQ(due.status.drift->job, due.look_for_drift->name) << "recorded before it is made";
  EXPECT_FALSE(world.step().look_for_drift) << "one at a time";
  EXPECT_FALSE(world.step().start) << "a look is no run";
}

TEST_F(Drift, ThatIsFoundIsToldAndLeavesTheWorkloadsAlone) {
  world.now += std::chrono::hours(1);
  world.step();
  world.finish(drifted({"column note of public.trips"}));
  const Decision told = world.step();
  ASSERT_EQ(told.events.size(), 1U);
  EXPECT_EQ(told.events[0].reason, "Drifted");
  EXPECT_TRUE(told.workloads.empty());
  EXPECT_TRUE(world.is("Ready"));
  EXPECT_EQ(verified(world).status, ConditionStatus::False);
  EXPECT_EQ(verified(world).reason, "Drifted");
  EXPECT_THAT(world.seen.object.status.drift->objects, ElementsAre("column note of public.trips"));
  // It stays said while the next look is under way, and is gone once that found nothing.
  world.now += std::chrono::hours(1);
  ASSERT_TRUE(world.step().look_for_drift);
  EXPECT_EQ(verified(world).reason, "Drifted");
  runner::Report clean;
  clean.succeeded = true;
  clean.stage = "Done";
  world.finish(clean);
  world.step();
  EXPECT_EQ(verified(world).status, ConditionStatus::True);
  EXPECT_EQ(world.seen.object.status.drift->state, api::DriftState::Clean);
  EXPECT_TRUE(world.seen.object.status.drift->objects.empty());
}

TEST_F(Drift, ThatCouldNotBeLookedForIsToldAndLookedForAgain) {
  world.now += std::chrono::hours(1);
  world.step();
  world.finish(drifted({}));
  EXPECT_EQ(world.step().events.at(0).reason, "DriftCheckFailed");
  EXPECT_EQ(verified(world).reason, "DriftCheckFailed");
  EXPECT_TRUE(world.is("Ready"));
  world.now += std::chrono::hours(1);
  EXPECT_EQ(world.step().look_for_drift->attempt, 2U);
}

TEST_F(Drift, WhoseJobWasNeverMadeIsGivenUp) {
  world.now += std::chrono::hours(1);
  world.step();
  world.seen.jobs.clear();
  world.now += kJobAppears;
  EXPECT_EQ(world.step().events.at(0).reason, "DriftCheckFailed");
}

TEST_F(Drift, IsNotLookedForWhileSuspendedOrWhileARunIsDue) {
  world.now += std::chrono::hours(2);
  world.seen.object.spec.suspend = true;
  EXPECT_FALSE(world.step().look_for_drift);
  world.seen.object.spec.suspend = false;
  world.add_revision("r2", {"r1"});
  const Decision decision = world.step();
  EXPECT_TRUE(decision.start);
  EXPECT_FALSE(decision.look_for_drift);
}

TEST_F(Drift, IsForgottenWithItsField) {
  world.now += std::chrono::hours(1);
  world.step();
  world.finish(drifted({"table public.x"}));
  world.step();
  world.seen.object.spec.drift_every.reset();
  world.step();
  EXPECT_FALSE(world.seen.object.status.drift);
  EXPECT_EQ(verified(world).status, ConditionStatus::True);
}

runner::Report failed(bool retry) {
  runner::Report report;
  report.stage = "Apply";
  report.reason = retry ? "LockTimeout" : "StatementFailed";
  report.message = "schema.sql:3: no";
  report.retry = retry;
  report.heads.emplace();
  return report;
}

World with_schema(api::OnFailure on_failure) {
  World world;
  world.seen.object.spec.schema = api::SchemaPolicy::Additive;
  world.seen.object.spec.on_failure = on_failure;
  world.add_workload("");
  world.step();
  return world;
}

TEST(SchemaThatFailed, HoldsTheWorkloads) {
  World world = with_schema(api::OnFailure::Hold);
  world.now += kSettle;
  world.finish(failed(false));
  EXPECT_TRUE(world.step().workloads.empty());
  EXPECT_TRUE(world.is("Stalled"));
}

TEST(SchemaThatFailed, IsReportedAndLetsTheWorkloadsGoWhenToldToContinue) {
  World world = with_schema(api::OnFailure::Continue);
  world.now += kSettle;
  world.finish(failed(false));
  const Decision decision = world.step();
  ASSERT_EQ(decision.workloads.size(), 1U);
  EXPECT_EQ(decision.workloads[0].action, WorkloadAction::Release);
  world.step();
  EXPECT_TRUE(world.is("Ready"));
  EXPECT_FALSE(world.is("Applied"));
  EXPECT_EQ(world.seen.object.status.phase, "Continued");
  EXPECT_THAT(world.seen.object.status.last_error, HasSubstr("schema.sql:3: no"));
  EXPECT_EQ(api::find_condition(world.seen.object.status, "Ready")->reason,
            "ContinuedAfterFailure");
}

TEST(SchemaThatFailed, IsTriedAFewTimesWhereTheCauseMayPass) {
  World world = with_schema(api::OnFailure::Continue);
  for (unsigned attempt = 1; attempt <= world.seen.object.spec.run.retries; ++attempt) {
    world.finish(failed(true));
    EXPECT_TRUE(world.step().workloads.empty());
    world.now += kLongestBackoff;
    ASSERT_TRUE(world.step().start) << attempt;
  }
  world.finish(failed(true));
  EXPECT_EQ(world.step().workloads.size(), 1U);
  world.now += kLongestBackoff;
  EXPECT_FALSE(world.step().start);
}

TEST(WantedSchema, KnowsNoRevisionThatAWorkloadCouldRequire) {
  World world = with_schema(api::OnFailure::Hold);
  world.add_workload("r1");
  world.now += kSettle;
  runner::Report done;
  done.succeeded = true;
  done.stage = "Done";
  done.heads.emplace();
  done.applied = 4;
  done.message = "1 difference left undone";
  world.finish(done);
  const Decision decision = world.step();
  EXPECT_TRUE(decision.workloads.empty());
  EXPECT_EQ(decision.status.gates.at(0).reason, "RevisionUnknown");
  EXPECT_THAT(api::find_condition(decision.status, "Planned")->message, HasSubstr("4 changes"));
  EXPECT_THAT(api::find_condition(decision.status, "Applied")->message,
              HasSubstr("1 difference left undone"));
}

}  // namespace
}  // namespace sluice::rollout
