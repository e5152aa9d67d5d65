// What a run decides, apart from what it does: pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "engine/plan.h"
#include "runner/report.h"
#include "runner/spec.h"

namespace sluice::runner {

// Nothing is backed up for a database that is ahead of the files: nothing will happen to it.
bool should_back_up(BackupWhen when, const engine::Plan& plan);

// Whether the same inputs may succeed later. So at stage Connect whatever is wrong: Secrets and
// hosts are no part of the inputs' digest, so that correcting them starts no other run. A run that
// was fenced off finds its work done by the newer one.
bool may_retry(std::string_view stage, const base::Error& error);

// `error` as it is reported: what a stop made fail in passing is Interrupted.
base::Error as_seen(const base::Error& error, bool stopped);

// Of `sluice run`: 5 to be tried again, 3 refused by a policy, 1 otherwise.
int failure_status(bool retry, base::ErrorKind kind);

// Of a plan with nothing to do: why, where it is remarkable.
std::optional<std::string> ahead_message(const engine::Plan& plan);

// Whether the database holds what it held, and the plan's steps. Throws Error{Failed,
// "VerificationFailed"} naming what is missing, or is there and should not be.
void check_applied(const std::set<std::string>& before, const engine::Plan& plan,
                   const std::set<std::string>& after);

}  // namespace sluice::runner
