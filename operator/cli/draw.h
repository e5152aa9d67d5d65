// The revision graph as a picture: text, SVG, Mermaid. Pure.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "revisions/graph.h"

namespace sluice::cli {

// What a picture marks. Without `applied` the revisions are drawn as the files have them.
struct Marks {
  std::optional<std::set<std::string>> applied;
  bool is_applied(const revisions::Revision& revision) const {
    return applied && applied->contains(revision.id);
  }
};

// Newest first, a line a revision; lanes beside it show what it revises (│) and depends on (┊).
// ● is applied, ○ is pending, * is neither known. `nodes`: which, in any order; `label`: the text
// beside one.
std::string draw_text(const revisions::Graph& graph, std::vector<revisions::Node> nodes,
                      const Marks& marks, const std::function<std::string(revisions::Node)>& label);

// All of the graph. Newest on top in both; dashed lines are dependencies.
std::string draw_svg(const revisions::Graph& graph, const Marks& marks);
std::string draw_mermaid(const revisions::Graph& graph, const Marks& marks);

}  // namespace sluice::cli
