#include "engine/plan.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "engine/permit.h"
#include "revisions/target.h"

namespace sluice::engine {
namespace {

using base::Error;
using base::ErrorKind;
using revisions::Graph;
using revisions::Node;

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::ranges::sort(list);
  return list;
}

// Whether all that it revised when it was applied still comes before it, so that only something new
// has come in between.
bool only_inserted(const Graph& graph, Node node, const std::vector<std::string>& before) {
  const std::vector<bool> ancestors = graph.ancestors({node});
  return std::ranges::all_of(before, [&](const std::string& id) {
    const std::optional<Node> parent = graph.find(id);
    return parent && ancestors[*parent];
  });
}

// Where the file begins to say something else than what was applied.
uint32_t first_change(const revisions::Revision& now, const std::string& applied) {
  const auto statements = [](const revisions::Revision& revision) {
    return sql::split(revision.up.sql, revision.file, revision.up.line).statements;
  };
  try {
    const std::vector<sql::Statement> is = statements(now);
    const std::vector<sql::Statement> was =
        statements(revisions::parse_revision(now.id + ".sql", applied));
    const auto [one, other] =
        std::ranges::mismatch(is, was, [](const sql::Statement& a, const sql::Statement& b) {
          return sql::canonical_checksum(a.text) == sql::canonical_checksum(b.text) &&
                 a.copy_data == b.copy_data;
        });
    if (one != is.end()) return one->line;
    if (!is.empty()) return is.back().line;
  } catch (const Error&) {
    // Too large or too deep: it was neither when it was applied.
  }
  return now.up.line;
}

// Rule: a changed comment warns; a changed statement refuses.
void check_drift(const Graph& graph, const ledger::State& state, Plan& plan) {
  const std::set<std::string> there = state.ids();
  for (const ledger::AppliedRevision& applied : state.applied) {
    const std::optional<Node> node = graph.find(applied.id);
    if (!node) continue;
    const revisions::Revision& now = graph.at(*node);
    if (base::sha256(now.text) == applied.raw_checksum) continue;
    if (sql::canonical_checksum(now.up.sql) != applied.canonical_checksum)
      throw Error(ErrorKind::Refused, "RevisionChanged",
                  now.file + ":" + std::to_string(first_change(now, applied.text)) + ": revision " +
                      now.id + " was applied at " + applied.applied_at + " with other statements",
                  "restore the file as it was, and put the change into a new revision; `sluice "
                  "repair` shows the difference, and accepts it where the database has it already");
    if (sorted(now.revises) != sorted(applied.revises)) {
      const std::string text =
          now.file + ": revision " + now.id + " revises " +
          (now.revises.empty() ? "nothing" : base::join(now.revises, ", ")) + ", but revised " +
          (applied.revises.empty() ? "nothing" : base::join(applied.revises, ", ")) +
          " when it was applied";
      if (!only_inserted(graph, *node, applied.revises))
        throw Error(ErrorKind::Refused, "RevisionChanged", text,
                    "restore the line `-- revises:` as it was");
      // What is still pending in between links it anew when it is applied.
      if (std::ranges::all_of(now.revises, [&](const auto& id) { return there.contains(id); }))
        plan.warnings.push_back(text + "; `sluice repair` takes that over");
      continue;
    }
    plan.warnings.push_back(now.file + ": header, comments or down section of revision " + now.id +
                            " changed since it was applied; the ledger's text is what a downgrade "
                            "uses");
  }
}

Step make_step(Direction direction, const Graph& graph, Node node) {
  Step step;
  step.direction = direction;
  step.revision = graph.share(node);
  for (const Node parent : graph.parents(node))
    if (std::ranges::find(graph.revises(node), parent) == graph.revises(node).end())
      step.depends_on.push_back(graph.at(parent).id);
  step.raw_checksum = base::sha256(step.revision->text);
  step.canonical_checksum = sql::canonical_checksum(step.revision->up.sql);
  return step;
}

void expect_reversible(const revisions::Revision& revision) {
  const std::optional<revisions::Irreversible> found = revisions::irreversible(revision);
  if (!found) return;
  const bool says_so = revision.down.has_value();
  throw Error(ErrorKind::Refused, "Irreversible",
              revision.file + (says_so ? ":" + std::to_string(found->line) : std::string()) +
                  ": revision " + revision.id + " cannot be undone: " + found->why,
              std::string("downgrade to a revision at or above it, or restore a backup") +
                  (says_so ? "; to accept it, remove that line from the file, take the change over "
                             "by `sluice repair`, and run again"
                           : ""));
}

void parse_step(Step& step, int server_version, Plan& plan) {
  const bool up = step.direction == Direction::Up;
  if (!up) expect_reversible(*step.revision);
  const revisions::Section& section = up ? step.revision->up : *step.revision->down;
  step.script = sql::split(section.sql, step.file(), section.line);
  permit(step, server_version, plan.warnings);
  const bool merges = step.revision->revises.size() > 1;
  if (up && !merges && step.script.statements.empty())
    plan.warnings.push_back(step.revision->file + ": revision " + step.revision->id +
                            " has no statements below `-- migrate:up`");
}

// A pending revision that comes before an applied one.
void judge_order(const Graph& graph, const std::set<std::string>& applied, bool allowed,
                 const std::vector<Node>& steps, Plan& plan) {
  std::vector<Node> nodes;
  for (Node node = 0; node < graph.revisions().size(); ++node)
    if (applied.contains(graph.at(node).id)) nodes.push_back(node);
  const std::vector<bool> missing = graph.ancestors(nodes);
  for (const Node node : steps) {
    if (!missing[node]) continue;
    const revisions::Revision& late = graph.at(node);
    const std::string text =
        late.file + ": revision " + late.id + " is not applied, but comes before one that is";
    if (!allowed)
      throw Error(
          ErrorKind::Refused, "OutOfOrder", text,
          "give it a place after all that is applied, or allow it (--out-of-order allow) if "
          "nothing that was applied minds");
    plan.warnings.push_back(text);
  }
}

std::vector<ledger::AppliedRevision> relinks_of(const Graph& graph, Node node,
                                                const std::set<std::string>& applied) {
  std::vector<ledger::AppliedRevision> relinks;
  for (const Node child : graph.revised_by(node)) {
    const revisions::Revision& revision = graph.at(child);
    if (!applied.contains(revision.id)) continue;
    ledger::AppliedRevision row;
    row.id = revision.id;
    row.revises = revision.revises;
    row.text = revision.text;
    row.raw_checksum = base::sha256(revision.text);
    relinks.push_back(std::move(row));
  }
  return relinks;
}

// What is of the phase contract, and what needs it, is taken out of the steps.
void hold_back(const Graph& graph, std::vector<Node>& steps, Plan& plan) {
  std::vector<Node> contract;
  std::ranges::copy_if(steps, std::back_inserter(contract), [&](Node node) {
    return graph.at(node).phase == revisions::Phase::Contract;
  });
  if (contract.empty()) return;
  const std::vector<bool> held = graph.descendants(contract);
  std::vector<std::string> names;
  for (const Node node : steps)
    if (held[node]) names.push_back(graph.at(node).id);
  std::erase_if(steps, [&](Node node) { return held[node]; });
  plan.warnings.push_back("held back: " + base::join(names, ", ") +
                          ", being of the phase contract or needing what is; run with --contract "
                          "when no old version of the application runs any more");
}

void refuse_contract(const Graph& graph, const std::vector<Node>& steps) {
  for (const Node node : steps) {
    const revisions::Revision& revision = graph.at(node);
    if (revision.phase == revisions::Phase::Contract)
      throw Error(ErrorKind::Refused, "Unsupported",
                  revision.file + ":" + std::to_string(revision.phase_line) +
                      ": `phase: contract`: this version does not hold revisions back until the "
                      "workloads have rolled out",
                  "keep the revision back yourself, or use a later version");
  }
}

// A revision without a transaction that was interrupted stands between two schemas.
void expect_to_go_on(const ledger::State& state, Plan& plan) {
  for (const ledger::StatementRecord& record : state.statements) {
    const Direction direction = record.up ? Direction::Up : Direction::Down;
    const bool goes_on =
        direction == plan.direction && std::ranges::any_of(plan.steps, [&](const Step& step) {
          return step.revision->id == record.revision && !step.revision->transactional;
        });
    if (!goes_on)
      throw Error(ErrorKind::Refused, "RevisionUnfinished",
                  "the " + std::string(record.up ? "upgrade" : "downgrade") + " of revision " +
                      record.revision + " was interrupted after some of its statements",
                  "finish it first by `sluice " + std::string(record.up ? "upgrade" : "downgrade") +
                      "`, or, when you have put the database right by hand, forget it: `sluice "
                      "repair --abandon " +
                      record.revision + "`");
  }
  plan.unfinished = state.statements;
}

// Those that are new, or whose statements are others than when they ran last.
void add_repeatables(const Graph& graph, const ledger::State& state, int server_version,
                     Plan& plan) {
  for (const revisions::Revision& revision : graph.repeatables()) {
    const std::string checksum = sql::canonical_checksum(revision.up.sql);
    const auto before =
        std::ranges::find(state.repeatables, revision.id, &ledger::AppliedRevision::id);
    if (before != state.repeatables.end() && before->canonical_checksum == checksum) continue;
    Step step;
    step.revision = std::make_shared<const revisions::Revision>(revision);
    step.raw_checksum = base::sha256(revision.text);
    step.canonical_checksum = checksum;
    parse_step(step, server_version, plan);
    plan.steps.push_back(std::move(step));
  }
}

std::string digest_of(const Plan& plan) {
  base::Sha256 digest;
  digest.update(to_string(plan.direction)).update("\n");
  for (const Step& step : plan.steps)
    digest.update(step.revision->id).update(" ").update(step.raw_checksum).update("\n");
  return digest.hex();
}

// Whether something applied came after one of the target's revisions.
bool is_past(const Graph& graph, const std::set<std::string>& applied,
             const std::vector<std::string>& target) {
  std::vector<Node> after;
  for (const std::string& id : target)
    for (const Node child : graph.revised_by(*graph.find(id))) after.push_back(child);
  return std::ranges::any_of(after, [&](Node node) { return applied.contains(graph.at(node).id); });
}

}  // namespace

