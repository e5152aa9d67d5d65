#include "engine/apply.h"

#include <algorithm>

#include "base/error.h"
#include "engine/by_statement.h"
#include "engine/execution.h"
#include "ledger/ledger.h"

namespace sluice::engine {
namespace {

using base::Error;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds since(steady_clock::time_point began) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
}

// All statements and the ledger's rows in one transaction.
void run_in_transaction(Execution& execution, const Step& step) {
  const std::vector<sql::Statement>& statements = step.script.statements;
  const auto began = steady_clock::now();
  postgres::Session& session = execution.session();
  const auto work = [&] {
    // VALIDATE waits in nobody's way as long as this transaction holds nothing else.
    bool may_wait = false;
    for (size_t i = 0; i < statements.size(); ++i) {
      const bool harmless = statements[i].waits_harmlessly && (i == 0 || may_wait);
      if (harmless != may_wait) session.execute(execution.lock_timeout(harmless));
      may_wait = harmless;
      execution.observer().statement_started(step, i + 1, statements.size());
      execution.send(step, i, after_failure(step));
    }
    return execution.record(step, since(began));
  };
  execution.commit_once(step, work, [&] { return execution.is_recorded(step); });
}

std::vector<ledger::StatementRecord> records_of(const Plan& plan, const Step& step) {
  std::vector<ledger::StatementRecord> records;
  std::ranges::copy_if(plan.unfinished, std::back_inserter(records),
                       [&](const ledger::StatementRecord& record) {
                         return record.revision == step.revision->id &&
                                record.up == (step.direction == Direction::Up);
                       });
  return records;
}

void run_steps(Execution& execution, const Plan& plan) {
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    execution.observer().revision_started(step, i + 1, plan.steps.size());
    const auto began = steady_clock::now();
    if (step.revision->transactional) {
      run_in_transaction(execution, step);
    } else {
      run_by_statement(execution, step, records_of(plan, step));
    }
    execution.observer().revision_finished(step, since(began));
  }
}

std::string_view kind_of(const Plan& plan) {
  if (plan.steps.front().synced) return "sync";
  return plan.direction == Direction::Up ? "upgrade" : "downgrade";
}

// The error that ended the run matters more than that it could not be written down.
void record_failure(Execution& execution, const Error& error) {
  try {
    execution.session().reset();
    ledger::finish_run(execution.session(), execution.run(), "failed", error.message());
  } catch (const Error&) {
  }
}

}  // namespace

Applied apply(postgres::AdvisoryLock& lock, const Plan& plan, const ApplyOptions& options,
              Observer& observer, std::stop_token stop) {
  if (plan.steps.empty()) return {0, plan.current};
  postgres::Session& session = lock.session();
  Execution execution(lock, options, observer, stop);
  ledger::migrate(session);
  execution.set_run(ledger::start_run(session,
                                      options.run.empty() ? ledger::make_run_id() : options.run,
                                      kind_of(plan), plan.target_text, plan.digest));
  try {
    if (plan.steps.front().synced) ledger::forget_syncs(session, execution.run());
    run_steps(execution, plan);
  } catch (const Error& error) {
    record_failure(execution, error);
    throw;
  }
  session.reset();
  ledger::finish_run(session, execution.run(), "succeeded", "");
  return {static_cast<uint32_t>(plan.steps.size()), ledger::read_heads(session)};
}

}  // namespace sluice::engine
