#include "engine/execution.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/error.h"
#include "base/text.h"
#include "ledger/sql.h"
#include "postgres/errors.h"

namespace sluice::engine {
namespace {

using base::Error;
using base::ErrorKind;
using postgres::StatementError;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kMostNotices = 100;

// Between the two, `take` is told of the server's notices.
class Listening {
 public:
  Listening(postgres::Session& session, std::function<void(const postgres::Notice&)> take)
      : session_(session) {
    session_.on_notice(std::move(take));
  }
  ~Listening() { session_.on_notice(nullptr); }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

 private:
  postgres::Session& session_;
};

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

std::string place(const Step& step, size_t index, const StatementError& error) {
  const sql::Statement& statement = step.script.statements[index];
  const uint32_t line = statement.line + std::max(error.answer().line, 1U) - 1;
  return step.place(line) + ": statement " + std::to_string(index + 1) + " of " +
         std::to_string(step.script.statements.size()) + " (`" + excerpt(statement.text) + "`): ";
}

std::string remedy_for(const StatementError& error) {
  // Source: PostgreSQL's ERRCODE_UNSAFE_NEW_ENUM_VALUE_USAGE.
  if (error.answer().sqlstate == "55P04")
    return "put ALTER TYPE … ADD VALUE into a revision of its own, before the one that uses it";
  // ERRCODE_INVALID_TRANSACTION_TERMINATION: COMMIT in a procedure or a DO block.
  if (error.answer().sqlstate == "2D000")
    return "a revision's statement may not commit; for a change in parts write `-- batch:`";
  return error.remedy();
}

}  // namespace

std::string left_of(const Step& step) {
  if (!step.revision->transactional) return "what took effect before is recorded";
  return step.synced ? "this part of the sync was rolled back" : "the revision was rolled back";
}

std::string after_failure(const Step& step) {
  if (step.synced) return left_of(step);
  if (step.direction == Direction::Down)
    return left_of(step) +
           "; the way down is the one that the ledger keeps: correct the file, take it over by "
           "`sluice repair`, and run again";
  return left_of(step) +
         (step.revision->transactional ? "" : "; correct this statement and run again");
}

Execution::Execution(postgres::AdvisoryLock& lock, const ApplyOptions& options, Observer& observer,
                     const std::stop_token& stop)
    : lock_(lock),
      options_(options),
      observer_(observer),
      stop_(stop),
      random_(std::random_device{}()),
      watch_(lock.session(), std::max(options.lock_timeout / 2, milliseconds(50)), stop) {}

void Execution::commit_once(const Step& step, const std::function<std::string()>& work,
                            const std::function<bool()>& is_recorded) {
  with_patience(step, [&] {
    constexpr int kMostDoubts = 5;
    int doubts = 0;
    for (bool recorded = false; !recorded;) {
      try {
        postgres::Transaction transaction(session(), postgres::Transaction::BegunByCaller{});
        ledger::begin_fenced(
            session(), run_,
            session().reset_sql() + "; " + postgres::kBegin + "; " + timeouts(true));
        observer_.transaction_began(step, session());
        const std::string last = work();
        observer_.transaction_commits(step, session());
        check_stop(step);
        commit(step, transaction, last);
        recorded = true;
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::InDoubt || ++doubts > kMostDoubts) throw;
        resolve(step, error, is_recorded, recorded);
      }
    }
  });
}

// Deferred constraints are judged here.
void Execution::commit(const Step& step, postgres::Transaction& transaction,
                       const std::string& last) {
  try {
    transaction.commit(last);
  } catch (const StatementError& error) {
    throw Error(error.kind(), error.reason(), step.file() + ": COMMIT: " + error.message(),
                left_of(step) + (error.remedy().empty() ? "" : "; " + error.remedy()));
  }
}

// Rule: a COMMIT is neither assumed nor denied. The lock first, so that the old backend is gone.
void Execution::resolve(const Step& step, const Error& doubt,
                        const std::function<bool()>& is_recorded, bool& recorded) {
  const auto until = steady_clock::now() + options_.reconnect_budget;
  for (milliseconds wait{100};; wait = std::min(wait * 2, milliseconds(2000))) {
    try {
      session().reconnect();
      lock_.regain(std::max(std::chrono::duration_cast<milliseconds>(until - steady_clock::now()),
                            milliseconds(0)),
                   stop_);
      break;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Transient || error.reason() == "Cancelled") throw;
      if (steady_clock::now() + wait >= until)
        throw Error(ErrorKind::InDoubt, doubt.reason(), doubt.message() + "; " + error.message(),
                    doubt.remedy());
    }
    pause(step, wait);
  }
  recorded = is_recorded();
}

