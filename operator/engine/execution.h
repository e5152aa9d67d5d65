// What running a step needs, whatever its kind: the session, the fence, patience with locks, and
// certainty about commits. Used by one thread.
#pragma once

#include <chrono>
#include <functional>
#include <random>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "engine/apply.h"
#include "engine/watch.h"
#include "ledger/ledger.h"
#include "postgres/advisory_lock.h"

namespace sluice::engine {

class Execution {
 public:
  // All of them must outlive it.
  Execution(postgres::AdvisoryLock& lock, const ApplyOptions& options, Observer& observer,
            const std::stop_token& stop);

  postgres::Session& session() { return lock_.session(); }
  Observer& observer() { return observer_; }
  const ledger::Run& run() const { return run_; }
  void set_run(const ledger::Run& run) { run_ = run; }

  // `work` between BEGIN and COMMIT, on fresh settings and behind the fence. When a lock was not to
  // be had, all of it is rolled back and done again, within the budget. A COMMIT in doubt is
  // looked up by `is_recorded`, and `work` done again where it did not take effect. `work` returns
  // SQL to send along with the COMMIT, in front; none: empty.
  void commit_once(const Step& step, const std::function<std::string()>& work,
                   const std::function<bool()>& is_recorded);
  // The patience alone.
  void with_patience(const Step& step, const std::function<void()>& attempt);

  // Statement `index` of the step, watched. Throws as apply() says; `effect`: what became of what
  // was done before and what to do, for the message of a statement that fails for its own sake.
  uint64_t send(const Step& step, size_t index, const std::string& effect,
                const std::vector<postgres::Value>& parameters = {});
  // The same without the fence or a transaction: SET, on the way to a later statement.
  void replay_settings(const Step& step, size_t before);

  // SQL that sets the two timeouts, within a transaction or for the session.
  std::string timeouts(bool local) const;
  std::string lock_timeout(bool wait_for_ever) const;

  // Records the step in the transaction that is open, in our own role: what it returns is to be
  // sent along with the COMMIT.
  std::string record(const Step& step, std::chrono::milliseconds took);
  // Whether this run has.
  bool is_recorded(const Step& step);

  bool stopping() const { return stop_.stop_requested(); }
  void check_stop(const Step& step) const;
  // Sleeps; throws when it is asked to stop.
  void pause(const Step& step, std::chrono::milliseconds time) const;

 private:
  static void commit(const Step& step, postgres::Transaction& transaction, const std::string& last);
  void resolve(const Step& step, const base::Error& doubt, const std::function<bool()>& is_recorded,
               bool& recorded);

  postgres::AdvisoryLock& lock_;
  const ApplyOptions& options_;
  Observer& observer_;
  const std::stop_token stop_;
  ledger::Run run_;
  std::minstd_rand random_;
  Watch watch_;
};

// Back to the role and the search path in which the ledger is written.
inline constexpr const char* kOwnRole =
    "RESET SESSION AUTHORIZATION; RESET ROLE; RESET search_path";

// What is left of a step that ended before its time.
std::string left_of(const Step& step);
// That, and what to do where one of its statements fails.
std::string after_failure(const Step& step);

ledger::AppliedRevision to_row(const Step& step);

}  // namespace sluice::engine
