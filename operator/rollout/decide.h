// The reconcile: one pure function from what is observed to what should be done.
//
// It does not consider how an action is carried out, whether it was tried before, or anything that
// is not in Observed. Called again with what its own answer led to, it answers with nothing more to
// do.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rollout/observed.h"

namespace sluice::rollout {

// A workload whose template does not say what it requires is released this long after the inputs
// last changed; a reason that may pass while a set of objects is being applied stalls after it.
inline constexpr std::chrono::seconds kSettle{5};
inline constexpr std::chrono::seconds kLongestBackoff{60};
// A Job that was made is seen within this time.
inline constexpr std::chrono::seconds kJobAppears{3};
inline constexpr size_t kKeptJobs = 3;

struct StartRun {
  std::string name;    // of the Job
  std::string digest;  // of the inputs
  uint32_t attempt = 1;
  bool drift_check = false;  // only looks
};

struct Event {
  bool warning = false;
  std::string reason;
  std::string message;
  // Tells occurrences apart: an event with the same object, reason and occasion is written once.
  std::string occasion;
};

enum class WorkloadAction { Release, Restore };

struct WorkloadChange {
  api::WorkloadRef ref;
  WorkloadAction action = WorkloadAction::Release;
};

// To be carried out in this order; what fails ends the sequence, and the next reconcile takes it
// up.
struct Decision {
  bool add_finalizer = false;
  std::vector<Event> events;
  api::Status status;  // written when it differs from the observed one
  std::vector<std::string> remove_jobs;
  std::optional<StartRun> start;
  std::optional<StartRun> look_for_drift;
  std::vector<WorkloadChange> workloads;
  bool remove_finalizer = false;
  std::optional<std::chrono::seconds> look_again;
};

Decision decide(const Observed& seen, base::Timestamp now);

// The digest of the inputs; empty while a source is missing.
std::string digest_of(const Observed& seen);

// `<name ≤40>-<digest8>`
std::string run_name(const std::string& object, const std::string& digest);
// `<name ≤40>-<digest8>-<attempt>`
std::string job_name(const std::string& object, const std::string& digest, uint32_t attempt);

}  // namespace sluice::rollout
