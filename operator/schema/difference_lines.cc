#include "schema/difference_lines.h"

#include <set>

#include "base/text.h"

namespace sluice::schema {
namespace {

constexpr size_t kMaxShown = 120;

bool showable(const std::string& text) {
  return text.size() <= kMaxShown && text.find('\n') == std::string::npos;
}

std::string shown(const std::string& text) { return text.empty() ? "none" : text; }

std::string number_text(int value) { return value < 0 ? "default" : std::to_string(value); }

std::string value_of(const Options& options, const std::string& name) {
  const auto found = options.find(name);
  return found == options.end() ? "" : found->second;
}

}  // namespace

void Lines::text(const std::string& what, const std::string& was, const std::string& is) {
  if (was == is) return;
  if (showable(was) && showable(is)) {
    add(what + ": " + shown(was) + " -> " + shown(is));
  } else {
    add(what + (was.empty() ? " added" : is.empty() ? " removed" : " changed"));
  }
}

void Lines::flag(const std::string& what, bool was, bool is) {
  if (was != is) add(what + ": " + (was ? "yes -> no" : "no -> yes"));
}

void Lines::number(const std::string& what, int was, int is) {
  if (was != is) add(what + ": " + number_text(was) + " -> " + number_text(is));
}

void Lines::list(const std::string& what, const std::vector<std::string>& was,
                 const std::vector<std::string>& is) {
  text(what, base::join(was, ", "), base::join(is, ", "));
}

void Lines::options(const std::string& what, const Options& was, const Options& is) {
  std::set<std::string> names;
  for (const auto& [name, value] : was) names.insert(name);
  for (const auto& [name, value] : is) names.insert(name);
  for (const std::string& name : names)
    text(what + " " + name, value_of(was, name), value_of(is, name));
}

}  // namespace sluice::schema
