// How a revision is shown to people, as Alembic shows it, and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "revisions/graph.h"

namespace sluice::cli {

class Describer {
 public:
  // Borrows the graph. `current`: ids to mark as current.
  explicit Describer(const revisions::Graph& graph, std::set<std::string> current = {});

  // "a -> b (label) (head), message". `parents`: with what it revises; `places`: with (branchpoint)
  // and (mergepoint); `message`: with that.
  std::string line(revisions::Node node, bool parents, bool places, bool message) const;
  // Several lines, an empty one last.
  std::string entry(revisions::Node node) const;
  nlohmann::ordered_json json(revisions::Node node) const;

 private:
  bool is_head(revisions::Node node) const { return graph_.revised_by(node).empty(); }
  std::string marks(revisions::Node node, bool places) const;

  const revisions::Graph& graph_;
  std::set<std::string> current_;
  std::vector<std::set<std::string>> branch_names_;
};

// Of a repeatable revision, which has no place in the graph.
std::string repeatable_line(const revisions::Revision& revision);
std::string repeatable_entry(const revisions::Revision& revision);
nlohmann::ordered_json repeatable_json(const revisions::Revision& revision);

}  // namespace sluice::cli
