#include "lint/config.h"

#include <yaml-cpp/yaml.h>

#include "base/error.h"
#include "base/text.h"

namespace sluice::lint {
namespace {

using base::Error;
using base::ErrorKind;

std::string names_of_rules() {
  std::string names;
  for (const Rule& rule : rules()) names += (names.empty() ? "" : ", ") + std::string(rule.name);
  return names;
}

Level level_of(std::string_view word) {
  const std::optional<Level> level = parse_level(word);
  if (!level)
    throw Error(ErrorKind::Invalid, "LintLevelUnknown",
                "no level is called `" + base::truncate_utf8(word, 60) + "`",
                "levels are error, warning, note, off");
  return *level;
}

class ConfigReader {
 public:
  explicit ConfigReader(std::string_view file) : file_(file) {}

  // What `set` throws, with the place.
  template <typename Action>
  auto at(const YAML::Node& node, const Action& set) const {
    try {
      return set();
    } catch (const Error& error) {
      throw Error(error.kind(), "LintConfigInvalid",
                  file_ + ":" + std::to_string(node.Mark().line + 1) + ": " + error.message(),
                  error.remedy());
    }
  }

  Config read(const YAML::Node& document) {
    if (document.IsNull()) return config_;
    require(document.IsMap(), document, "not a map of `rules`, `down` and `fail-on`");
    for (const auto& entry : document) {
      const auto key = entry.first.as<std::string>();
      if (key == "rules") {
        read_rules(entry.second);
      } else if (key == "down") {
        const std::string word = scalar(entry.second);
        config_.down = at(entry.second, [&] { return level_of(word); });
      } else if (key == "fail-on") {
        const std::string word = scalar(entry.second);
        config_.fail_on = at(entry.second, [&] { return parse_fail_on(word); });
      } else {
        require(false, entry.first, "unknown key `" + base::truncate_utf8(key, 60) + "`");
      }
    }
    return config_;
  }

  [[noreturn]] void fail(int line, const std::string& what) const {
    throw Error(ErrorKind::Invalid, "LintConfigInvalid",
                file_ + ":" + std::to_string(line + 1) + ": " + what,
                "write `rules:` with one `name: level` a line, `down: level`, `fail-on: level`");
  }

 private:
  void require(bool holds, const YAML::Node& node, const std::string& what) const {
    if (!holds) fail(node.Mark().line, what);
  }

  std::string scalar(const YAML::Node& node) const {
    require(node.IsScalar(), node, "not one word");
    return node.as<std::string>();
  }

  void read_rules(const YAML::Node& rules) {
    if (rules.IsNull()) return;
    require(rules.IsMap(), rules, "`rules` is not a map of names and levels");
    for (const auto& entry : rules) {
      const std::string name = scalar(entry.first);
      const std::string level = scalar(entry.second);
      at(entry.first, [&] { config_.set(name, level); });
    }
  }

  std::string file_;
  Config config_;
};

}  // namespace

void Config::set(std::string_view name, std::string_view level) {
  const Rule* const found = find_rule(name);
  if (found == nullptr)
    throw Error(ErrorKind::Invalid, "LintRuleUnknown",
                "no rule is called `" + base::truncate_utf8(name, 60) + "`",
                "rules are " + names_of_rules());
  levels[found->id] = level_of(level);
}

Level Config::level(RuleId id) const {
  const auto found = levels.find(id);
  return found == levels.end() ? rule(id).level : found->second;
}

Level parse_fail_on(std::string_view word) { return word == "never" ? Level::Off : level_of(word); }

Config parse_config(std::string_view name, const std::string& yaml) {
  ConfigReader reader(name);
  try {
    return reader.read(YAML::Load(yaml));
  } catch (const YAML::Exception& error) {
    reader.fail(error.mark.line, error.msg);
  }
}

}  // namespace sluice::lint
