#include "rollout/decide.h"

#include <algorithm>

#include "base/text.h"
#include "rollout/conditions.h"
#include "rollout/drift.h"
#include "rollout/gates.h"
#include "rollout/run_state.h"

namespace sluice::rollout {
namespace {

using api::RunState;
using std::chrono::seconds;

// One reconcile under way. Each step reads what the ones before it wrote.
class Deciding {
 public:
  Deciding(const Observed& seen, base::Timestamp now)
      : seen_(seen), object_(seen.object), now_(now), digest_(digest_of(seen)) {
    decision_.status = object_.status;
    decision_.status.observed_generation = object_.generation;
  }

  Decision run() {
    if (object_.deleting) return leave();
    decision_.add_finalizer = !object_.has_finalizer;
    if (object_.refusal) return refuse();
    note_inputs();
    take_up_run();
    const Verdict before_gates = judge_run();
    const Verdict verdict = judge_gates(before_gates);
    look_for_drift(before_gates);
    finish(verdict);
    clean_up_jobs();
    return std::move(decision_);
  }

 private:
  api::Status& status() { return decision_.status; }

  void look_again(seconds after) {
    after = std::max(after, seconds(1));
    if (!decision_.look_again || after < *decision_.look_again) decision_.look_again = after;
  }

  // The object is going: every workload becomes its owner's again, then the finalizer goes.
  Decision leave() {
    for (const auto* group : {&seen_.workloads, &seen_.former})
      for (const WorkloadSeen& workload : *group) restore(workload);
    decision_.remove_finalizer = object_.has_finalizer;
    decision_.status = object_.status;
    return std::move(decision_);
  }

  void restore(const WorkloadSeen& workload) {
    if (workload.exists && workload.claimed_by.empty() &&
        (workload.gate.held || workload.gate.released))
      decision_.workloads.push_back({workload.ref, WorkloadAction::Restore});
  }

  Decision refuse() {
    const base::Error& why = *object_.refusal;
    finish({Standing::Stalled, "Failed", why.reason(), why.what()});
    return std::move(decision_);
  }

  void note_inputs() {
    if (status().inputs.digest == digest_) return;
    status().inputs.digest = digest_;
    status().inputs.since = now_;
    // How far these inputs are from the database is known once a run has looked.
    status().revision.target.clear();
    status().revision.pending.reset();
  }

  // Records what the newest run answered, and starts the next one when it is due.
  void take_up_run() {
    if (digest_.empty()) return;
    const RunView view = view_run(seen_, digest_, now_);
    if (view.run) status().run = view.run;
    if (view.report) record(*view.report);
    if (object_.spec.suspend) return;
    const std::optional<uint32_t> attempt = due_attempt(view);
    if (!attempt || !make_way()) return;
    start(*attempt, view.run);
    if (seen_.job_refused) give_up_start(*seen_.job_refused);
  }

  // A Job that cannot be made counts as a run that failed: of its inputs, or (forbidden, over
  // quota) of a cause that may pass.
  void give_up_start(const base::Error& why) {
    decision_.start.reset();
    std::erase_if(decision_.events, [](const Event& told) { return told.reason == "RunStarted"; });
    api::RunStatus& run = *status().run;
    run.state = RunState::Failed;
    run.stage = "";
    run.reason = why.kind() == base::ErrorKind::Invalid ? "JobInvalid" : "JobForbidden";
    run.message = std::string("the API server does not take the Job: ") + why.what() +
                  "; correct spec.run, or what forbids it";
    run.retry = why.kind() != base::ErrorKind::Invalid;
    run.finished = now_;
    if (run.retry) look_again(backoff(run.attempt));
  }

  void record(const runner::Report& report) {
    // A report with very many heads leaves out what does not fit, first what can be done without.
    if (report.heads || !report.known.empty()) {
      status().revision.current = base::join(report.heads.value_or(report.known), ", ");
      if (!report.known.empty() || !report.shortened) status().revision.known = report.known;
      status().revision.target = base::join(report.target, ", ");
      status().revision.pending = report.pending;
      status().plan_digest = report.plan_digest;
      status().plan_steps = report.applied + report.pending;
    }
    if (report.backup) {
      status().backup = api::BackupStatus{report.backup->archive, report.backup->bytes, now_};
      event(false, "BackedUp", "archive " + report.backup->archive, report.run);
    }
    if (report.succeeded)
      event(false, report.reason == "DatabaseAhead" ? report.reason : "Applied",
            what_was_done(report), report.run);
  }

