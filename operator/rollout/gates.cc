#include "rollout/gates.h"

namespace sluice::rollout {
namespace {

using api::GateState;
using std::chrono::seconds;

GateAnswer answer(GateState state, std::string reason, std::string message) {
  GateAnswer gate;
  gate.status.state = state;
  gate.status.reason = std::move(reason);
  gate.status.message = std::move(message);
  return gate;
}

std::string named(const WorkloadSeen& workload) {
  return workload.ref.kind + " " + workload.ref.name;
}

GateAnswer judge_required(const WorkloadSeen& workload, const GateInputs& inputs) {
  const std::string& required = workload.gate.requires_revision;
  const bool held = workload.gate.held.has_value();
  if (inputs.applied.contains(required)) {
    if (!held) return answer(GateState::Released, "Released", "runs; " + required + " is applied");
    GateAnswer gate = answer(GateState::Held, "Releasing", required + " is applied");
    gate.release = true;
    return gate;
  }
  if (inputs.source_complete && !inputs.parents->contains(required))
    return answer(
        GateState::Held, "RevisionUnknown",
        named(workload) + " requires revision " + required +
            ", which is not among the revision files; add it to the source, or correct the "
            "annotation " +
            kRequiresAnnotation);
  if (inputs.succeeded && inputs.source_complete)
    return answer(
        GateState::Held, "RevisionBeyondTarget",
        named(workload) + " requires revision " + required +
            ", which is not among those that lead to spec.revisions.target; correct one of "
            "the two");
  return answer(
      GateState::Held, "AwaitingRevision",
      named(workload) + (held ? " waits for revision " : " runs without revision ") + required);
}

GateAnswer judge_unspecific(const WorkloadSeen& workload, const GateInputs& inputs,
                            base::Timestamp now) {
  if (!workload.gate.held) return answer(GateState::Released, "Released", "runs");
  if (!inputs.succeeded)
    return answer(GateState::Held, "AwaitingMigration",
                  named(workload) + " waits for the migration");
  const seconds age = inputs.inputs_since ? now - *inputs.inputs_since : seconds(0);
  GateAnswer gate =
      answer(GateState::Held, "Settling", "released once the inputs are unchanged for 5 s");
  if (age >= kSettle)
    gate.release = true;
  else
    gate.look_again = kSettle - age;
  return gate;
}

GateAnswer judge_kind(const WorkloadSeen& workload, const GateInputs& inputs, base::Timestamp now) {
  if (!workload.exists) {
    GateAnswer gate = answer(GateState::Missing, "WorkloadMissing",
                             named(workload) + " does not exist; it will be gated once it does");
    gate.look_again = kLongestBackoff;
    return gate;
  }
  if (!workload.claimed_by.empty()) {
    GateAnswer gate = answer(GateState::Refused, "AlreadyGated",
                             named(workload) + " is gated by SchemaMigration " +
                                 workload.claimed_by + "; let one SchemaMigration name it");
    gate.stalled = true;
    return gate;
  }
  if (!workload.gate.labelled) {
    GateAnswer gate =
        answer(GateState::Refused, "NotLabelled",
               named(workload) + " lacks the label " + kGatedLabel +
                   ": \"true\", so nothing holds it back; add the label to its metadata");
    gate.stalled = true;
    gate.look_again = kLongestBackoff;
    return gate;
  }
  return workload.gate.requires_revision.empty() ? judge_unspecific(workload, inputs, now)
                                                 : judge_required(workload, inputs);
}

}  // namespace

GateAnswer judge_gate(const WorkloadSeen& workload, const api::GateStatus* before,
                      const GateInputs& inputs, base::Timestamp now) {
  GateAnswer gate = judge_kind(workload, inputs, now);
  gate.status.workload = workload.ref;
  gate.status.requires_revision = workload.gate.requires_revision;
  const bool same = before != nullptr && before->state == gate.status.state &&
                    before->reason == gate.status.reason &&
                    before->requires_revision == gate.status.requires_revision;
  gate.status.since = same && before->since ? before->since : now;
  // While a set of objects is being applied, the workload may come before the revisions.
  if (gate.status.reason == "RevisionUnknown" || gate.status.reason == "RevisionBeyondTarget") {
    const seconds age = now - *gate.status.since;
    gate.stalled = age >= kSettle;
    if (!gate.stalled) gate.look_again = kSettle - age;
  }
  return gate;
}

}  // namespace sluice::rollout
