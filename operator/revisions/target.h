// What a target means, by Alembic's grammar: (?:(.+?)@)?(\w+)?([+-]\d+)?
// `head`, `heads`, `base`, ids, labels and unique prefixes, `+N`, `-N`, `id+N`, `id-N`, `label@…`.
// The rules are those of Alembic 1.8; tests/oracle compares with it, and names what differs.
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
  std::string name;         // head, heads, base, an id, label or prefix; empty when only relative
  std::optional<int> step;  // +N or -N
};

// Throws Error{Invalid, "TargetUnknown"} when the text does not follow the grammar.
Target parse_target(std::string_view text);

// The steps, in the order in which they are to be run, and the revisions that the target means
// (empty: base).
struct Path {
  std::vector<Node> steps;
  std::vector<std::string> target;
  std::vector<std::string> warnings;
};

// `applied` holds the ids of the revisions that are in effect; ids that the graph does not know are
// ignored. `order`: ids in the order in which current heads count, for a `-1` with several; those
// that it does not name follow in the graph's own order.
// Both throw Error{Invalid, "TargetUnknown"} or {Invalid, "TargetAmbiguous"}, and are linear in
// revisions and edges.
// Upgrade: what the target needs and is not applied, parents first. A target that is applied
// already gives no steps.
Path upgrade_path(const Graph& graph, const std::set<std::string>& applied, std::string_view target,
                  const std::vector<std::string>& order = {});
// Downgrade: what is applied and came after the target, or needs what goes, children first. A
// target after which nothing applied came, and which is no current head, is an error.
Path downgrade_path(const Graph& graph, const std::set<std::string>& applied,
                    std::string_view target, const std::vector<std::string>& order = {});

// The revisions that an absolute target means (`head`, `heads`, `label@head`, an id …; base: none).
// Same errors.
std::vector<Node> nodes_of(const Graph& graph, std::string_view target);

// The applied revisions that nothing else applied revises or depends on: what Alembic would keep in
// its version table. In the order of `order`, then of the graph.
std::vector<Node> current_heads(const Graph& graph, const std::set<std::string>& applied,
                                const std::vector<std::string>& order = {});

}  // namespace sluice::revisions
