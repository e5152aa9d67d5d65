#include "engine/by_statement.h"

#include <algorithm>
#include <chrono>

#include "base/digest.h"
#include "base/error.h"
#include "engine/probe.h"
#include "sql/subject.h"

namespace sluice::engine {
namespace {

using base::Error;
using base::ErrorKind;
using ledger::StatementRecord;
using State = ledger::StatementRecord::State;

class ByStatement {
 public:
  ByStatement(Execution& execution, const Step& step, const std::vector<StatementRecord>& records)
      : execution_(execution), step_(step), records_(records) {}

  void run() {
    expect_same_statements();
    const auto began = std::chrono::steady_clock::now();
    const std::vector<sql::Statement>& statements = step_.script.statements;
    for (size_t i = 0; i < statements.size(); ++i) {
      if (statements[i].setting) continue;
      const StatementRecord record = record_of(i);
      if (record.state == State::Done) {
        execution_.observer().statement_passed_over(step_, i + 1, statements.size());
        continue;
      }
      execution_.check_stop(step_);
      execution_.observer().statement_started(step_, i + 1, statements.size());
      if (statements[i].kind == sql::Kind::OutsideTransaction) {
        run_outside(i, record);
      } else if (statements[i].batch) {
        run_batches(execution_, step_, i, record);
      } else {
        run_inside_if_possible(i, record);
      }
      execution_.observer().statement_finished(step_, i + 1, statements.size());
    }
    record_revision(began);
  }

 private:
  postgres::Session& session() { return execution_.session(); }
  bool up() const { return step_.direction == Direction::Up; }

  // What is recorded of a statement, or how it would be recorded first.
  StatementRecord record_of(size_t index) const {
    const std::string checksum = checksum_of(step_, index);
    const auto found = std::ranges::find(records_, index + 1, &StatementRecord::number);
    if (found != records_.end()) {
      if (found->checksum != checksum) changed(index);
      return *found;
    }
    StatementRecord record;
    record.revision = step_.revision->id;
    record.up = up();
    record.number = static_cast<uint32_t>(index + 1);
    record.checksum = checksum;
    record.state = State::Begun;
    return record;
  }

  // Those that took effect are all still there.
  void expect_same_statements() const {
    const std::vector<sql::Statement>& statements = step_.script.statements;
    for (const StatementRecord& record : records_)
      if (record.number > statements.size() || statements[record.number - 1].setting)
        throw Error(ErrorKind::Refused, "RevisionChanged",
                    step_.file() + ": statement " + std::to_string(record.number) +
                        " of revision " + step_.revision->id +
                        ", which an interrupted run has begun, is gone",
                    "restore the statements up to that one; those after it may change");
  }

  [[noreturn]] void changed(size_t index) const {
    throw Error(ErrorKind::Refused, "RevisionChanged",
                step_.place(step_.script.statements[index].line) + ": statement " +
                    std::to_string(index + 1) + " of revision " + step_.revision->id +
                    ", which an interrupted run has begun, was another one then",
                "restore the statements up to this one; those after it may change");
  }

  // What only the server can tell: REINDEX of a partitioned table, DROP SUBSCRIPTION with a slot …
  void run_inside_if_possible(size_t index, const StatementRecord& record) {
    if (record.state != State::Intended) {
      try {
        return run_inside(index, record);
      } catch (const Error& error) {
        if (error.reason() != "NotInTransaction") throw;
      }
    }
    run_outside(index, record);
  }

  void run_inside(size_t index, StatementRecord record) {
    record.state = State::Done;
    const bool waits = step_.script.statements[index].waits_harmlessly;
    execution_.commit_once(
        step_,
        [&] {
          if (waits) session().execute("SET LOCAL lock_timeout = 0");
          execution_.replay_settings(step_, index);
          execution_.send(step_, index, after_failure(step_));
          session().execute(kOwnRole);
          ledger::write_statement(session(), execution_.run(), record);
          return std::string();
        },
        [&] { return is_done(record); });
  }

  bool is_done(const StatementRecord& record) {
    const auto now = ledger::find_statement(session(), record.revision, record.up, record.number);
    return now && now->state == State::Done;
  }