  std::string what_was_done(const runner::Report& report) const {
    if (report.reason == "DatabaseAhead") return report.message;
    if (object_.spec.schema)
      return "applied " + base::counted(report.applied, "change") + " of the schema" +
             (report.message.empty() ? "" : "; " + report.message);
    return "applied " + base::counted(report.applied, "revision") + "; the database stands at " +
           decision_.status.revision.current;
  }

  // Which attempt to start now, if any.
  std::optional<uint32_t> due_attempt(const RunView& view) {
    if (!view.run) return next_attempt();
    const api::RunStatus& run = *view.run;
    if (!is_final(run)) {
      if (view.job_present) return std::nullopt;
      // Recorded, but its Job is not there: just made and not seen yet, or never made.
      const bool recent = run.started && now_ - *run.started < kJobAppears;
      if (!recent || seen_.job_refused) return run.attempt;
      look_again(kJobAppears);
      return std::nullopt;
    }
    const uint32_t next = run.attempt + 1;
    if (!object_.retry_request.empty() && object_.retry_request != run.retry_request) return next;
    if (run.state == RunState::Succeeded || !run.retry || goes_on_without(run)) return std::nullopt;
    const seconds waited = run.finished ? now_ - *run.finished : kLongestBackoff;
    if (waited >= backoff(run.attempt)) return next;
    look_again(backoff(run.attempt) - waited);
    return std::nullopt;
  }

  uint32_t next_attempt() const {
    uint32_t newest = 0;
    for (const JobSeen& job : seen_.jobs)
      if (job.digest == digest_ && !job.drift_check) newest = std::max(newest, job.attempt);
    return newest + 1;
  }

  // A Job for other inputs that runs is let end; one that never started is taken away.
  bool make_way() {
    bool clear = true;
    for (const JobSeen& job : seen_.jobs) {
      if (job.digest == digest_ || job.finished) continue;
      const bool running =
          std::any_of(seen_.pods.begin(), seen_.pods.end(), [&](const PodSeen& pod) {
            return pod.job == job.name && pod.started && !pod.terminated;
          });
      if (running)
        clear = false;
      else if (!job.deleting)
        decision_.remove_jobs.push_back(job.name);
    }
    superseding_ = !clear;
    return clear;
  }

  void start(uint32_t attempt, const std::optional<api::RunStatus>& before) {
    api::RunStatus run;
    // What failed before stays shown until there is another answer; what succeeded is over.
    if (before && before->state != RunState::Succeeded) run = *before;
    run.name = job_name(object_.name, digest_, attempt);
    run.digest = digest_;
    run.attempt = attempt;
    run.state = RunState::Pending;
    run.retry_request = object_.retry_request;
    run.started = now_;
    run.finished.reset();
    if (run.reason.empty()) event(false, "RunStarted", "Job " + run.name, run.name);
    decision_.start = StartRun{run.name, digest_, attempt};
    status().run = std::move(run);
  }

  // Whether the workloads are released although the run failed. What may pass is tried a few times
  // before.
  bool goes_on_without(const api::RunStatus& run) const {
    return object_.spec.on_failure == api::OnFailure::Continue && run.state == RunState::Failed &&
           (!run.retry || run.attempt > object_.spec.run.retries);
  }