std::string Step::file() const {
  return (direction == Direction::Up ? "" : "the ledger's copy of ") + revision->file;
}

std::string_view to_string(Direction direction) {
  return direction == Direction::Up ? "up" : "down";
}

Plan plan_upgrade(const Graph& graph, const ledger::State& state, std::string_view target,
                  int server_version, const PlanPolicy& policy) {
  Plan plan;
  plan.target_text = target;
  plan.current = state.heads();
  std::set<std::string> applied = state.ids();
  plan.known = revisions::heads_among(graph, applied);
  for (const ledger::AppliedRevision& revision : state.applied)
    if (!graph.find(revision.id)) plan.unknown.push_back(revision.id);
  check_drift(graph, state, plan);
  revisions::Path path = revisions::upgrade_path(graph, applied, target);
  plan.target = path.target;
  if (!path.steps.empty() && !plan.unknown.empty())
    throw Error(
        ErrorKind::Refused, "DatabaseDiverged",
        "the database has " + base::join(plan.unknown, ", ") + ", which no file has, and " +
            graph.at(path.steps.front()).id + " is not applied",
        "use the files with which the database was migrated, and add new revisions to them");
  judge_order(graph, applied, policy.allow_out_of_order, path.steps, plan);
  if (policy.contract == Contract::HoldBack) hold_back(graph, path.steps, plan);
  if (policy.contract == Contract::Refuse) refuse_contract(graph, path.steps);
  plan.steps.reserve(path.steps.size());
  for (const Node node : path.steps) {
    plan.steps.push_back(make_step(Direction::Up, graph, node));
    plan.steps.back().relinks = relinks_of(graph, node, applied);
    parse_step(plan.steps.back(), server_version, plan);
  }
  for (const Node node : path.steps) applied.insert(graph.at(node).id);
  const bool all_applied = std::ranges::all_of(
      graph.revisions(), [&](const auto& revision) { return applied.contains(revision.id); });
  if (all_applied && plan.unknown.empty()) add_repeatables(graph, state, server_version, plan);
  expect_to_go_on(state, plan);
  plan.database_ahead =
      plan.steps.empty() && (!plan.unknown.empty() || is_past(graph, applied, plan.target));
  if (plan.database_ahead)
    plan.warnings.push_back(
        "the database is ahead of " +
        (plan.unknown.empty() ? "the target `" + plan.target_text + "`"
                              : "the files, which do not have " + base::join(plan.unknown, ", ")));
  plan.digest = digest_of(plan);
  return plan;
}

Plan plan_downgrade(const ledger::State& state, std::string_view target, int server_version) {
  std::vector<revisions::Revision> stored = ledger::stored_revisions(state);
  std::erase_if(stored, &revisions::Revision::repeatable);
  const Graph graph(std::move(stored));
  Plan plan;
  plan.direction = Direction::Down;
  plan.target_text = target;
  plan.current = state.heads();
  const std::set<std::string> applied = state.ids();
  const revisions::Path path = revisions::downgrade_path(graph, applied, target, plan.current);
  plan.warnings = path.warnings;
  plan.target = path.target;
  plan.known = revisions::heads_among(graph, applied);
  for (const Node node : path.steps) {
    plan.steps.push_back(make_step(Direction::Down, graph, node));
    parse_step(plan.steps.back(), server_version, plan);
  }
  expect_to_go_on(state, plan);
  plan.digest = digest_of(plan);
  return plan;
}

}  // namespace sluice::engine
