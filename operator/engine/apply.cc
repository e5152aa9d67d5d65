#include "engine/apply.h"

#include <unistd.h>

#include <algorithm>
#include <random>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "engine/watch.h"
#include "ledger/ledger.h"
#include "postgres/errors.h"

namespace sluice::engine {
namespace {

using base::Error;
using base::ErrorKind;
using postgres::Session;
using postgres::StatementError;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds since(steady_clock::time_point began) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
}

ledger::AppliedRevision to_row(const Step& step) {
  ledger::AppliedRevision row;
  row.id = step.revision.id;
  row.revises = step.revision.revises;
  row.depends_on = step.depends_on;
  row.branch_labels = step.revision.branch_labels;
  row.message = step.revision.message;
  row.file = step.revision.file;
  row.text = step.revision.text;
  row.raw_checksum = step.raw_checksum;
  row.canonical_checksum = step.canonical_checksum;
  return row;
}

// `ALTER TABLE users …`, on one line.
std::string excerpt(const std::string& statement) {
  std::string line;
  for (const char c : statement) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (space && (line.empty() || line.back() == ' ')) continue;
    line += space ? ' ' : c;
    if (line.size() > 160) break;
  }
  return base::truncate_utf8(base::trim(line), 80);
}

class Application {
 public:
  Application(Session& session, const Plan& plan, const ApplyOptions& options, Observer& observer,
              const std::stop_token& stop)
      : session_(session),
        plan_(plan),
        options_(options),
        observer_(observer),
        stop_(stop),
        random_(std::random_device{}()),
        watch_(session, std::max(options.lock_timeout / 2, milliseconds(50)), stop) {}

  uint32_t run() {
    ledger::migrate(session_);
    run_ = ledger::start_run(session_, run_id(),
                             plan_.direction == Direction::Up ? "upgrade" : "downgrade",
                             plan_.target_text, plan_.digest);
    try {
      for (size_t i = 0; i < plan_.steps.size(); ++i) {
        observer_.revision_started(plan_.steps[i], i + 1, plan_.steps.size());
        const auto began = steady_clock::now();
        run_with_patience(plan_.steps[i]);
        observer_.revision_finished(plan_.steps[i], since(began));
      }
    } catch (const Error& error) {
      record_failure(error);
      throw;
    }
    session_.reset();
    ledger::finish_run(session_, run_, "succeeded", "");
    return static_cast<uint32_t>(plan_.steps.size());
  }

 private:
  std::string run_id() const {
    if (!options_.run.empty()) return options_.run;
    return "local-" + base::to_rfc3339(base::now()) + "-" + std::to_string(getpid());
  }

  // The error that ended the run matters more than that it could not be written down.
  void record_failure(const Error& error) {
    try {
      session_.reset();
      ledger::finish_run(session_, run_, "failed", error.message());
    } catch (const Error&) {
    }
  }

  // Rule 4: when a lock is not to be had, the whole revision is rolled back and tried again.
  void run_with_patience(const Step& step) {
    const auto until = steady_clock::now() + options_.lock_budget;
    milliseconds wait{100};
    while (true) {
      try {
        return run_once(step);
      } catch (const Error& error) {
        if (error.reason() != "LockTimeout" && error.reason() != "Deadlock") throw;
        const std::string blockers = watch_.blockers();
        const milliseconds jittered =
            wait + milliseconds(std::uniform_int_distribution<long>(0, wait.count())(random_));
        if (steady_clock::now() + jittered >= until)
          throw Error(
              ErrorKind::Transient, error.reason(),
              error.message() + (blockers.empty() ? std::string() : "; blocked by " + blockers),
              "the revision was rolled back; let the blocking session end, then run again");
        observer_.revision_waits(step, blockers, jittered);
        pause(jittered);
        wait = std::min(wait * 2, milliseconds(10'000));
      }
    }
  }

  void run_once(const Step& step) {
    const auto began = steady_clock::now();
    session_.reset();
    postgres::Transaction transaction(session_);
    session_.execute(
        "SET LOCAL lock_timeout = " + std::to_string(options_.lock_timeout.count()) +
        "; SET LOCAL statement_timeout = " + std::to_string(options_.statement_timeout.count()));
    ledger::check_fence(session_, run_);
    const std::vector<sql::Statement>& statements = step.script.statements;
    for (size_t i = 0; i < statements.size(); ++i) {
      observer_.statement_started(step, i + 1, statements.size());
      run_statement(step, i);
    }
    // The revision may have become another role, with another search_path.
    session_.execute("RESET SESSION AUTHORIZATION; RESET ROLE; RESET search_path");
    if (step.direction == Direction::Up) {
      ledger::record_up(session_, run_, to_row(step), since(began));
    } else {
      ledger::record_down(session_, run_, step.revision.id, since(began));
    }
    check_stop();
    commit(step, transaction);
  }

  void run_statement(const Step& step, size_t index) {
    const sql::Statement& statement = step.script.statements[index];
    check_stop();
    watch_.started();
    try {
      session_.execute(statement.text);
      watch_.ended();
    } catch (const StatementError& error) {
      watch_.ended();
      const uint32_t line = statement.line + std::max(error.answer().line, 1U) - 1;
      fail(error, step.revision.file + ":" + std::to_string(line) + ": statement " +
                      std::to_string(index + 1) + " of " +
                      std::to_string(step.script.statements.size()) + " (`" +
                      excerpt(statement.text) + "`): ");
    }
  }

  // Deferred constraints are judged here.
  void commit(const Step& step, postgres::Transaction& transaction) {
    try {
      transaction.commit();
    } catch (const StatementError& error) {
      fail(error, step.revision.file + ": COMMIT: ");
    }
  }

  [[noreturn]] void fail(const StatementError& error, const std::string& where) const {
    const bool timed_out = error.reason() == "Cancelled" && !stop_.stop_requested() &&
                           options_.statement_timeout > milliseconds(0);
    if (timed_out)
      throw Error(ErrorKind::Failed, "StatementTimeout", where + error.message(),
                  "the revision was rolled back; allow more time, or do less in one statement");
    const std::string remedy = error.remedy().empty() ? "" : "; " + error.remedy();
    throw Error(error.kind(), error.reason(), where + error.message(),
                "the revision was rolled back" + remedy);
  }

  void check_stop() const {
    if (stop_.stop_requested())
      throw Error(ErrorKind::Transient, "Cancelled",
                  "stopped on request; the revision was rolled back", "run it again");
  }

  void pause(milliseconds time) const {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock guard(mutex);
    wake.wait_for(guard, stop_, time, [] { return false; });
    check_stop();
  }

  Session& session_;
  const Plan& plan_;
  const ApplyOptions& options_;
  Observer& observer_;
  const std::stop_token stop_;
  std::minstd_rand random_;
  Watch watch_;
  ledger::Run run_;
};

}  // namespace

Applied apply(postgres::AdvisoryLock& lock, const Plan& plan, const ApplyOptions& options,
              Observer& observer, std::stop_token stop) {
  if (plan.steps.empty()) return {0, plan.current};
  Applied applied;
  applied.steps = Application(lock.session(), plan, options, observer, stop).run();
  applied.heads = ledger::read(lock.session(), false).heads();
  return applied;
}

}  // namespace sluice::engine