// Rule: when a lock is not to be had, the whole is rolled back and tried again, because what an
// open transaction holds meanwhile stands in the application's way.
void Execution::with_patience(const Step& step, const std::function<void()>& attempt) {
  const auto until = steady_clock::now() + options_.lock_budget;
  milliseconds wait{100};
  while (true) {
    try {
      return attempt();
    } catch (const Error& error) {
      if (error.reason() != "LockTimeout" && error.reason() != "Deadlock") throw;
      const std::string blockers = watch_.blockers();
      const milliseconds jittered =
          wait + milliseconds(std::uniform_int_distribution<long>(0, wait.count())(random_));
      if (steady_clock::now() + jittered >= until)
        throw Error(
            ErrorKind::Transient, error.reason(),
            error.message() + (blockers.empty() ? std::string() : "; blocked by " + blockers),
            left_of(step) + "; let the blocking session end, then run again");
      observer_.revision_waits(step, blockers, jittered);
      pause(step, jittered);
      wait = std::min(wait * 2, milliseconds(10'000));
    }
  }
}

uint64_t Execution::send(const Step& step, size_t index, const std::string& effect,
                         const std::vector<postgres::Value>& parameters) {
  const sql::Statement& statement = step.script.statements[index];
  check_stop(step);
  const Listening listening(session(), [&, left = kMostNotices](const auto& notice) mutable {
    if (left-- > 0) observer_.server_says(step, index + 1, notice);
  });
  watch_.started();
  uint64_t changed = 0;
  try {
    if (statement.kind == sql::Kind::CopyFromStdin) {
      session().copy_in(statement.text, statement.copy_data.value_or(""));
    } else if (parameters.empty()) {
      session().execute(statement.text);
    } else {
      changed = session().change(statement.text, parameters);
    }
    watch_.ended();
    session().keep_utf8();
    return changed;
  } catch (const StatementError& error) {
    watch_.ended();
    const std::string where = place(step, index, error);
    if (error.reason() == "Cancelled" && stop_.stop_requested())
      throw Error(error.kind(), error.reason(), where + error.message(),
                  left_of(step) + "; run it again");
    if (error.reason() == "Cancelled" && options_.statement_timeout > milliseconds(0))
      throw Error(ErrorKind::Failed, "StatementTimeout", where + error.message(),
                  effect + "; allow more time, or do less in one statement");
    const std::string remedy = remedy_for(error);
    const std::string left = error.kind() == ErrorKind::Failed ? effect : left_of(step);
    throw Error(error.kind(), error.reason(), where + error.message(),
                left + (remedy.empty() ? "" : "; " + remedy));
  }
}

void Execution::replay_settings(const Step& step, size_t before) {
  for (size_t i = 0; i < before; ++i)
    if (step.script.statements[i].setting) send(step, i, left_of(step));
}

std::string Execution::record(const Step& step, milliseconds took) {
  const std::string& id = step.revision->id;
  if (!step.synced && step.direction == Direction::Down) {
    ledger::record_down(session(), run_, id, took, kOwnRole);
    return {};
  }
  const ledger::RunSql run = ledger::to_sql(run_);
  const std::string duration_ms = std::to_string(took.count());
  std::string sql = std::string(kOwnRole) + "; ";
  if (step.synced)
    return sql + ledger::synced_sql(run, {id, *step.synced, step.revision->up.sql}, duration_ms);
  sql += ledger::applied_sql(
      step.revision->repeatable ? ledger::Origin::Repeatable : ledger::Origin::User, run,
      to_row(step), duration_ms);
  for (const ledger::AppliedRevision& row : step.relinks) sql += "; " + ledger::relink_sql(row);
  return sql;
}

bool Execution::is_recorded(const Step& step) {
  const std::string& id = step.revision->id;
  if (step.synced) return ledger::is_recorded_sync(session(), run_, id);
  if (step.direction == Direction::Down) return ledger::is_recorded_down(session(), run_, id);
  return ledger::is_recorded_up(session(), run_, id, step.revision->repeatable);
}

std::string Execution::timeouts(bool local) const {
  const std::string set = local ? "SET LOCAL " : "SET ";
  return set + "lock_timeout = " + std::to_string(options_.lock_timeout.count()) + "; " + set +
         "statement_timeout = " + std::to_string(options_.statement_timeout.count());
}

std::string Execution::lock_timeout(bool wait_for_ever) const {
  return "SET lock_timeout = " + std::to_string(wait_for_ever ? 0 : options_.lock_timeout.count());
}

void Execution::check_stop(const Step& step) const {
  if (stop_.stop_requested())
    throw Error(ErrorKind::Transient, "Cancelled", "stopped on request; " + left_of(step),
                "run it again");
}

void Execution::pause(const Step& step, milliseconds time) const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock guard(mutex);
  wake.wait_for(guard, stop_, time, [] { return false; });
  check_stop(step);
}

ledger::AppliedRevision to_row(const Step& step) {
  ledger::AppliedRevision row;
  row.id = step.revision->id;
  row.revises = step.revision->revises;
  row.depends_on = step.depends_on;
  row.branch_labels = step.revision->branch_labels;
  row.message = step.revision->message;
  row.file = step.revision->file;
  row.text = step.revision->text;
  row.raw_checksum = step.raw_checksum;
  row.canonical_checksum = step.canonical_checksum;
  return row;
}

}  // namespace sluice::engine
