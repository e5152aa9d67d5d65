// One run, from its spec to its report: Source, Connect, Plan, Backup, Apply, Verify.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "runner/progress.h"
#include "runner/report.h"
#include "runner/spec.h"

namespace sluice::runner {

struct Outcome {
  Report report;
  int status = 0;  // exit status: 0 succeeded, 5 to be tried again, 3 refused, 1 otherwise
};

struct Limits {
  // How long to wait for another run's advisory lock.
  std::chrono::milliseconds lock_budget{60000};
};

// Never throws base::Error: what went wrong is in the report, without any secret. When `stop` is
// requested what runs is cancelled and rolled back, and the reason is Interrupted.
Outcome perform(const RunSpec& spec, Progress& progress, const std::stop_token& stop,
                const Limits& limits = {});

// `sluice run --spec FILE`: perform() for the spec in a file. SIGTERM and SIGINT stop it. Progress
// goes to standard output, whose last line is {"report": …}; the termination message into the file
// `termination_log`, or, when that is empty, into /dev/termination-log if there is one. Returns the
// exit status. To be called while the process has one thread.
int execute(const std::string& spec_file, const std::string& termination_log);

}  // namespace sluice::runner
