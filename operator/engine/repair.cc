#include "engine/repair.h"

#include <algorithm>

#include "base/error.h"
#include "ledger/ledger.h"

namespace sluice::engine {
namespace {

using base::Error;
using base::ErrorKind;

ledger::Run start(postgres::Session& session, const std::string& target) {
  ledger::migrate(session);
  return ledger::start_run(session, ledger::make_run_id(), "repair", target, "");
}

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::ranges::sort(list);
  return list;
}

}  // namespace

std::vector<Drift> find_drift(const revisions::Graph& graph, const ledger::State& state) {
  std::vector<std::string> heads = graph.heads();
  std::vector<Drift> drifts;
  for (const ledger::AppliedRevision& now : ledger::assume_applied(graph, heads).applied) {
    const auto recorded = std::ranges::find(state.applied, now.id, &ledger::AppliedRevision::id);
    if (recorded == state.applied.end() || recorded->raw_checksum == now.raw_checksum) continue;
    const bool refuses = recorded->canonical_checksum != now.canonical_checksum ||
                         sorted(recorded->revises) != sorted(now.revises);
    drifts.push_back({now.file, false, refuses, *recorded, now});
  }
  for (const revisions::Revision& revision : graph.repeatables()) {
    const auto recorded =
        std::ranges::find(state.repeatables, revision.id, &ledger::AppliedRevision::id);
    const ledger::AppliedRevision now = ledger::to_row(revision);
    if (recorded == state.repeatables.end() || recorded->raw_checksum == now.raw_checksum ||
        recorded->canonical_checksum != now.canonical_checksum)
      continue;
    drifts.push_back({now.file, true, false, *recorded, now});
  }
  return drifts;
}

void accept(postgres::AdvisoryLock& lock, const std::vector<Drift>& drifts) {
  postgres::Session& session = lock.session();
  const ledger::Run run = start(session, "");
  postgres::Transaction transaction(session);
  ledger::check_fence(session, run);
  for (const Drift& drift : drifts) ledger::repair(session, run, drift.now, drift.repeatable);
  ledger::finish_run(session, run, "succeeded", "");
  transaction.commit();
}

void abandon(postgres::AdvisoryLock& lock, const ledger::State& state,
             const std::string& revision) {
  if (std::ranges::find(state.statements, revision, &ledger::StatementRecord::revision) ==
      state.statements.end())
    throw Error(ErrorKind::Invalid, "TargetUnknown",
                "no interrupted run of revision " + revision + " is recorded",
                "`sluice current` shows what was interrupted");
  postgres::Session& session = lock.session();
  const ledger::Run run = start(session, revision);
  postgres::Transaction transaction(session);
  ledger::check_fence(session, run);
  ledger::forget_statements(session, revision);
  ledger::finish_run(session, run, "succeeded", "forgot what was interrupted");
  transaction.commit();
}

}  // namespace sluice::engine
