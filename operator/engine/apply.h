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
  // How long a new connection is tried for, when a COMMIT's answer was lost.
  std::chrono::milliseconds reconnect_budget{std::chrono::minutes(1)};
};

struct BatchProgress {
  uint64_t met = 0;      // rows of the table that its ranges held so far
  uint64_t changed = 0;  // rows that the statement changed so far
  uint64_t total = 0;    // of the table's rows, as the planner estimates; 0: unknown
};

// Told about progress, on the thread that called apply(). Numbers count from 1.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void revision_started(const Step& /*step*/, size_t /*number*/, size_t /*of*/) {}
  virtual void statement_started(const Step& /*step*/, size_t /*number*/, size_t /*of*/) {}
  // Of a revision without a transaction: it took effect and is recorded.
  virtual void statement_finished(const Step& /*step*/, size_t /*number*/, size_t /*of*/) {}
  // Of a revision that was interrupted: it had taken effect already.
  virtual void statement_passed_over(const Step& /*step*/, size_t /*number*/, size_t /*of*/) {}
  virtual void batch_finished(const Step& /*step*/, size_t /*number*/,
                              const BatchProgress& /*progress*/) {}
  // In each transaction of a revision, after its BEGIN and before its COMMIT. The session may be
  // asked; what this throws rolls the transaction back.
  virtual void transaction_began(const Step& /*step*/, postgres::Session& /*session*/) {}
  virtual void transaction_commits(const Step& /*step*/, postgres::Session& /*session*/) {}
  // The server says something beside its answer to statement `number`. After a hundred of one
  // statement no more are told.
  virtual void server_says(const Step& /*step*/, size_t /*number*/,
                           const postgres::Notice& /*notice*/) {}
  virtual void revision_finished(const Step& /*step*/, std::chrono::milliseconds /*took*/) {}
  // What was begun was rolled back because of a lock and will be tried again after `wait`.
  // `blockers`: who held it, as far as could be seen.
  virtual void revision_waits(const Step& /*step*/, const std::string& /*blockers*/,
                              std::chrono::milliseconds /*wait*/) {}
};

struct Applied {
  uint32_t steps = 0;              // that this call ran
  std::vector<std::string> heads;  // what the database stands at now
};

// A transactional revision and its rows in the ledger commit together. Of one without a transaction
// each statement does, where it can run in one; any other is written down before it is sent, and
// after a crash the catalog is asked what became of it. A COMMIT whose answer was lost is looked up
// over a new connection, under the lock.
//
// Throws; what was in a transaction has been rolled back:
//   Failed "StatementFailed", "PermissionDenied" …: file:line, which statement, SQLSTATE, message,
//     DETAIL, HINT
//   Failed "IndexUnusable"   an index that the statement was to create is there, and invalid
//   Refused "RevisionChanged"  a statement that had taken effect before the interruption is another
//   Invalid "BatchInvalid"   its key has no index, may be null, or is not there
//   Transient "LockTimeout" with the blockers, "ConnectionLost", "Cancelled"
//   InDoubt "CommitInDoubt": no new connection was to be had either
//   Refused "Fenced"
Applied apply(postgres::AdvisoryLock& lock, const Plan& plan, const ApplyOptions& options,
              Observer& observer, std::stop_token stop = {});

}  // namespace sluice::engine
