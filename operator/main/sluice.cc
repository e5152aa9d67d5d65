// The engine's command line and the runner: wiring only.
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdlib>
#include <iostream>

#include "cli/cli.h"
#include "main/local_run.h"
#include "runner/connect.h"

namespace {

// A core would hold passwords.
void forbid_core_dumps() {
  constexpr rlimit kNone{0, 0};
  setrlimit(RLIMIT_CORE, &kNone);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace

int main(int argc, char** argv) {
  forbid_core_dumps();
  const int status = sluice::cli::run(argc, argv, sluice::local::run);
  if (sluice::runner::is_connecting()) {
    std::cout.flush();
    std::cerr.flush();
    std::_Exit(status);
  }
  return status;
}
