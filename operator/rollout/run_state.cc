#include "rollout/run_state.h"

#include <algorithm>

#include "rollout/decide.h"

namespace sluice::rollout {
namespace {

using api::RunState;
using api::RunStatus;

const JobSeen* job_of(const Observed& seen, const RunStatus& run) {
  for (const JobSeen& job : seen.jobs)
    if (job.name == run.name && !job.deleting) return &job;
  return nullptr;
}

RunStatus ended(RunStatus run, const runner::Report& report, base::Timestamp finished) {
  run.state = report.succeeded ? RunState::Succeeded : RunState::Failed;
  run.stage = report.stage;
  run.reason = report.reason;
  run.message = report.message;
  run.retry = report.retry;
  run.finished = finished;
  return run;
}

RunStatus lost(RunStatus run, const JobSeen& job, const std::string& why, unsigned retries,
               base::Timestamp now) {
  ++run.lost;
  run.state = RunState::Failed;
  run.stage = "Run";
  run.reason = "RunnerLost";
  run.message =
      "the runner of Job " + job.name + " ended without a report" + (why.empty() ? "" : ": " + why);
  run.retry = run.lost <= retries;
  if (!run.retry)
    run.message +=
        "; see what ends the pod (memory, deadline, eviction), then set the annotation " +
        std::string(api::kRetryAnnotation);
  run.finished = now;
  return run;
}

}  // namespace

// A Job may start more than one pod (its first was deleted, or twice by mistake). A success counts
// wherever it is seen; a failure only from a pod that is not being taken away, because the Job puts
// another in the place of that one.
PodsOfRun read_pods(const Observed& seen, const JobSeen& job) {
  PodsOfRun all;
  for (const PodSeen& pod : seen.pods) {
    if (pod.job != job.name) continue;
    if (!pod.terminated) {
      if (pod.started)
        all.running = true;
      else
        all.waiting = &pod;
      continue;
    }
    if (pod.termination_message.empty()) {
      all.end_reason = pod.end_reason;
      continue;
    }
    try {
      runner::Report report = runner::report_from_json(pod.termination_message);
      if (report.run != job.name || (!report.succeeded && pod.deleting)) continue;
      if (!all.report || report.succeeded) {
        all.report = std::move(report);
        all.finished = pod.finished;
      }
    } catch (const base::Error&) {
      all.end_reason = "its termination message cannot be read";
    }
  }
  return all;
}

bool is_final(const RunStatus& run) {
  return run.state == RunState::Succeeded || run.state == RunState::Failed;
}

std::chrono::seconds backoff(uint32_t attempt) {
  const uint32_t doublings = std::min<uint32_t>(attempt == 0 ? 0 : attempt - 1, 6);
  return std::min(std::chrono::seconds(1LL << doublings), kLongestBackoff);
}

RunView view_run(const Observed& seen, const std::string& digest, base::Timestamp now) {
  RunView view;
  // A run is recorded before its Job is made. Jobs of the same inputs that are not recorded are of
  // an earlier time: the inputs changed and changed back, and the database may have moved since.
  const std::optional<RunStatus>& recorded = seen.object.status.run;
  if (!recorded || recorded->digest != digest) return view;
  view.run = recorded;
  const JobSeen* job = job_of(seen, *recorded);
  view.job_present = job != nullptr;
  if (is_final(*recorded) || job == nullptr) return view;

  RunStatus run = *recorded;
  run.state = RunState::Pending;
  run.retry_request = job->retry_request;
  // The failure of the attempt before stays shown until this one has another answer; why the pod
  // did not start does not.
  if (run.stage.empty()) run.reason = run.message = "";

  const PodsOfRun pods = read_pods(seen, *job);
  if (pods.report && (pods.report->succeeded || !pods.running)) {
    view.report = pods.report;
    run = ended(run, *pods.report, pods.finished.value_or(now));
  } else if (pods.running) {
    run.state = RunState::Running;
  } else if (job->finished && pods.waiting == nullptr) {
    // With a pod that has not been seen to end, the pods' watch is behind that of the Jobs.
    run = lost(run, *job, pods.end_reason.empty() ? job->failure : pods.end_reason,
               seen.object.spec.run.retries, now);
  } else if (pods.waiting != nullptr && !pods.waiting->waiting_reason.empty()) {
    run.stage = "";
    run.reason = pods.waiting->waiting_reason;
    run.message = pods.waiting->waiting_message;
  }
  view.run = std::move(run);
  return view;
}

}  // namespace sluice::rollout
