// What `history -r` means: `a:b`, `a:`, `:b`, with `-N`, `+N` and `current` at either end.
#pragma once

#include <string_view>
#include <vector>

#include "cli/standing.h"
#include "revisions/graph.h"

namespace sluice::cli {

// Whether the range speaks of what the database has.
bool needs_current(std::string_view range);

// The revisions of the range, its lower end included, newest first. `-N` is seen from the upper
// end, `+N` from the lower one; both end where the graph ends. `current` is what `standing` says.
// Throws Error{Invalid, "RangeInvalid"} when the lower end does not come before the upper one, or
// the text is no range; and as revisions/target.h says.
std::vector<revisions::Node> nodes_in_range(const revisions::Graph& graph, std::string_view range,
                                            const Standing& standing);

}  // namespace sluice::cli
