#include "cli/interrupt.h"

#include <pthread.h>
#include <unistd.h>

#include <ctime>

namespace sluice::cli {

Interrupt::Interrupt() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::jthread([this](const std::stop_token& done) {
    constexpr timespec kLook{0, 100'000'000};
    while (!done.stop_requested()) {
      const int signal = sigtimedwait(&signals_, nullptr, &kLook);
      if (signal < 0) continue;
      if (stop_.stop_requested()) _exit(128 + signal);
      stop_.request_stop();
    }
  });
}

Interrupt::~Interrupt() {
  thread_.request_stop();
  // Instead of the rest of its 100 ms.
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

}  // namespace sluice::cli
