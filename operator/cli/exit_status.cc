#include "cli/exit_status.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice::cli {

ExitStatus exit_status(const base::Error& error) {
  using base::ErrorKind;
  constexpr std::array<std::string_view, 6> kUsageReasons{"UsageInvalid",    "TargetUnknown",
                                                          "TargetAmbiguous", "DatabaseUrlInvalid",
                                                          "LintRuleUnknown", "LintLevelUnknown"};
  // Transient, but no lock or connection.
  constexpr std::array<std::string_view, 2> kFailures{"SourceMissing", "Cancelled"};
  const auto is_one_of = [&](const auto& reasons) {
    return std::ranges::find(reasons, error.reason()) != reasons.end();
  };
  switch (error.kind()) {
    case ErrorKind::Refused:
      // Nothing forbids it: it cannot be done.
      return error.reason() == "NotSupported" ? kFailed : kRefused;
    case ErrorKind::Transient:
      return is_one_of(kFailures) ? kFailed : kTryAgain;
    case ErrorKind::InDoubt:
      return kTryAgain;
    case ErrorKind::Invalid:
      return is_one_of(kUsageReasons) ? kUsage : kFailed;
    case ErrorKind::Conflict:
    case ErrorKind::Gone:
    case ErrorKind::Failed:
      return kFailed;
  }
  return kFailed;
}

}  // namespace sluice::cli
