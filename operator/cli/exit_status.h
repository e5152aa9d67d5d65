// What a command's exit status tells a script.
#pragma once

#include "base/error.h"

namespace sluice::cli {

enum ExitStatus : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kRefused = 3,   // by policy, lint or check
  kApproval = 4,  // waits for approval
  kTryAgain = 5,  // the lock or the connection was not to be had
};

ExitStatus exit_status(const base::Error& error);

}  // namespace sluice::cli
