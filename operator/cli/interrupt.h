// SIGINT and SIGTERM as a stop request.
#pragma once

#include <csignal>
#include <stop_token>
#include <thread>

namespace sluice::cli {

// Owns a thread that waits for the signals, which are blocked in all threads that start later: make
// one before any. At the second signal the process ends at once.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  sigset_t signals_{};
  std::jthread thread_;
};

}  // namespace sluice::cli
