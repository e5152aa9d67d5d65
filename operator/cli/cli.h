// The command line of `sluice`.
#pragma once

#include "cli/local_run.h"

namespace sluice::cli {

// Answers with the exit status (cli/exit_status.h). Results go to standard output, all else to
// standard error.
// `local`: what `sluice run -f` is.
int run(int argc, const char* const* argv, const LocalRun& local = {});

}  // namespace sluice::cli
