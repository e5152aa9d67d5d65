// What lint says about one place of one file.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "lint/rules.h"

namespace sluice::lint {

struct Finding {
  RuleId rule = RuleId::NotJudged;
  Level level = Level::Note;  // never Off
  std::string file;           // as the revision names it
  uint32_t line = 1;          // 1-based
  uint32_t column = 1;        // of the statement's first character, 1-based, in characters
  std::string revision;       // id; of a plain file the file's name
  std::string message;        // what this statement does, with its own names
  std::string excerpt;        // the statement's beginning, on one line
  std::string instead;        // SQL to write in its place, or words; never empty
};

// {"rule", "level", "category", "file", "line", "column", "revision", "message", "excerpt", "why",
// "instead"}
nlohmann::ordered_json to_json(const Finding& finding);

// The gravest level of all; Off: there are none.
Level worst(const std::vector<Finding>& findings);

}  // namespace sluice::lint
