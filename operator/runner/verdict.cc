#include "runner/verdict.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/text.h"

namespace sluice::runner {
namespace {

using base::Error;
using base::ErrorKind;

std::vector<std::string> without(const std::set<std::string>& from,
                                 const std::set<std::string>& what) {
  std::vector<std::string> rest;
  std::set_difference(from.begin(), from.end(), what.begin(), what.end(), std::back_inserter(rest));
  return rest;
}

}  // namespace

bool should_back_up(BackupWhen when, const engine::Plan& plan) {
  if (plan.database_ahead) return false;
  return when == BackupWhen::Always || (when == BackupWhen::Pending && !plan.steps.empty());
}

bool may_retry(std::string_view stage, const Error& error) {
  return stage == "Connect" || error.kind() == ErrorKind::Transient ||
         error.kind() == ErrorKind::InDoubt || error.kind() == ErrorKind::Conflict ||
         error.reason() == "Fenced";
}

Error as_seen(const Error& error, bool stopped) {
  if (!stopped || error.kind() != ErrorKind::Transient) return error;
  return {ErrorKind::Transient, "Interrupted", "the run was told to stop: " + error.message(),
          "nothing is left half done; the run is tried again"};
}

int failure_status(bool retry, ErrorKind kind) {
  if (retry) return 5;
  return kind == ErrorKind::Refused ? 3 : 1;
}

std::optional<std::string> ahead_message(const engine::Plan& plan) {
  if (!plan.database_ahead) return std::nullopt;
  if (plan.unknown.empty())
    return "the database is past the target " + plan.target_text + "; nothing was done";
  return "the database holds revisions that the files do not (" + base::join(plan.unknown, ", ") +
         "); nothing was done";
}

void check_applied(const std::set<std::string>& before, const engine::Plan& plan,
                   const std::set<std::string>& after) {
  std::set<std::string> expected = before;
  for (const engine::Step& step : plan.steps) {
    if (step.direction == engine::Direction::Up)
      expected.insert(step.revision->id);
    else
      expected.erase(step.revision->id);
  }
  if (after == expected) return;
  const std::vector<std::string> missing = without(expected, after);
  const std::vector<std::string> extra = without(after, expected);
  std::string message = "the database does not hold what the plan says:";
  if (!missing.empty()) message += " " + base::join(missing, ", ") + " missing";
  if (!extra.empty()) message += " " + base::join(extra, ", ") + " too many";
  throw Error(ErrorKind::Failed, "VerificationFailed", message,
              "look at the schema sluice of the database for what else writes to it");
}

}  // namespace sluice::runner
