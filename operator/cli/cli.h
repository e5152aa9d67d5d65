// The command line of `sluice`.
#pragma once

namespace sluice::cli {

// Answers with the exit status (cli/exit_status.h). Results go to standard output, all else to
// standard error.
int run(int argc, const char* const* argv);

}  // namespace sluice::cli
