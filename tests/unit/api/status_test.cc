#include "api/status.h"

#include <gtest/gtest.h>

#include "tests/unit/api/documents.h"

namespace sluice::api {
namespace {

using nlohmann::json;

base::Timestamp at(const char* time) { return *base::from_rfc3339(time); }

Status whole_status() {
  Status status;
  status.observed_generation = 7;
  status.phase = "Waiting";
  status.conditions = {
      {"Ready", ConditionStatus::False, "Waiting", "for the host", 7, at("2026-11-21T10:00:00Z")},
      {"Stalled", ConditionStatus::Unknown, "", "", 6, {}}};
  status.revision = {"a1, b2", "c3", 2, {"a1"}};
  status.inputs = {"d", at("2026-11-21T09:00:00Z")};
  status.plan_digest = "p";
  status.plan_steps = 3;
  status.run = RunStatus{"trips-0a-1",
                         "d",
                         4,
                         RunState::Failed,
                         "Connect",
                         "HostUnknown",
                         "no such host",
                         true,
                         1,
                         "again",
                         at("2026-11-21T09:01:00Z"),
                         at("2026-11-21T09:02:00Z")};
  status.backup = BackupStatus{"trips-0a-1", 1ULL << 40U, at("2026-11-21T09:01:30Z")};
  status.gates = {{{"Deployment", "trips-api"},
                   GateState::Held,
                   "NotApplied",
                   "needs c3",
                   "c3",
                   at("2026-11-21T09:00:01Z")}};
  status.last_error = "no such host";
  return status;
}

TEST(Status, ComesBackAsItWasWritten) {
  for (const Status& status : {whole_status(), Status{}})
    EXPECT_EQ(status_from_json(to_json(status)), status) << to_json(status);
}

TEST(Status, IsWrittenInKubernetesNames) {
  EXPECT_EQ(to_json(whole_status()), json::parse(R"({
    "observedGeneration": 7, "phase": "Waiting", "lastError": "no such host",
    "conditions": [
      {"type": "Ready", "status": "False", "reason": "Waiting", "message": "for the host",
       "observedGeneration": 7, "lastTransitionTime": "2026-11-21T10:00:00Z"},
      {"type": "Stalled", "status": "Unknown",
       "observedGeneration": 6, "lastTransitionTime": "1970-01-01T00:00:00Z"}],
    "revision": {"current": "a1, b2", "target": "c3", "pending": 2, "known": ["a1"]},
    "inputs": {"digest": "d", "since": "2026-11-21T09:00:00Z"},
    "plan": {"digest": "p", "steps": 3},
    "run": {"name": "trips-0a-1", "digest": "d", "attempt": 4, "state": "Failed",
            "stage": "Connect", "reason": "HostUnknown", "message": "no such host",
            "retry": true, "lost": 1, "retryRequest": "again",
            "startedAt": "2026-11-21T09:01:00Z", "finishedAt": "2026-11-21T09:02:00Z"},
    "backup": {"archive": "trips-0a-1", "bytes": 1099511627776,
               "finishedAt": "2026-11-21T09:01:30Z"},
    "gates": [{"kind": "Deployment", "name": "trips-api", "state": "Held",
               "reason": "NotApplied", "message": "needs c3", "requires": "c3",
               "since": "2026-11-21T09:00:01Z"}]
  })"));
}

TEST(Status, LeavesOutWhatIsEmpty) {
  EXPECT_EQ(to_json(Status{}), json::parse(R"({"observedGeneration": -1})"));
}

TEST(Status, ZeroPendingIsNotUnknown) {
  Status status;
  status.revision.pending = 0;
  EXPECT_EQ(to_json(status)["revision"]["pending"], 0);
}

TEST(Status, TakesAPieceOfAnotherShapeForAbsent) {
  const json junk = json::parse(R"({
    "observedGeneration": 1.5, "phase": {}, "conditions": [null, 3, {"type": 1}, {"type": "Ready"}],
    "revision": [], "inputs": {"since": "yesterday"}, "plan": {"steps": -1},
    "run": {"name": "r", "attempt": 4294967296, "state": "Odd", "retry": "yes", "startedAt": 5},
    "backup": {"bytes": 1}, "gates": {"name": "x"}, "lastError": null})");
  const Status status = status_from_json(junk);
  EXPECT_EQ(status.observed_generation, -1);
  ASSERT_EQ(status.conditions.size(), 1U);
  EXPECT_EQ(status.conditions[0].status, ConditionStatus::Unknown);
  EXPECT_EQ(status.inputs, InputsStatus{});
  EXPECT_EQ(status.plan_steps, 0U);
  ASSERT_TRUE(status.run);
  EXPECT_EQ(status.run->attempt, 0U);
  EXPECT_EQ(status.run->state, RunState::Pending);
  EXPECT_FALSE(status.run->retry);
  EXPECT_FALSE(status.backup);
  EXPECT_TRUE(status.gates.empty());
}

TEST(Status, FindsAConditionByType) {
  const Status status = whole_status();
  EXPECT_EQ(find_condition(status, "Ready"), &status.conditions[0]);
  EXPECT_EQ(find_condition(status, "Applied"), nullptr);
}

}  // namespace
}  // namespace sluice::api
