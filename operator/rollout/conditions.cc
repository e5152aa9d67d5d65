#include "rollout/conditions.h"

#include <array>

#include "base/text.h"

namespace sluice::rollout {
namespace {

using api::ConditionStatus;
using api::GateState;
using api::RunState;

struct Stated {
  ConditionStatus status;
  std::string reason;
  std::string message;
};

// The stages of a run in order; each condition stands for the stages up to its own.
int stage_rank(const std::string& stage) {
  constexpr std::array kStages{"Source", "Connect", "Plan", "Backup", "Apply", "Verify", "Done"};
  for (size_t i = 0; i < kStages.size(); ++i)
    if (stage == kStages[i]) return static_cast<int>(i);
  return -1;
}

constexpr int kPlanned = 2, kBackedUp = 3, kApplied = 4, kVerified = 5;

std::string backup_message(const api::Status& status) {
  return "archive " + status.backup->archive + ", " + std::to_string(status.backup->bytes) +
         " bytes";
}

std::string what_is_verified(const api::Spec& spec) {
  std::string text = spec.schema ? "a second comparison finds nothing left to do"
                                 : "the database's heads are the plan's";
  const api::Verify& verify = spec.verify;
  if (const size_t names = verify.tables.size() + verify.columns.size(); names > 0)
    text += ", " + base::counted(names, "required name");
  if (!verify.checks.empty()) text += ", " + base::counted(verify.checks.size(), "check");
  if (verify.no_drift) text += ", no drift";
  return text;
}

Stated passed(int rank, const api::Status& status, const api::Spec& spec) {
  const api::RunStatus& run = *status.run;
  // What an additive policy leaves as it is.
  const std::string remark = run.message.empty() ? "" : "; " + run.message;
  switch (rank) {
    case kPlanned:
      if (spec.schema)
        return {ConditionStatus::True, "Planned",
                base::counted(status.plan_steps, "change") + " to the wanted schema"};
      return {ConditionStatus::True, run.reason == "DatabaseAhead" ? run.reason : "Planned",
              base::counted(status.plan_steps, "revision") + " to apply up to " +
                  status.revision.target};
    case kBackedUp:
      if (spec.backup.when == api::BackupWhen::Never)
        return {ConditionStatus::True, "NotRequested", "spec.backup asks for none"};
      if (status.backup && status.backup->archive.ends_with(run.name))
        return {ConditionStatus::True, "BackupTaken", backup_message(status)};
      return {ConditionStatus::True, "NotNeeded", "nothing was to be applied"};
    case kApplied:
      return {ConditionStatus::True, "Applied",
              spec.schema ? "the database has the wanted schema" + remark
                          : "the database stands at " + status.revision.current};
    default:
      if (status.drift && !status.drift->message.empty())
        return {ConditionStatus::False,
                status.drift->objects.empty() ? "DriftCheckFailed" : "Drifted",
                status.drift->message};
      return {ConditionStatus::True, "Verified", what_is_verified(spec)};
  }
}

Stated stage_condition(int rank, const api::Status& status, const api::Spec& spec) {
  if (!status.run) return {ConditionStatus::Unknown, "NotStarted", "no run has started"};
  const api::RunStatus& run = *status.run;
  if (run.state == RunState::Succeeded) return passed(rank, status, spec);
  const int failed = stage_rank(run.stage);
  // A stage before the failed one was passed; Source, Connect and Plan all stand behind Planned.
  if (failed > rank) return passed(rank, status, spec);
  if (failed == rank || (rank == kPlanned && failed >= 0))
    return {ConditionStatus::False, run.reason, run.message};
  if (failed >= 0) return {ConditionStatus::Unknown, "NotReached", "stopped before: " + run.reason};
  if (run.state == RunState::Failed && rank == kApplied)
    return {ConditionStatus::Unknown, run.reason, run.message};
  return {ConditionStatus::Unknown, run.reason.empty() ? "InProgress" : run.reason,
          "run " + run.name + " is " + std::string(to_string(run.state))};
}

Stated released(const api::Status& status) {
  if (status.gates.empty()) return {ConditionStatus::True, "NoWorkloads", "spec.gate names none"};
  for (const api::GateStatus& gate : status.gates)
    if (gate.state != GateState::Released)
      return {ConditionStatus::False, gate.reason, gate.message};
  return {ConditionStatus::True, "Released",
          base::counted(status.gates.size(), "workload") + " released"};
}

}  // namespace

void set_conditions(api::Status& status, const std::vector<api::Condition>& earlier,
                    const api::Spec& spec, const Verdict& verdict, int64_t generation,
                    base::Timestamp now) {
  const auto truth = [](bool value) {
    return value ? ConditionStatus::True : ConditionStatus::False;
  };
  status.conditions.clear();
  const auto add = [&](const char* type, Stated stated) {
    api::Condition condition{
        type, stated.status, std::move(stated.reason), std::move(stated.message), generation, now};
    for (const api::Condition& before : earlier)
      if (before.type == type && before.status == condition.status)
        condition.last_transition = before.last_transition;
    status.conditions.push_back(std::move(condition));
  };
  const Standing standing = verdict.standing;
  add("Ready", {truth(standing == Standing::Ready), verdict.reason, verdict.message});
  add("Reconciling", {truth(standing == Standing::Reconciling), verdict.reason, verdict.message});
  add("Stalled", {truth(standing == Standing::Stalled), verdict.reason, verdict.message});
  add("Planned", stage_condition(kPlanned, status, spec));
  add("Approved", {ConditionStatus::True, "NotRequired", "no approval is asked for"});
  add("BackedUp", stage_condition(kBackedUp, status, spec));
  add("Applied", stage_condition(kApplied, status, spec));
  add("Verified", stage_condition(kVerified, status, spec));
  add("Released", released(status));
}

}  // namespace sluice::rollout
