// Looks after a statement from outside, because the thread that sent it waits for its answer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "postgres/session.h"

namespace sluice::engine {

// Owns a thread, and while a statement takes long a second connection. As soon as `stop` is
// requested, it has what runs cancelled, again and again: the server forgets a request that comes
// before the statement. A statement that has run for `patience`
// is asked about: who blocks it?
// The session must outlive it. started(), ended() and blockers() are for one thread.
class Watch {
 public:
  Watch(postgres::Session& session, std::chrono::milliseconds patience, std::stop_token stop);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void started();
  void ended();
  // Who blocked the last statement, as last seen: "pid 12 (psql, from …): SELECT …"; may be empty.
  std::string blockers();

 private:
  void work();
  void look(std::optional<postgres::Session>& second);

  postgres::Session& session_;
  const std::chrono::milliseconds patience_;
  const std::stop_token stop_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool running_ = false;
  bool idle_ = false;  // the thread sleeps until something runs; else it looks by itself in time
  bool done_ = false;
  std::chrono::steady_clock::time_point since_;
  std::string blockers_;
  std::thread thread_;
};

}  // namespace sluice::engine
