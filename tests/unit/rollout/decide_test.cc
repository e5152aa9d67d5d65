// The reconcile as a story told in observations: what is seen, what is decided about its runs.
#include "rollout/decide.h"

#include "tests/unit/rollout/world.h"

namespace sluice::rollout {
namespace {

bool does_nothing(const Decision& decision, const api::Status& before) {
  return !decision.add_finalizer && decision.events.empty() && decision.status == before &&
         decision.remove_jobs.empty() && !decision.start && decision.workloads.empty() &&
         !decision.remove_finalizer;
}

TEST(Decide, ANewObjectGetsAFinalizerAndAJobAndIsNotReady) {
  World world;
  const Decision decision = world.step();
  EXPECT_TRUE(decision.add_finalizer);
  ASSERT_TRUE(decision.start);
  EXPECT_EQ(decision.start->attempt, 1U);
  EXPECT_EQ(decision.status.observed_generation, 1);
  EXPECT_FALSE(world.is("Ready"));
  EXPECT_TRUE(world.is("Reconciling"));
  EXPECT_TRUE(decision.workloads.empty());
}

TEST(Decide, ASecondLookAtTheSameThingDoesNothing) {
  World world;
  world.step();
  EXPECT_TRUE(does_nothing(decide(world.seen, world.now + seconds(30)), world.seen.object.status));
  world.pod().started = true;
  world.step();
  EXPECT_TRUE(does_nothing(decide(world.seen, world.now + seconds(30)), world.seen.object.status));
  world.succeed("r1");
  world.step();
  world.step();
  EXPECT_TRUE(world.is("Ready"));
  EXPECT_TRUE(does_nothing(decide(world.seen, world.now + seconds(99)), world.seen.object.status));
}

TEST(Decide, AWorkloadIsReleasedOnlyOnceItsRevisionIsReported) {
  World world;
  EXPECT_TRUE(world.step().workloads.empty());
  world.pod().started = true;
  EXPECT_TRUE(world.step().workloads.empty());
  world.succeed("r1");
  const Decision decision = world.step();
  ASSERT_EQ(decision.workloads.size(), 1U);
  EXPECT_EQ(decision.workloads[0].action, WorkloadAction::Release);
  EXPECT_FALSE(world.is("Ready")) << "the release has not been seen yet";
  world.step();
  EXPECT_TRUE(world.is("Ready"));
  EXPECT_EQ(world.seen.object.status.phase, "Ready");
  for (const char* type : {"Planned", "Approved", "BackedUp", "Applied", "Verified", "Released"})
    EXPECT_TRUE(world.is(type)) << type;
}

TEST(Decide, AChangedSourceMakesItNotReadyInTheSameStepThatStartsTheRun) {
  World world;
  world.settle("r1");
  world.add_revision("r2", {"r1"});
  const Decision decision = world.step();
  EXPECT_TRUE(decision.start);
  EXPECT_FALSE(world.is("Ready"));
  EXPECT_EQ(world.condition("Applied").status, ConditionStatus::Unknown);
}

TEST(Decide, AWorkloadThatNeedsWhatIsAppliedAlreadyDoesNotWaitForTheRun) {
  World world;
  world.settle("r1");
  world.add_revision("r2", {"r1"});
  world.add_workload("r1");  // restarted: another template, the same needs
  const Decision decision = world.step();
  EXPECT_TRUE(decision.start);
  ASSERT_EQ(decision.workloads.size(), 1U);
}

TEST(Decide, AFailureOfTheInputStallsAndHoldsUntilTheInputChanges) {
  World world;
  world.settle("r1");
  world.add_revision("r2", {"r1"});
  world.add_workload("r2");
  world.step();
  world.fail("Apply", "StatementFailed", false, "r1");
  Decision decision = world.step();
  EXPECT_TRUE(decision.workloads.empty());
  EXPECT_TRUE(world.is("Stalled"));
  EXPECT_FALSE(world.is("Reconciling"));
  EXPECT_EQ(world.reason(), "StatementFailed");
  EXPECT_EQ(world.condition("Applied").reason, "StatementFailed");
  EXPECT_TRUE(world.is("Planned"));
  world.now += seconds(3600);
  EXPECT_FALSE(world.step().start);

  world.drop_revision("r2");
  world.add_revision("r3", {"r1"});
  world.add_workload("r3");
  EXPECT_TRUE(world.step().start);
  world.succeed("r3");
  EXPECT_EQ(world.step().workloads.size(), 1U);
}

TEST(Decide, WhatStayedAppliedOfAFailedRunReleasesWhoNeedsNoMore) {
  World world;
  world.settle("r1");
  world.add_revision("r2", {"r1"});
  world.add_revision("r3", {"r2"});
  world.add_workload("r2");
  world.step();
  world.fail("Apply", "StatementFailed", false, "r2");
  EXPECT_EQ(world.step().workloads.size(), 1U);
}

TEST(Decide, AWaitingCauseIsRetriedForEverAtMostAMinuteApart) {
  World world;
  world.step();
  for (uint32_t attempt = 1; attempt < 12; ++attempt) {
    world.fail("Connect", "DatabaseUnreachable", true);
    Decision decision = world.step();
    EXPECT_FALSE(decision.start);
    ASSERT_TRUE(decision.look_again);
    EXPECT_LE(*decision.look_again, seconds(60));
    EXPECT_TRUE(world.is("Reconciling"));
    EXPECT_FALSE(world.is("Stalled"));
    EXPECT_EQ(world.reason(), "DatabaseUnreachable");
    world.now += *decision.look_again;
    decision = world.step();
    ASSERT_TRUE(decision.start);
    EXPECT_EQ(decision.start->attempt, attempt + 1);
    EXPECT_EQ(world.reason(), "DatabaseUnreachable") << "shown until there is another answer";
    EXPECT_LE(world.seen.jobs.size(), kKeptJobs + 1);
  }
}

TEST(Decide, ARetryThatFailsAlikeTellsNoSecondEvent) {
  World world;
  world.step();
  world.fail("Connect", "DatabaseUnreachable", true);
  EXPECT_EQ(world.step().events.size(), 1U);
  world.now += seconds(60);
  world.step();
  world.fail("Connect", "DatabaseUnreachable", true);
  EXPECT_TRUE(world.step().events.empty());
}

TEST(Decide, ANewValueOfTheRetryAnnotationStartsOneAttempt) {
  World world;
  world.step();
  world.fail("Apply", "StatementFailed", false, "r0");
  EXPECT_FALSE(world.step().start);
  world.seen.object.retry_request = "now";
  ASSERT_TRUE(world.step().start);
  world.fail("Apply", "StatementFailed", false, "r0");
  EXPECT_FALSE(world.step().start);
}

TEST(Decide, ARunThatIsAskedForAfterASuccessShowsNothingOfTheOneBefore) {
  World world;
  world.settle("r1");
  world.seen.object.retry_request = "again";
  ASSERT_TRUE(world.step().start);
  EXPECT_EQ(world.condition("Verified").status, ConditionStatus::Unknown);
  EXPECT_EQ(world.reason(), "RunPending");
  EXPECT_TRUE(world.seen.object.status.last_error.empty());
}

TEST(Decide, ARunnerThatIsLostIsStartedAgainAFewTimes) {
  World world;
  world.seen.object.spec.run.retries = 2;
  world.step();
  const auto lose = [&] {
    world.pod().started = world.pod().terminated = true;
    world.pod().end_reason = "OOMKilled (exit status 137)";
    world.seen.jobs.back().finished = world.seen.jobs.back().failed = true;
    world.step();
    world.now += seconds(60);
  };
  lose();
  EXPECT_TRUE(world.step().start);
  lose();
  EXPECT_TRUE(world.step().start);
  lose();
  EXPECT_FALSE(world.step().start);
  EXPECT_EQ(world.reason(), "RunnerLost");
  EXPECT_TRUE(world.is("Stalled"));
}

TEST(Decide, AFinishedJobIsNotTakenForLostBeforeItsPodIsSeenToEnd) {
  World world;
  world.step();
  world.pod();
  world.seen.jobs.back().finished = true;
  EXPECT_FALSE(world.step().start);
  EXPECT_EQ(world.seen.object.status.run->state, api::RunState::Pending);
  world.succeed("r1");
  world.step();
  EXPECT_EQ(world.seen.object.status.run->state, api::RunState::Succeeded);
}

TEST(Decide, ARecordedRunWithoutAJobIsStartedOnceItsJobWouldHaveBeenSeen) {
  World world;
  const std::string name = world.step().start->name;
  world.seen.jobs.clear();
  EXPECT_FALSE(world.step().start);
  world.now += kJobAppears;
  const Decision decision = world.step();
  ASSERT_TRUE(decision.start);
  EXPECT_EQ(decision.start->name, name);
}

TEST(Decide, AJobThatTheApiServerDoesNotTakeStallsTheInputsOrIsTriedAgain) {
  struct Case {
    base::ErrorKind kind;
    const char* reason;
    bool stalled;
  };
  for (const Case& refused : {Case{base::ErrorKind::Invalid, "JobInvalid", true},
                              Case{base::ErrorKind::Refused, "JobForbidden", false}}) {
    World world;
    world.seen.job_refused = base::Error(refused.kind, "JobRefused", "spec.run.resources");
    EXPECT_FALSE(world.step().start);
    EXPECT_EQ(world.reason(), refused.reason);
    EXPECT_EQ(world.is("Stalled"), refused.stalled);
    world.seen.job_refused.reset();
    world.now += seconds(60);
    EXPECT_NE(world.step().start.has_value(), refused.stalled);
  }
}

TEST(Decide, APodThatTheJobReplacesIsWaitedFor) {
  World world;
  world.step();
  PodSeen& first = world.pod();
  first.started = first.terminated = first.deleting = true;
  runner::Report interrupted;
  interrupted.run = world.seen.jobs.back().name;
  interrupted.reason = "Interrupted";
  interrupted.retry = true;
  first.termination_message = runner::to_termination_message(interrupted);
  const Decision decision = world.step();
  EXPECT_FALSE(decision.start);
  EXPECT_EQ(world.seen.object.status.run->state, api::RunState::Pending);
}

TEST(Decide, ASuccessIsKnownBeforeItsJobIsMarkedComplete) {
  World world;
  world.step();
  world.succeed("r1");
  world.seen.jobs.back().finished = false;
  EXPECT_EQ(world.step().workloads.size(), 1U);
}

TEST(Decide, InputsThatChangeBackAreRunAgainBecauseTheDatabaseMoved) {
  World world;
  world.settle("r1");
  const std::string first = world.seen.jobs.back().name;
  world.add_revision("r2", {"r1"});
  world.step();
  world.succeed("r2");
  world.step();
  world.drop_revision("r2");
  const Decision decision = world.step();
  ASSERT_TRUE(decision.start);
  EXPECT_NE(decision.start->name, first);
  EXPECT_EQ(world.seen.object.status.revision.current, "r2");
}

TEST(Decide, ADatabaseAheadOfItsFilesIsReadyAndHoldsNobody) {
  World world;
  world.settle("r1");
  world.add_workload("r1");
  world.seen.object.retry_request = "again";
  world.step();
  runner::Report report;
  report.succeeded = true;
  report.stage = "Done";
  report.reason = "DatabaseAhead";
  report.message = "the database stands at r2";
  report.heads = {"r2"};
  report.known = {"r1"};
  world.finish(report);
  world.step();
  world.step();
  EXPECT_TRUE(world.is("Ready"));
  EXPECT_EQ(world.reason(), "DatabaseAhead");
  EXPECT_FALSE(world.gate().held);
}

TEST(Decide, ARunForEarlierInputsIsLetEnd) {
  World world;
  world.step();
  world.pod().started = true;
  world.add_revision("r2", {"r1"});
  EXPECT_FALSE(world.step().start);
  EXPECT_TRUE(world.is("Reconciling"));
  world.succeed("r1");
  EXPECT_TRUE(world.step().start);
}

TEST(Decide, ARunForEarlierInputsThatNeverStartedIsTakenAway) {
  World world;
  world.step();
  const std::string first = world.seen.jobs.back().name;
  world.pod().waiting_reason = "VolumeMissing";
  world.step();
  EXPECT_EQ(world.reason(), "VolumeMissing");
  EXPECT_TRUE(world.is("Reconciling"));
  world.add_revision("r2", {"r1"});
  const Decision decision = world.step();
  EXPECT_EQ(decision.remove_jobs, std::vector<std::string>{first});
  EXPECT_TRUE(decision.start);
}

TEST(Decide, AMissingSourceIsWaitedForAndStartsNothing) {
  World world;
  world.seen.source = {};
  world.seen.source.missing = {"trips-revisions"};
  const Decision decision = world.step();
  EXPECT_FALSE(decision.start);
  EXPECT_EQ(world.reason(), "SourceMissing");
  EXPECT_TRUE(world.is("Reconciling"));
  EXPECT_NE(world.condition("Ready").message.find("trips-revisions"), std::string::npos);
}

TEST(Decide, ARefusedSpecStallsAndTouchesNothing) {
  World world;
  world.seen.object.refusal =
      base::Error(base::ErrorKind::Invalid, "Unsupported", "spec.tool: not acted on");
  const Decision decision = world.step();
  EXPECT_FALSE(decision.start);
  EXPECT_TRUE(decision.workloads.empty());
  EXPECT_TRUE(world.is("Stalled"));
  EXPECT_EQ(world.reason(), "Unsupported");
}

TEST(Decide, ASuspendedObjectStartsNothingAndReleasesNothing) {
  World world;
  world.seen.object.spec.suspend = true;
  const Decision decision = world.step();
  EXPECT_FALSE(decision.start);
  EXPECT_FALSE(world.is("Ready"));
  EXPECT_FALSE(world.is("Stalled"));
  EXPECT_EQ(world.seen.object.status.phase, "Suspended");
}

TEST(Decide, ATransitionTimeMovesOnlyWithTheStatus) {
  World world;
  world.step();
  const base::Timestamp first = world.condition("Ready").last_transition;
  world.now += seconds(7);
  world.fail("Connect", "DatabaseUnreachable", true);
  world.step();
  EXPECT_EQ(world.condition("Ready").last_transition, first);
}

TEST(JobName, IsADnsLabelOfAtMost63Bytes) {
  const std::string digest(64, 'a');
  EXPECT_EQ(job_name("trips", digest, 3), "trips-aaaaaaaa-3");
  EXPECT_EQ(job_name("a.b", digest, 1), "a-b-aaaaaaaa-1");
  EXPECT_LE(job_name(std::string(253, 'x'), digest, 4294967295U).size(), 63U);
  EXPECT_EQ(job_name(std::string(39, 'x') + "-yy", digest, 1),
            std::string(39, 'x') + "-aaaaaaaa-1");
}

}  // namespace
}  // namespace sluice::rollout
