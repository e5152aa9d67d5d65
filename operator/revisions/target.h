// What a target means, by Alembic's grammar: (?:(.+?)@)?(\w+)?([+-]\d+)?
// `head`, `heads`, `base`, ids and unique prefixes, `+N`, `-N`, `id+N`, `id-N`, `label@…`.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "revisions/graph.h"

namespace sluice::revisions {

struct Target {
  std::string branch;       // before the @; empty: none
  std::string name;         // head, heads, base, an id or a prefix; empty when only relative
  std::optional<int> step;  // +N or -N
};

// Throws Error{Invalid, "TargetUnknown"} when the text does not follow the grammar.
Target parse_target(std::string_view text);

// The steps, in the order in which they are to be run, and the revisions that the target means
// (empty: base).
struct Path {
  std::vector<Node> steps;
  std::vector<std::string> target;
};

// `applied` holds the ids of the revisions that are in effect; ids that the graph does not know are
// ignored. Both throw Error{Invalid, "TargetUnknown"} or {Invalid, "TargetAmbiguous"}.
// Upgrade: what the target needs and is not applied, parents first. A target that is applied
// already gives no steps.
Path upgrade_path(const Graph& graph, const std::set<std::string>& applied,
                  std::string_view target);
// Downgrade: what is applied and came after the target, children first. A target that is not an
// ancestor of what is applied is an error.
Path downgrade_path(const Graph& graph, const std::set<std::string>& applied,
                    std::string_view target);

}  // namespace sluice::revisions