  void run_outside(size_t index, StatementRecord record) {
    const sql::Subject subject = sql::subject_of(step_.script.statements[index].text);
    if (record.state == State::Intended && mend(index, subject, record).done) return finish(record);
    execution_.with_patience(step_, [&] { attempt(index, subject, record); });
    finish(record);
  }

  void attempt(size_t index, const sql::Subject& subject, StatementRecord& record) {
    if (record.state != State::Intended) {
      record.before = look_at(index, subject);
      record.state = State::Intended;
      write(record);
    }
    try {
      open_session(index);
      execution_.send(step_, index, after_failure(step_));
    } catch (const Error& error) {
      // It may have come so far that mending it was to finish it.
      if (abandon(index, subject, record)) return;
      throw;
    }
    const std::string now = look_at(index, subject);
    if (!is_unusable(subject, now)) return;
    ledger::forget_statement(session(), record);
    throw Error(ErrorKind::Failed, "IndexUnusable",
                step_.place(step_.script.statements[index].line) + ": index " + subject.name +
                    " is there and invalid, so IF NOT EXISTS passed over it",
                "drop it (DROP INDEX CONCURRENTLY) and run again; " + after_failure(step_));
  }

  // It failed and the connection lives: nothing of it stays, so that it may be corrected. Where
  // this fails, too, the next run does it.
  // Whether it took effect all the same.
  bool abandon(size_t index, const sql::Subject& subject, StatementRecord& record) {
    try {
      if (mend(index, subject, record).done) return true;
      session().reset();
      ledger::forget_statement(session(), record);
      record.state = State::Begun;
    } catch (const Error&) {
    }
    return false;
  }

  Aftermath mend(size_t index, const sql::Subject& subject, const StatementRecord& record) {
    Aftermath aftermath = judge(subject, record.before, look_at(index, subject));
    // Who was asked to stop does not wait for old transactions; the next run does.
    session().execute(execution_.lock_timeout(!execution_.stopping()));
    for (const std::string& sql : aftermath.repair) session().execute(sql);
    return aftermath;
  }

  std::string look_at(size_t index, const sql::Subject& subject) {
    open_session(index);
    return look(session(), subject);
  }

  // Fresh settings, and those that the revision itself makes before this statement.
  void open_session(size_t index) {
    session().reset();
    session().execute(execution_.timeouts(false) + "; " +
                      execution_.lock_timeout(step_.script.statements[index].waits_harmlessly));
    execution_.replay_settings(step_, index);
  }

  void write(const StatementRecord& record) {
    execution_.commit_once(
        step_,
        [&] {
          ledger::write_statement(session(), execution_.run(), record);
          return std::string();
        },
        [&] {
          const auto now =
              ledger::find_statement(session(), record.revision, record.up, record.number);
          return now && now->state == record.state;
        });
  }

  void finish(StatementRecord record) {
    record.state = State::Done;
    write(record);
  }

  void record_revision(std::chrono::steady_clock::time_point began) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    const std::string& id = step_.revision->id;
    execution_.commit_once(
        step_,
        [&] {
          ledger::forget_statements(session(), id);
          return execution_.record(step_, took);
        },
        [&] { return execution_.is_recorded(step_); });
  }

  Execution& execution_;
  const Step& step_;
  const std::vector<StatementRecord>& records_;
};

}  // namespace

std::string checksum_of(const Step& step, size_t index) {
  const sql::Statement& statement = step.script.statements[index];
  base::Sha256 digest;
  for (size_t i = 0; i < index; ++i)
    if (step.script.statements[i].setting)
      digest.update(sql::canonical_checksum(step.script.statements[i].text)).update("\n");
  digest.update(sql::canonical_checksum(statement.text)).update("\n");
  if (statement.copy_data) digest.update(*statement.copy_data);
  if (statement.batch) digest.update(statement.batch->table + " " + statement.batch->key);
  return digest.hex();
}

void run_by_statement(Execution& execution, const Step& step,
                      const std::vector<StatementRecord>& records) {
  ByStatement(execution, step, records).run();
}

}  // namespace sluice::engine
