// The lock that makes one writer of a database: a session-level advisory lock, polled and never
// waited for, because a waiter in PostgreSQL's lock queue deadlocks with CREATE INDEX CONCURRENTLY.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

#include "postgres/session.h"

namespace sluice::postgres {

class AdvisoryLock {
 public:
  // Polls for at most `budget` (0: one try). Throws Error{Transient, "LockHeld"} naming the holder
  // (pid, application, client), Error{Transient, "Cancelled"} when `stop` is requested.
  AdvisoryLock(Session& session, std::chrono::milliseconds budget, std::stop_token stop = {});
  // Unlocks, if the session still lives. The session must outlive the lock.
  ~AdvisoryLock();
  AdvisoryLock(const AdvisoryLock&) = delete;
  AdvisoryLock& operator=(const AdvisoryLock&) = delete;

  Session& session() const { return session_; }

  // Polls for it again after the session's reconnect(). Errors as of the constructor.
  void regain(std::chrono::milliseconds budget, const std::stop_token& stop);

  // The lock's key, as SQL.
  static const char* key();

 private:
  Session& session_;
};

}  // namespace sluice::postgres
