// Judges revisions by PostgreSQL's own parse tree: what would hurt a running application, lose data
// or turn brittle. Pure: reads no file and no database. What is inside DO blocks, function bodies
// and EXECUTE is not judged.
//
// For one thread at a time, as sql/split.h says.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lint/config.h"
#include "lint/facts.h"
#include "lint/finding.h"
#include "revisions/graph.h"

namespace sluice::lint {

enum class Direction { Up, Down };

// All revisions in topological order, then the repeatable ones; earlier ones tell what later ones
// meet. Findings are in that order, by line within a revision; with `only`, those of the revisions
// with these ids. No input throws.
std::vector<Finding> lint(const revisions::Graph& graph, const Config& config,
                          const std::optional<std::set<std::string>>& only = std::nullopt);

// One section. `facts` is what is known before it, and learns from it. Sets `statements`, if
// given, to how many there are.
std::vector<Finding> lint_section(const revisions::Revision& revision,
                                  const revisions::Section& section, Direction direction,
                                  const Config& config, Facts& facts, size_t* statements = nullptr);

// A file that is no revision: one transaction, with nothing known before it.
std::vector<Finding> lint_sql(std::string_view file, std::string_view sql, const Config& config);

// The level that counts in a section: down sections are judged for rewrites and locks alone, and at
// most at Config::down; in a contract revision nothing breaks the application, and what loses data
// is a warning unless configured otherwise.
Level level_in(const revisions::Revision& revision, Direction direction, const Config& config,
               RuleId rule);

}  // namespace sluice::lint