  Verdict judge_run() const {
    const auto reconciling = [](std::string phase, std::string reason, std::string message) {
      return Verdict{Standing::Reconciling, std::move(phase), std::move(reason),
                     std::move(message)};
    };
    if (object_.spec.suspend)
      return {Standing::Suspended, "Suspended", "Suspended",
              "spec.suspend is set; nothing is started"};
    if (digest_.empty())
      return reconciling("Waiting", "SourceMissing",
                         "ConfigMap " + base::join(seen_.source.missing, ", ") +
                             " does not exist; it is waited for");
    if (superseding_)
      return reconciling("Running", "InputsChanged",
                         "a run for earlier inputs is let finish first");
    const std::optional<api::RunStatus>& run = decision_.status.run;
    if (!run || run->digest != digest_) return reconciling("Pending", "Pending", "a run is due");
    if (run->state == RunState::Succeeded) return {Standing::Ready, "Ready", "", ""};
    if (goes_on_without(*run))
      return {Standing::Ready, "Continued", "ContinuedAfterFailure",
              run->reason + ": " + run->message + "; spec.onFailure is Continue"};
    if (run->state == RunState::Failed && !run->retry)
      return {Standing::Stalled, "Failed", run->reason, run->message};
    if (!run->reason.empty()) return reconciling("Waiting", run->reason, run->message);
    return reconciling(run->state == RunState::Running ? "Running" : "Pending",
                       run->state == RunState::Running ? "Running" : "RunPending",
                       "run " + run->name + " is " + std::string(to_string(run->state)));
  }

  // Every gate is judged whatever became of the run: what a workload needs may be applied already.
  Verdict judge_gates(const Verdict& run) {
    GateInputs inputs;
    inputs.source_complete = !digest_.empty();
    static const revisions::Parents kNone;
    inputs.parents = object_.spec.schema ? &kNone : &seen_.source.parents;
    std::vector<std::string> applied = status().revision.known;
    for (std::string& head : base::split_list(status().revision.current, ','))
      applied.push_back(std::move(head));
    inputs.applied = revisions::closure(*inputs.parents, applied);
    // Their ids are there, but not what the files at hand mean by them.
    if (const auto& last = status().run;
        last && last->digest == digest_ &&
        (last->reason == "RevisionChanged" || last->reason == "DatabaseDiverged"))
      inputs.applied.clear();
    inputs.succeeded = run.standing == Standing::Ready;
    inputs.inputs_since = status().inputs.since;

    Verdict verdict = run;
    std::vector<api::GateStatus> gates;
    for (const WorkloadSeen& workload : seen_.workloads) {
      const auto before =
          std::find_if(object_.status.gates.begin(), object_.status.gates.end(),
                       [&](const api::GateStatus& gate) { return gate.workload == workload.ref; });
      const bool known = before != object_.status.gates.end();
      GateAnswer gate = judge_gate(workload, known ? &*before : nullptr, inputs, now_);
      if (gate.look_again) look_again(*gate.look_again);
      if (gate.release && run.standing != Standing::Suspended)
        decision_.workloads.push_back({workload.ref, WorkloadAction::Release});
      tell(gate, known ? &*before : nullptr, workload);
      weigh(verdict, gate, run);
      gates.push_back(std::move(gate.status));
    }
    status().gates = std::move(gates);
    for (const WorkloadSeen& workload : seen_.former) restore(workload);
    if (verdict.standing == Standing::Ready && verdict.reason.empty()) {
      const bool ahead = status().run && status().run->reason == "DatabaseAhead";
      verdict.reason = ahead ? "DatabaseAhead" : "Released";
      verdict.message =
          ahead ? status().run->message : where_it_stands() + ", every workload is released";
    }
    return verdict;
  }

  std::string where_it_stands() const {
    return object_.spec.schema ? "the database has the wanted schema"
                               : "the database stands at " + decision_.status.revision.current;
  }

  // Records what the newest look found, and starts the next one when it is due.
  void look_for_drift(const Verdict& run) {
    if (!object_.spec.drift_every) {
      status().drift.reset();
      return;
    }
    const DriftView view = view_drift(seen_, now_);
    status().drift = view.status;
    if (view.ended && view.status->state == api::DriftState::Drifted)
      event(true, "Drifted", view.status->message, view.status->job);
    if (view.ended && view.status->state == api::DriftState::Failed)
      event(true, "DriftCheckFailed", view.status->message, view.status->job);
    if (run.standing != Standing::Ready || run.phase != "Ready") return;
    const auto wait = until_next_look(status(), *object_.spec.drift_every, now_);
    if (!wait) return look_again(kJobAppears);
    if (*wait > seconds(0)) return look_again(*wait);
    api::DriftStatus next;
    next.number = status().drift ? status().drift->number + 1 : 1;
    next.job = drift_job_name(object_.name, digest_, next.number);
    next.started = now_;
    // What was found stays shown until there is another answer.
    if (status().drift) {
      next.objects = status().drift->objects;
      next.message = status().drift->message;
    }
    decision_.look_for_drift = StartRun{next.job, digest_, next.number, true};
    status().drift = std::move(next);
  }

