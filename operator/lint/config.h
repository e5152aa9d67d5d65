// Which rules count how much.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "lint/rules.h"

namespace sluice::lint {

// The file that is looked for in the directory of revisions, then beside it.
inline constexpr std::string_view kConfigFile = ".sluice-lint.yaml";

inline constexpr size_t kMaxConfigBytes = size_t{1} << 20U;

struct Config {
  std::map<RuleId, Level> levels;  // what differs from the rules' own
  Level down = Level::Warning;     // at most this in down sections
  Level fail_on = Level::Error;    // Off: never

  // Throws Error{Invalid, "LintRuleUnknown"} with all names, or {Invalid, "LintLevelUnknown"}.
  void set(std::string_view rule, std::string_view level);

  Level level(RuleId rule) const;
};

// Reads YAML:
//   rules: {create-index: warning, serial-column: off}
//   down: warning
//   fail-on: error          (or warning, note, never)
// Throws Error{Invalid, "LintConfigInvalid"} with file:line.
Config parse_config(std::string_view name, const std::string& yaml);

// Throws Error{Invalid, "LintLevelUnknown"}.
Level parse_fail_on(std::string_view word);

}  // namespace sluice::lint
