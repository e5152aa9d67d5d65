#include "lint/finding.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sluice::lint {

nlohmann::ordered_json to_json(const Finding& finding) {
  const Rule& about = rule(finding.rule);
  return {{"rule", about.name},
          {"level", to_string(finding.level)},
          {"category", to_string(about.category)},
          {"file", finding.file},
          {"line", finding.line},
          {"column", finding.column},
          {"revision", finding.revision},
          {"message", finding.message},
          {"excerpt", finding.excerpt},
          {"why", about.why},
          {"instead", finding.instead}};
}

Level worst(const std::vector<Finding>& findings) {
  Level level = Level::Off;
  for (const Finding& finding : findings) level = std::max(level, finding.level);
  return level;
}

}  // namespace sluice::lint
