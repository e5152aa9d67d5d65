// SIGTERM and SIGINT as a stop token.
#pragma once

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace sluice::runner {

// While it lives, the first of these signals requests a stop and does nothing else; the second ends
// the process at once, which PostgreSQL answers with a rollback. It must be made by the thread
// that starts all others, which inherit that the signals are blocked; it restores the mask of that
// thread. As process 1 of a container, too, whose unhandled signals the kernel drops.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  void listen();

  sigset_t signals_{};
  sigset_t before_{};
  std::atomic<bool> over_ = false;
  std::stop_source source_;
  std::thread listener_;
};

}  // namespace sluice::runner
