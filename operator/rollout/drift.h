// When to look for drift, and what a look found. Pure.
#pragma once

#include <optional>
#include <string>

#include "rollout/observed.h"

namespace sluice::rollout {

// What of it is shown; the log has all.
inline constexpr size_t kShownDriftObjects = 10;

struct DriftView {
  std::optional<api::DriftStatus> status;  // the newest look, as its Job and pods say now
  bool ended = false;                      // this observation is the first to show its end
};

DriftView view_drift(const Observed& seen, base::Timestamp now);

// How long until the next look; zero or less: it is due. nullopt: one is under way.
std::optional<std::chrono::seconds> until_next_look(const api::Status& status,
                                                    std::chrono::seconds every,
                                                    base::Timestamp now);

// `<name ≤40>-<digest8>-d<number>`
std::string drift_job_name(const std::string& object, const std::string& digest, uint32_t number);

}  // namespace sluice::rollout
