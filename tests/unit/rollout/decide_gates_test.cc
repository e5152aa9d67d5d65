// The reconcile as a story told in observations: what is decided about the gated workloads.
#include "rollout/decide.h"
#include "tests/unit/rollout/world.h"

namespace sluice::rollout {
namespace {

struct GateCase {
  const char* name;
  void (*change)(World&);
  const char* reason;
  bool stalled;
};

class DecideGate : public testing::TestWithParam<GateCase> {};

TEST_P(DecideGate, MigratesAndSaysWhatIsWrongWithTheWorkload) {
  World world;
  GetParam().change(world);
  ASSERT_TRUE(world.step().start) << "no workload delays the migration";
  world.succeed("r1");
  world.step();
  world.now += kSettle;
  world.step();
  EXPECT_EQ(world.reason(), GetParam().reason);
  EXPECT_EQ(world.is("Stalled"), GetParam().stalled);
  EXPECT_NE(world.is("Reconciling"), GetParam().stalled);
  EXPECT_TRUE(world.is("Applied"));
  EXPECT_FALSE(world.is("Released"));
}

INSTANTIATE_TEST_SUITE_P(
    All, DecideGate,
    testing::Values(GateCase{"Missing",
                             [](World& world) { world.seen.workloads[0].exists = false; },
                             "WorkloadMissing", false},
                    GateCase{"NotLabelled", [](World& world) { world.gate().labelled = false; },
                             "NotLabelled", true},
                    GateCase{"Unknown", [](World& world) { world.add_workload("r9"); },
                             "RevisionUnknown", true},
                    GateCase{"BeyondTarget",
                             [](World& world) {
                               world.add_revision("r2", {"r1"});
                               world.add_workload("r2");
                             },
                             "RevisionBeyondTarget", true},
                    GateCase{"TwiceGated",
                             [](World& world) { world.seen.workloads[0].claimed_by = "other"; },
                             "AlreadyGated", true}),
    [](const auto& gate) { return std::string(gate.param.name); });

TEST(Decide, AnUnknownRevisionIsGivenAMomentToArrive) {
  World world;
  world.settle("r1");
  world.add_workload("r2");
  const Decision decision = world.step();
  EXPECT_EQ(world.reason(), "RevisionUnknown");
  EXPECT_FALSE(world.is("Stalled"));
  EXPECT_EQ(decision.look_again, kSettle);
}

TEST(Decide, AnAppliedIdWhoseFileWasChangedOpensNoGate) {
  World world;
  world.settle("r1");
  world.seen.source.files["r1_x.sql"] = "another";
  world.step();
  world.fail("Plan", "RevisionChanged", false, "r1");
  world.step();
  world.add_workload("r1");
  EXPECT_TRUE(world.step().workloads.empty());
  EXPECT_EQ(world.reason(), "RevisionChanged");
}

TEST(Decide, AWorkloadThatRequiresNothingIsReleasedOnceTheInputsSettled) {
  World world;
  world.add_workload("");
  world.step();
  world.succeed("r1");
  Decision decision = world.step();
  EXPECT_TRUE(decision.workloads.empty());
  ASSERT_TRUE(decision.look_again);
  world.now += *decision.look_again;
  EXPECT_EQ(world.step().workloads.size(), 1U);
}

TEST(Decide, DeletionRestoresEveryWorkloadBeforeTheFinalizerGoes) {
  World world;
  world.settle("r1");
  world.add_workload("r2");
  world.seen.object.deleting = true;
  const Decision decision = world.step();
  ASSERT_EQ(decision.workloads.size(), 1U);
  EXPECT_EQ(decision.workloads[0].action, WorkloadAction::Restore);
  EXPECT_TRUE(decision.remove_finalizer);
  EXPECT_FALSE(decision.start);
  EXPECT_FALSE(decision.add_finalizer);
}

TEST(Decide, AWorkloadThatTheSpecNoLongerNamesIsRestored) {
  World world;
  world.settle("r1");
  world.add_workload("r2");
  world.step();
  world.seen.former = world.seen.workloads;
  world.seen.workloads.clear();
  world.seen.object.spec.workloads.clear();
  const Decision decision = world.step();
  ASSERT_EQ(decision.workloads.size(), 1U);
  EXPECT_EQ(decision.workloads[0].action, WorkloadAction::Restore);
}

}  // namespace
}  // namespace sluice::rollout
