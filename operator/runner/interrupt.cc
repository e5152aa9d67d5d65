#include "runner/interrupt.h"

#include <unistd.h>

namespace sluice::runner {

Interrupt::Interrupt() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  listener_ = std::thread([this] { listen(); });
}

Interrupt::~Interrupt() {
  over_ = true;
  pthread_kill(listener_.native_handle(), SIGTERM);
  listener_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupt::listen() {
  int number = 0;
  while (sigwait(&signals_, &number) == 0 && !over_)
    if (!source_.request_stop()) ::_exit(128 + number);
}

}  // namespace sluice::runner
