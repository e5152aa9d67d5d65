#include "ledger/state.h"

#include <algorithm>

#include "base/digest.h"
#include "sql/split.h"

namespace sluice::ledger {

std::set<std::string> State::ids() const {
  std::set<std::string> ids;
  for (const AppliedRevision& revision : applied) ids.insert(revision.id);
  return ids;
}

std::vector<std::string> State::heads() const {
  std::set<std::string> revised;
  for (const AppliedRevision& revision : applied)
    revised.insert(revision.revises.begin(), revision.revises.end());
  std::vector<std::string> heads;
  for (const AppliedRevision& revision : applied)
    if (!revised.contains(revision.id)) heads.push_back(revision.id);
  return heads;
}

std::vector<revisions::Revision> stored_revisions(const State& state) {
  std::vector<revisions::Revision> stored;
  for (const auto* rows : {&state.applied, &state.repeatables})
    for (const AppliedRevision& row : *rows) {
      // The stored text is inflated already.
      std::string_view name = row.file;
      if (name.ends_with(".gz")) name.remove_suffix(3);
      stored.push_back(revisions::parse_revision(name, row.text));
      if (rows == &state.repeatables) continue;
      stored.back().revises = row.revises;
      stored.back().depends_on = row.depends_on;
    }
  return stored;
}

AppliedRevision to_row(const revisions::Revision& revision) {
  AppliedRevision row;
  row.id = revision.id;
  row.revises = revision.revises;
  row.branch_labels = revision.branch_labels;
  row.message = revision.message;
  row.file = revision.file;
  row.text = revision.text;
  row.raw_checksum = base::sha256(revision.text);
  row.canonical_checksum = sql::canonical_checksum(revision.up.sql);
  return row;
}

AppliedRevision to_row(const revisions::Graph& graph, revisions::Node node) {
  AppliedRevision row = to_row(graph.at(node));
  for (const revisions::Node parent : graph.parents(node))
    if (std::ranges::find(graph.revises(node), parent) == graph.revises(node).end())
      row.depends_on.push_back(graph.at(parent).id);
  return row;
}

State assume_applied(const revisions::Graph& graph, const std::vector<std::string>& ids) {
  std::vector<revisions::Node> nodes;
  nodes.reserve(ids.size());
  for (const std::string& id : ids) nodes.push_back(graph.resolve(id));
  const std::vector<bool> applied = graph.ancestors(nodes);
  State state;
  for (revisions::Node node = 0; node < applied.size(); ++node)
    if (applied[node]) state.applied.push_back(to_row(graph, node));
  return state;
}

}  // namespace sluice::ledger
