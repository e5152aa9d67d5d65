// Where the newest run for the inputs at hand stands, from status, Jobs and pods. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "rollout/observed.h"

namespace sluice::rollout {

struct RunView {
  // The newest run for the inputs; absent when none was ever started.
  std::optional<api::RunStatus> run;
  // What it answered, when this observation is the first to show it.
  std::optional<runner::Report> report;
  bool job_present = false;  // its Job is there
};

// What the pods of one Job say together.
struct PodsOfRun {
  std::optional<runner::Report> report;
  std::optional<base::Timestamp> finished;
  bool running = false;
  const PodSeen* waiting = nullptr;
  std::string end_reason;  // of one that ended without a report
};
PodsOfRun read_pods(const Observed& seen, const JobSeen& job);

RunView view_run(const Observed& seen, const std::string& digest, base::Timestamp now);

bool is_final(const api::RunStatus& run);

// How long to wait after the given attempt failed of a waiting cause: 1, 2, 4 … 60 s.
std::chrono::seconds backoff(uint32_t attempt);

}  // namespace sluice::rollout
