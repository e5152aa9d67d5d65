// Carries out what a reconcile decided, and decides nothing. Each write is idempotent: a
// deterministic name, or a patch with a test on the resourceVersion.
#pragma once

#include "kube/client.h"
#include "rollout/decide.h"
#include "rollout/job.h"

namespace sluice::rollout {

// Returns when every action is done. Throws base::Error at the first that fails: Conflict when the
// object or a workload is not any more what was observed; with the reason kJobRefused when the API
// server does not take the Job, Invalid or Refused.
inline constexpr const char* kJobRefused = "JobRefused";
void execute(kube::Client& client, const Observed& seen, const Decision& decision,
             const RunnerImage& image);

// An event on an object, written once for each (object, reason, occasion).
struct EventTarget {
  std::string api_version;
  std::string kind;
  std::string name_space;
  std::string name;
  std::string uid;
};
void post_event(kube::Client& client, const EventTarget& target, const Event& event,
                base::Timestamp now);

}  // namespace sluice::rollout
