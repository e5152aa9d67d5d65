#include "engine/stamp.h"

#include <algorithm>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "engine/script.h"
#include "ledger/ledger.h"
#include "ledger/sql.h"
#include "revisions/target.h"
#include "sql/quote.h"

namespace sluice::engine {
namespace {

using base::Error;
using base::ErrorKind;
using revisions::Graph;
using revisions::Node;

std::string digest_of(const Stamp& stamp) {
  base::Sha256 digest;
  digest.update("stamp\n");
  for (const ledger::AppliedRevision& row : stamp.rows)
    digest.update(row.id).update(" ").update(row.raw_checksum).update("\n");
  return digest.hex();
}

void expect_known(const Graph& graph, const ledger::State& state) {
  std::vector<std::string> unknown;
  for (const ledger::AppliedRevision& applied : state.applied)
    if (!graph.find(applied.id)) unknown.push_back(applied.id);
  if (!unknown.empty())
    throw Error(ErrorKind::Refused, "DatabaseDiverged",
                "the database has " + base::join(unknown, ", ") + ", which no file has",
                "use the files with which it was migrated, or forget those revisions with --purge");
}

// The newest applied revisions that stand neither before nor after what is meant.
std::vector<Node> in_other_lines(const Graph& graph, const ledger::State& state,
                                 const std::vector<Node>& nodes) {
  const std::vector<bool> before = graph.ancestors(nodes), after = graph.descendants(nodes);
  std::vector<Node> others;
  for (const std::string& id : revisions::heads_among(graph, state.ids()))
    if (const Node node = *graph.find(id); !before[node] && !after[node]) others.push_back(node);
  return others;
}

}  // namespace

Stamp plan_stamp_of(const Graph& graph, const ledger::State& state,
                    const std::set<std::string>& ids, const std::string& target_text, bool purge) {
  if (!purge) expect_known(graph, state);
  Stamp stamp;
  stamp.target_text = target_text;
  const std::set<std::string> there = state.ids();
  std::set<std::string> stay;
  for (Node node = 0; node < graph.revisions().size(); ++node) {
    const std::string& id = graph.at(node).id;
    if (!ids.contains(id)) continue;
    stay.insert(id);
    stamp.rows.push_back(ledger::to_row(graph, node));
    if (!there.contains(id)) stamp.added.push_back(id);
  }
  for (const ledger::AppliedRevision& applied : state.applied)
    if (!stay.contains(applied.id)) stamp.removed.push_back(applied.id);
  stamp.heads = revisions::heads_among(graph, stay);
  return stamp;
}

Stamp plan_stamp(const Graph& graph, const ledger::State& state,
                 const std::vector<std::string>& targets, bool purge) {
  std::vector<Node> nodes;
  bool base = false;
  for (const std::string& target : targets) {
    const revisions::Path path = revisions::upgrade_path(graph, state.ids(), target);
    base = base || path.target.empty();
    for (const std::string& id : path.target) nodes.push_back(*graph.find(id));
  }
  if (!purge && !base) {
    expect_known(graph, state);
    for (const Node node : in_other_lines(graph, state, nodes)) nodes.push_back(node);
  }
  const std::vector<bool> needed = graph.ancestors(nodes);
  std::set<std::string> ids;
  for (Node node = 0; node < needed.size(); ++node)
    if (needed[node]) ids.insert(graph.at(node).id);
  return plan_stamp_of(graph, state, ids, base::join(targets, " "), purge);
}

void apply_stamp(postgres::AdvisoryLock& lock, const ledger::State& state, const Stamp& stamp) {
  // A ledger that says of nothing that it is applied says something, too.
  if (state.exists && stamp.added.empty() && stamp.removed.empty() && state.statements.empty())
    return;
  postgres::Session& session = lock.session();
  ledger::migrate(session);
  const ledger::Run run = ledger::start_run(session, ledger::make_run_id(), "stamp",
                                            stamp.target_text, digest_of(stamp));
  try {
    postgres::Transaction transaction(session);
    ledger::check_fence(session, run);
    ledger::replace_applied(session, run, stamp.rows);
    for (const ledger::StatementRecord& record : state.statements)
      ledger::forget_statements(session, record.revision);
    transaction.commit();
  } catch (const Error& error) {
    try {
      ledger::finish_run(session, run, "failed", error.message());
    } catch (const Error&) {
    }
    throw;
  }
  ledger::finish_run(session, run, "succeeded", "");
}

std::string stamp_script(const Stamp& stamp) {
  const ledger::RunSql run{"(SELECT id FROM sluice.runs ORDER BY epoch DESC LIMIT 1)",
                           "(SELECT epoch FROM sluice.fence)"};
  std::string script = script_prelude("Stamp " + stamp.target_text) + "BEGIN;\n" +
                       ledger::start_run_sql("script-" + digest_of(stamp).substr(0, 12), "stamp",
                                             stamp.target_text, digest_of(stamp)) +
                       ";\n";
  std::vector<std::string> ids;
  for (const ledger::AppliedRevision& row : stamp.rows) ids.push_back(row.id);
  script += "WITH gone AS (DELETE FROM sluice.revisions WHERE origin = 'user' AND id <> ALL (" +
            ledger::array(ids) + ") RETURNING *), " + ledger::repeatables_due_sql() +
            " INSERT INTO sluice.history (direction, origin, revision, raw_checksum, run, "
            "epoch, duration_ms) SELECT 'unstamp', origin, id, raw_checksum, " +
            run.id + ", " + run.epoch + ", 0 FROM gone;\nDELETE FROM sluice.statements;\n";
  for (const ledger::AppliedRevision& row : stamp.rows)
    script += "SELECT NOT EXISTS (SELECT FROM sluice.revisions WHERE origin = 'user' AND id = " +
              sql::literal(row.id) + ") AS sluice_new \\gset\n\\if :sluice_new\n" +
              ledger::applied_sql(ledger::Origin::User, run, row, "0", "stamp") + kPrintsNothing +
              "\\endif\n";
  return script +
         "UPDATE sluice.runs SET finished_at = clock_timestamp(), outcome = 'succeeded' WHERE "
         "epoch = (SELECT epoch FROM sluice.fence);\nCOMMIT;\n";
}

}  // namespace sluice::engine