  // A gate that is not open makes an object that is otherwise ready wait, or stall.
  static void weigh(Verdict& verdict, const GateAnswer& gate, const Verdict& run) {
    if (run.standing != Standing::Ready || gate.status.state == api::GateState::Released) return;
    if (verdict.standing == Standing::Stalled) return;
    verdict = {gate.stalled ? Standing::Stalled : Standing::Reconciling,
               gate.stalled   ? "Failed"
               : gate.release ? "Releasing"
                              : "Waiting",
               gate.status.reason, gate.status.message};
  }

  void tell(const GateAnswer& gate, const api::GateStatus* before, const WorkloadSeen& workload) {
    const bool changed = before == nullptr || before->state != gate.status.state ||
                         before->reason != gate.status.reason;
    const std::string occasion = workload.ref.name + workload.gate.template_hash +
                                 (status().run ? status().run->name : std::string());
    if (changed && before != nullptr && gate.status.state == api::GateState::Released)
      event(false, "Released", workload.ref.kind + " " + workload.ref.name + " is released",
            occasion);
    else if (changed && gate.status.state == api::GateState::Held && workload.gate.held &&
             !gate.release)
      event(false, "Held", gate.status.message, occasion);
  }

  void finish(const Verdict& verdict) {
    status().phase = verdict.phase;
    const bool failing =
        verdict.standing == Standing::Stalled ||
        (verdict.standing == Standing::Reconciling && verdict.phase == "Waiting") ||
        verdict.reason == "ContinuedAfterFailure";
    status().last_error = failing ? verdict.message : "";
    if (failing && status().last_error != object_.status.last_error)
      event(true, verdict.reason, verdict.message,
            object_.status.inputs.digest + std::to_string(object_.generation));
    set_conditions(status(), object_.status.conditions, object_.spec, verdict, object_.generation,
                   now_);
  }

  // Of the finished Jobs the newest few stay, to be looked at.
  void clean_up_jobs() {
    std::vector<const JobSeen*> finished;
    for (const JobSeen& job : seen_.jobs)
      if (job.finished && !job.deleting && (!status().run || job.name != status().run->name))
        finished.push_back(&job);
    std::sort(finished.begin(), finished.end(), [](const JobSeen* a, const JobSeen* b) {
      return a->created != b->created ? a->created > b->created : a->attempt > b->attempt;
    });
    for (size_t i = kKeptJobs - 1; i < finished.size(); ++i)
      decision_.remove_jobs.push_back(finished[i]->name);
  }

  void event(bool warning, std::string reason, std::string message, std::string occasion) {
    decision_.events.push_back(
        {warning, std::move(reason), std::move(message), std::move(occasion)});
  }

  const Observed& seen_;
  const api::SchemaMigration& object_;
  const base::Timestamp now_;
  const std::string digest_;
  bool superseding_ = false;
  Decision decision_;
};

}  // namespace

std::string digest_of(const Observed& seen) {
  if (!seen.source.missing.empty() || seen.object.refusal) return {};
  return runner::input_digest(seen.object.uid, seen.object.spec.digest, seen.source.files);
}

std::string run_name(const std::string& object, const std::string& digest) {
  std::string name = object.substr(0, 40);
  std::replace(name.begin(), name.end(), '.', '-');
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name + "-" + digest.substr(0, 8);
}

std::string job_name(const std::string& object, const std::string& digest, uint32_t attempt) {
  return run_name(object, digest) + "-" + std::to_string(attempt);
}

Decision decide(const Observed& seen, base::Timestamp now) { return Deciding(seen, now).run(); }

}  // namespace sluice::rollout
