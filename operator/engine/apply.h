// Runs a plan. How the parts fit together:
//
//   postgres::Session session(options);
//   postgres::AdvisoryLock lock(session, budget, stop);       // before any decision
//   ledger::State state = ledger::read(session);              // writes nothing
//   Plan plan = plan_upgrade(graph, state, target, session.server_version());
//   … a backup …
//   Applied done = apply(lock, plan, options, observer, stop);
//
// For a plan without steps apply() writes nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "postgres/advisory_lock.h"

namespace sluice::engine {

struct ApplyOptions {
  std::string run;  // the run's id, recorded in the ledger; empty: one is made
  std::chrono::milliseconds lock_timeout{2000};
  std::chrono::milliseconds statement_timeout{0};  // 0: none
  // How long a revision that meets a lock is tried again.
  std::chrono::milliseconds lock_budget{std::chrono::minutes(5)};
};

// Told about progress, on the thread that called apply(). Numbers count from 1.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void revision_started(const Step& /*step*/, size_t /*number*/, size_t /*of*/) {}
  virtual void statement_started(const Step& /*step*/, size_t /*number*/, size_t /*of*/) {}
  virtual void revision_finished(const Step& /*step*/, std::chrono::milliseconds /*took*/) {}
  // The revision was rolled back because of a lock and will be tried again after `wait`.
  // `blockers`: who held it, as far as could be seen.
  virtual void revision_waits(const Step& /*step*/, const std::string& /*blockers*/,
                              std::chrono::milliseconds /*wait*/) {}
};

struct Applied {
  uint32_t steps = 0;              // that this call ran
  std::vector<std::string> heads;  // what the database stands at now
};

// Throws, after the revision in which it happened was rolled back:
//   Failed "StatementFailed", "PermissionDenied" …: file:line, which statement, SQLSTATE, message,
//     DETAIL, HINT
//   Transient "LockTimeout" with the blockers, "ConnectionLost", "Cancelled"
//   InDoubt "CommitInDoubt": read the ledger before doing anything again
//   Refused "Fenced"
Applied apply(postgres::AdvisoryLock& lock, const Plan& plan, const ApplyOptions& options,
              Observer& observer, std::stop_token stop = {});

}  // namespace sluice::engine
