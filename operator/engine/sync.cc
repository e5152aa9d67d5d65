#include "engine/sync.h"

#include <algorithm>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/ledger.h"

namespace sluice::engine {
namespace {

using base::Error;
using base::ErrorKind;

// As the parser sees it; what it is too old for runs as it is.
sql::Statement statement_of(const std::string& sql, bool transactional) {
  sql::Script script = sql::split(sql, "sync");
  if (!script.error && script.statements.size() == 1) return std::move(script.statements.front());
  sql::Statement statement;
  statement.text = sql;
  statement.kind = transactional ? sql::Kind::Plain : sql::Kind::OutsideTransaction;
  return statement;
}

Step step_of(const SyncPart& part, const std::string& wanted, size_t number) {
  constexpr size_t kShort = 12;
  revisions::Revision revision;
  revision.id = ledger::kSyncPrefix + wanted.substr(0, kShort) + ":" + std::to_string(number);
  revision.file = revision.id;
  revision.transactional = part.transactional;
  Step step;
  step.synced = wanted;
  for (const std::string& sql : part.statements) {
    step.script.statements.push_back(statement_of(sql, part.transactional));
    step.script.statements.back().line =
        static_cast<uint32_t>(1 + std::ranges::count(revision.up.sql, '\n'));
    revision.up.sql += sql + ";\n";
  }
  revision.message = base::counted(part.statements.size(), "statement");
  step.raw_checksum = base::sha256(revision.up.sql);
  step.revision = std::make_shared<const revisions::Revision>(std::move(revision));
  return step;
}

}  // namespace

Plan plan_sync(const std::vector<SyncPart>& parts, const ledger::State& state,
               const std::string& wanted, const std::string& target_text) {
  if (!state.statements.empty())
    throw Error(ErrorKind::Refused, "RevisionUnfinished",
                "a run of revision " + state.statements.front().revision +
                    " was interrupted after some of its statements",
                "finish it first by `sluice upgrade` or `sluice downgrade`, or forget it: `sluice "
                "repair --abandon " +
                    state.statements.front().revision + "`");
  Plan plan;
  plan.target_text = target_text;
  plan.current = state.heads();
  base::Sha256 digest;
  digest.update("sync\n").update(wanted).update("\n");
  for (const SyncPart& part : parts) {
    plan.steps.push_back(step_of(part, wanted, plan.steps.size() + 1));
    digest.update(plan.steps.back().raw_checksum).update("\n");
  }
  plan.digest = digest.hex();
  return plan;
}

}  // namespace sluice::engine
