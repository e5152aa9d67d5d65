#include "rollout/drift.h"

#include <algorithm>

#include "base/text.h"
#include "rollout/decide.h"
#include "rollout/run_state.h"

namespace sluice::rollout {
namespace {

using api::DriftState;
using api::DriftStatus;
using std::chrono::seconds;

DriftStatus ended(DriftStatus drift, const runner::Report& report, base::Timestamp at) {
  drift.finished = at;
  drift.objects.clear();
  drift.message = report.message;
  if (report.succeeded) {
    drift.state = DriftState::Clean;
    drift.message.clear();
  } else if (report.reason == "Drifted") {
    drift.state = DriftState::Drifted;
    drift.objects = report.drift;
    if (drift.objects.size() > kShownDriftObjects) drift.objects.resize(kShownDriftObjects);
  } else {
    drift.state = DriftState::Failed;
    drift.message = report.reason + ": " + report.message;
  }
  return drift;
}

DriftStatus lost(DriftStatus drift, const std::string& why, base::Timestamp now) {
  drift.state = DriftState::Failed;
  drift.finished = now;
  drift.objects.clear();
  drift.message =
      "RunnerLost: Job " + drift.job + " ended without a report" + (why.empty() ? "" : ": " + why);
  return drift;
}

}  // namespace

DriftView view_drift(const Observed& seen, base::Timestamp now) {
  DriftView view;
  view.status = seen.object.status.drift;
  if (!view.status || view.status->state != DriftState::Pending) return view;
  const auto job = std::ranges::find(seen.jobs, view.status->job, &JobSeen::name);
  if (job == seen.jobs.end()) {
    const bool recent = view.status->started && now - *view.status->started < kJobAppears;
    if (recent && !seen.job_refused) return view;
    view.status =
        lost(*view.status, seen.job_refused ? seen.job_refused->message() : "it is not there", now);
    view.ended = true;
    return view;
  }
  const PodsOfRun pods = read_pods(seen, *job);
  if (pods.report) {
    view.status = ended(*view.status, *pods.report, pods.finished.value_or(now));
    view.ended = true;
  } else if (job->finished && pods.waiting == nullptr && !pods.running) {
    view.status = lost(*view.status, pods.end_reason.empty() ? job->failure : pods.end_reason, now);
    view.ended = true;
  }
  return view;
}

std::optional<seconds> until_next_look(const api::Status& status, seconds every,
                                       base::Timestamp now) {
  if (status.drift && status.drift->state == DriftState::Pending) return std::nullopt;
  base::Timestamp last{};
  if (status.run && status.run->finished) last = *status.run->finished;
  if (status.drift && status.drift->finished) last = std::max(last, *status.drift->finished);
  // A clock that was set back makes it due, too.
  if (last > now) return seconds(0);
  return every - (now - last);
}

std::string drift_job_name(const std::string& object, const std::string& digest, uint32_t number) {
  return run_name(object, digest) + "-d" + std::to_string(number);
}

}  // namespace sluice::rollout
