#include "cli/describe.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace sluice::cli {
namespace {

using revisions::Node;

std::string or_base(const std::vector<std::string>& revises) {
  return revises.empty() ? "<base>" : base::join(revises, ", ");
}

// What the header says of a revision, wherever it stands.
std::string end_of_entry(const revisions::Revision& revision) {
  std::string text = "Path: " + revision.file + "\n";
  if (revision.phase == revisions::Phase::Contract) text += "Phase: contract\n";
  if (!revision.transactional) text += "Transaction: none\n";
  if (!revision.created.empty()) text += "Create Date: " + revision.created + "\n";
  text += "\n    " + (revision.message.empty() ? std::string("(no message)") : revision.message);
  return text + "\n\n";
}

}  // namespace

std::string repeatable_line(const revisions::Revision& revision) {
  return revision.id + " (repeatable)" + (revision.message.empty() ? "" : ", " + revision.message);
}

std::string repeatable_entry(const revisions::Revision& revision) {
  return "Rev: " + revision.id + " (repeatable)\n" + end_of_entry(revision);
}

nlohmann::ordered_json repeatable_json(const revisions::Revision& revision) {
  return {{"revision", revision.id},
          {"repeatable", true},
          {"message", revision.message},
          {"created", revision.created},
          {"file", revision.file}};
}

Describer::Describer(const revisions::Graph& graph, std::set<std::string> current)
    : graph_(graph), current_(std::move(current)), branch_names_(graph.branch_names()) {}

std::string Describer::marks(Node node, bool places) const {
  std::string text;
  if (is_head(node)) text += graph_.children(node).empty() ? " (head)" : " (effective head)";
  if (current_.contains(graph_.at(node).id)) text += " (current)";
  if (places && graph_.revised_by(node).size() > 1) text += " (branchpoint)";
  if (places && graph_.revises(node).size() > 1) text += " (mergepoint)";
  return text;
}

std::string Describer::line(Node node, bool parents, bool places, bool message) const {
  const revisions::Revision& revision = graph_.at(node);
  std::string text = revision.id;
  if (parents) {
    const std::string depends =
        revision.depends_on.empty() ? "" : " (" + base::join(revision.depends_on, ", ") + ")";
    text = or_base(revision.revises) + depends + " -> " + text;
  }
  const auto& names = branch_names_[node];
  if (!names.empty()) text += " (" + base::join({names.begin(), names.end()}, ", ") + ")";
  text += marks(node, places);
  if (message && !revision.message.empty()) text += ", " + revision.message;
  return text;
}

std::string Describer::entry(Node node) const {
  const revisions::Revision& revision = graph_.at(node);
  std::string text = "Rev: " + revision.id + marks(node, true) + "\n";
  text +=
      (revision.revises.size() > 1 ? "Merges: " : "Parent: ") + or_base(revision.revises) + "\n";
  if (!revision.depends_on.empty())
    text += "Also depends on: " + base::join(revision.depends_on, ", ") + "\n";
  if (graph_.revised_by(node).size() > 1) {
    std::vector<std::string> next;
    for (const Node child : graph_.revised_by(node)) next.push_back(graph_.at(child).id);
    text += "Branches into: " + base::join(next, ", ") + "\n";
  }
  const auto& names = branch_names_[node];
  if (!names.empty())
    text += "Branch names: " + base::join({names.begin(), names.end()}, ", ") + "\n";
  return text + end_of_entry(revision);
}

nlohmann::ordered_json Describer::json(Node node) const {
  const revisions::Revision& revision = graph_.at(node);
  std::vector<std::string> next;
  for (const Node child : graph_.revised_by(node)) next.push_back(graph_.at(child).id);
  return {{"revision", revision.id},
          {"revises", revision.revises},
          {"dependsOn", revision.depends_on},
          {"revisedBy", next},
          {"branchLabels", branch_names_[node]},
          {"message", revision.message},
          {"created", revision.created},
          {"file", revision.file},
          {"head", is_head(node)},
          {"effectiveHead", graph_.children(node).empty()},
          {"branchPoint", next.size() > 1},
          {"mergePoint", revision.revises.size() > 1}};
}

}  // namespace sluice::cli
