#include "engine/plan.h"

#include <algorithm>
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

// Rule 6: a changed comment warns; a changed statement refuses.
void check_drift(const Graph& graph, const ledger::State& state, Plan& plan) {
  for (const ledger::AppliedRevision& applied : state.applied) {
    const std::optional<Node> node = graph.find(applied.id);
    if (!node) continue;
    const revisions::Revision& now = graph.at(*node);
    if (base::sha256(now.text) == applied.raw_checksum) continue;
    if (sql::canonical_checksum(now.up.sql) != applied.canonical_checksum)
      throw Error(ErrorKind::Refused, "RevisionChanged",
                  now.file + ":" + std::to_string(now.up.line) + ": revision " + now.id +
                      " was applied at " + applied.applied_at + " with other statements",
                  "restore the file as it was, and put the change into a new revision");
    if (sorted(now.revises) != sorted(applied.revises))
      throw Error(ErrorKind::Refused, "RevisionChanged",
                  now.file + ": revision " + now.id + " revises " +
                      (now.revises.empty() ? "nothing" : base::join(now.revises, ", ")) +
                      ", but revised " +
                      (applied.revises.empty() ? "nothing" : base::join(applied.revises, ", ")) +
                      " when it was applied",
                  "restore the line `-- revises:` as it was");
    plan.warnings.push_back(now.file + ": header, comments or down section of revision " + now.id +
                            " changed since it was applied; the ledger's text is what a downgrade "
                            "uses");
  }
}

Step make_step(Direction direction, const Graph& graph, Node node) {
  Step step;
  step.direction = direction;
  step.revision = graph.at(node);
  for (const Node parent : graph.parents(node))
    if (std::ranges::find(graph.revises(node), parent) == graph.revises(node).end())
      step.depends_on.push_back(graph.at(parent).id);
  step.raw_checksum = base::sha256(step.revision.text);
  step.canonical_checksum = sql::canonical_checksum(step.revision.up.sql);
  return step;
}

void parse_step(Step& step, int server_version, Plan& plan) {
  const bool up = step.direction == Direction::Up;
  if (!up && !step.revision.down)
    throw Error(
        ErrorKind::Refused, "Irreversible",
        step.revision.file + ": revision " + step.revision.id + " has no section `-- migrate:down`",
        "downgrade to a revision at or above it, or restore a backup");
  const revisions::Section& section = up ? step.revision.up : *step.revision.down;
  step.script = sql::split(section.sql, step.revision.file, section.line);
  permit(step, server_version, plan.warnings);
}

std::string digest_of(const Plan& plan) {
  base::Sha256 digest;
  digest.update(to_string(plan.direction)).update("\n");
  for (const Step& step : plan.steps)
    digest.update(step.revision.id).update(" ").update(step.raw_checksum).update("\n");
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

std::string_view to_string(Direction direction) {
  return direction == Direction::Up ? "up" : "down";
}

Plan plan_upgrade(const Graph& graph, const ledger::State& state, std::string_view target,
                  int server_version) {
  Plan plan;
  plan.target_text = target;
  plan.current = state.heads();
  const std::set<std::string> applied = state.ids();
  plan.known = revisions::heads_among(graph, applied);
  for (const ledger::AppliedRevision& revision : state.applied)
    if (!graph.find(revision.id)) plan.unknown.push_back(revision.id);
  check_drift(graph, state, plan);
  const revisions::Path path = revisions::upgrade_path(graph, applied, target);
  plan.target = path.target;
  if (!path.steps.empty() && !plan.unknown.empty())
    throw Error(
        ErrorKind::Refused, "DatabaseDiverged",
        "the database has " + base::join(plan.unknown, ", ") + ", which no file has, and " +
            graph.at(path.steps.front()).id + " is not applied",
        "use the files with which the database was migrated, and add new revisions to them");
  for (const Node node : path.steps) {
    plan.steps.push_back(make_step(Direction::Up, graph, node));
    parse_step(plan.steps.back(), server_version, plan);
  }
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
  std::vector<revisions::Revision> stored;
  for (const ledger::AppliedRevision& applied : state.applied) {
    // The stored text is inflated already.
    std::string_view name = applied.file;
    if (name.ends_with(".gz")) name.remove_suffix(3);
    revisions::Revision revision = revisions::parse_revision(name, applied.text);
    revision.revises = applied.revises;
    revision.depends_on = applied.depends_on;
    stored.push_back(std::move(revision));
  }
  const Graph graph(std::move(stored));
  Plan plan;
  plan.direction = Direction::Down;
  plan.target_text = target;
  plan.current = state.heads();
  const std::set<std::string> applied = state.ids();
  const revisions::Path path = revisions::downgrade_path(graph, applied, target);
  plan.target = path.target;
  plan.known = revisions::heads_among(graph, applied);
  for (const Node node : path.steps) {
    plan.steps.push_back(make_step(Direction::Down, graph, node));
    parse_step(plan.steps.back(), server_version, plan);
  }
  plan.digest = digest_of(plan);
  return plan;
}

}  // namespace sluice::engine
