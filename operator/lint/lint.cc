#include "lint/lint.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace sluice::lint {
namespace {

class Linter {
 public:
  explicit Linter(const Config& config) : config_(config) {}

  void read(const revisions::Revision& revision, bool report) {
    size_t statements = 0;
    std::vector<Finding> found =
        lint_section(revision, revision.up, Direction::Up, config_, up_, &statements);
    if (!report) return;
    std::ranges::move(found, std::back_inserter(findings_));
    if (statements == 0 || !revision.down) return;
    // What the up sections made is not new to the application any more when this one runs.
    Facts facts;
    std::ranges::move(lint_section(revision, *revision.down, Direction::Down, config_, facts),
                      std::back_inserter(findings_));
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  const Config& config_;
  Facts up_;
  std::vector<Finding> findings_;
};

Level without_breaking(RuleId id, const Config& config) {
  if (rule(id).category == Category::Breaks) return Level::Off;
  const Level level = config.level(id);
  return rule(id).breaks && !config.levels.contains(id) ? std::min(level, Level::Warning) : level;
}

}  // namespace

Level level_in(const revisions::Revision& revision, Direction direction, const Config& config,
               RuleId id) {
  const Category category = rule(id).category;
  if (category == Category::Revision) return config.level(id);
  if (direction == Direction::Down)
    return category == Category::Locks || category == Category::Rewrites
               ? std::min(config.level(id), config.down)
               : Level::Off;
  return revision.phase == revisions::Phase::Contract ? without_breaking(id, config)
                                                      : config.level(id);
}

std::vector<Finding> lint(const revisions::Graph& graph, const Config& config,
                          const std::optional<std::set<std::string>>& only) {
  Linter linter(config);
  for (const auto* const revisions : {&graph.revisions(), &graph.repeatables()})
    for (const revisions::Revision& revision : *revisions)
      linter.read(revision, !only || only->contains(revision.id));
  return linter.take();
}

std::vector<Finding> lint_sql(std::string_view file, std::string_view sql, const Config& config) {
  revisions::Revision revision;
  revision.id = file;
  revision.file = file;
  revision.up.sql = sql;
  // There is no place for a way back in it.
  revision.repeatable = true;
  Facts facts;
  return lint_section(revision, revision.up, Direction::Up, config, facts);
}

}  // namespace sluice::lint
