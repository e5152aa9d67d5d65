// Where each gated workload stands, and what is to be done about it. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rollout/decide.h"

namespace sluice::rollout {

// What the gates ask of the migration.
struct GateInputs {
  bool source_complete = false;
  const revisions::Parents* parents = nullptr;  // the source's graph
  std::set<std::string> applied;                // every revision that the database is known to hold
  bool succeeded = false;                       // the run for the inputs at hand did
  std::optional<base::Timestamp> inputs_since;
};

struct GateAnswer {
  api::GateStatus status;
  bool release = false;
  bool stalled = false;  // only a changed input helps
  std::optional<std::chrono::seconds> look_again;
};

GateAnswer judge_gate(const WorkloadSeen& workload, const api::GateStatus* before,
                      const GateInputs& inputs, base::Timestamp now);

}  // namespace sluice::rollout
