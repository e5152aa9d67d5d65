#include "schema/diff.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "schema/diff_rename.h"
#include "schema/diff_work.h"

namespace sluice::schema {
namespace {

Diff compare(const Catalog& from, const Catalog& given, const DiffOptions& options) {
  const std::optional<Catalog> told =
      options.owners || !options.privileges ? std::nullopt : with_privileges_of_owners(from, given);
  const Catalog& to = told ? *told : given;
  Work work(from, to, options);
  decide(work);
  if (options.additive_only) leave_hinted(work);
  if (options.additive_only) restrain(work);
  cascade(work);
  refine(work);
  settle(work);
  Diff answer;
  answer.groups = arrange(work);
  answer.differences = std::move(work.differences);
  answer.left_undone = std::move(work.left_undone);
  answer.warnings = from.warnings;
  for (const std::string& warning : to.warnings)
    if (std::ranges::find(from.warnings, warning) == from.warnings.end())
      answer.warnings.push_back(warning);
  for (std::string& warning : work.warnings) answer.warnings.push_back(std::move(warning));
  return answer;
}

}  // namespace

Diff diff(const Catalog& from, const Catalog& to, const DiffOptions& options) {
  if (options.renames.empty() || options.additive_only) return compare(from, to, options);
  Renamed renamed = follow(from, to, options.renames);
  Diff answer = compare(renamed.catalog, to, options);
  if (!renamed.statements.empty()) {
    // What needs a group of its own does not share this one.
    const bool joins = !answer.groups.empty() && answer.groups.front().transactional &&
                       !answer.groups.front().statements.front().begins_group;
    if (!joins) answer.groups.insert(answer.groups.begin(), Group{});
    auto& first = answer.groups.front().statements;
    first.insert(first.begin(), std::make_move_iterator(renamed.statements.begin()),
                 std::make_move_iterator(renamed.statements.end()));
  }
  answer.differences.insert(answer.differences.begin(),
                            std::make_move_iterator(renamed.differences.begin()),
                            std::make_move_iterator(renamed.differences.end()));
  return answer;
}

}  // namespace sluice::schema
