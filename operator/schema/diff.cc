#include "schema/diff.h"

#include <algorithm>

#include "schema/diff_work.h"

namespace sluice::schema {
namespace {

Diff compare(const Catalog& from, const Catalog& to, const DiffOptions& options) {
  Work work(from, to, options);
  decide(work);
  if (options.additive_only) restrain(work);
  cascade(work);
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
  return compare(from, to, options);
}

}  // namespace sluice::schema
