// The lines that say what differs: "type: integer -> bigint". Internal to this room.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "schema/catalog.h"

namespace sluice::schema {

// Each call says nothing where the two are the same.
class Lines {
 public:
  // Longer texts, and those of several lines, are not shown beside each other.
  void text(const std::string& what, const std::string& was, const std::string& is);
  void text(const std::string& what, std::string_view was, std::string_view is) {
    text(what, std::string(was), std::string(is));
  }
  void flag(const std::string& what, bool was, bool is);
  // Below 0: the default.
  void number(const std::string& what, int was, int is);
  void list(const std::string& what, const std::vector<std::string>& was,
            const std::vector<std::string>& is);
  void options(const std::string& what, const Options& was, const Options& is);
  // Parts that have names: those that come, go and differ.
  template <class Part, class Same, class Show>
  void parts(const std::string& what, const std::vector<Part>& was, const std::vector<Part>& is,
             Same same, Show show);
  void add(std::string line) { lines_.push_back(std::move(line)); }
  bool empty() const { return lines_.empty(); }
  std::vector<std::string> take() && { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

template <class Part, class Same, class Show>
void Lines::parts(const std::string& what, const std::vector<Part>& was,
                  const std::vector<Part>& is, Same same, Show show) {
  const auto find = [](const std::vector<Part>& in, const Part& part) {
    return std::ranges::find(in, part.name, &Part::name);
  };
  for (const Part& part : was)
    if (find(is, part) == is.end()) add(what + " " + part.name + " removed");
  for (const Part& part : is) {
    const auto before = find(was, part);
    if (before == was.end()) {
      add(what + " " + part.name + " added: " + show(part));
    } else if (!same(*before, part)) {
      text(what + " " + part.name, show(*before), show(part));
    }
  }
  if (empty() && !std::ranges::equal(was, is, {}, &Part::name, &Part::name))
    add("order of " + what + "s changed");
}

}  // namespace sluice::schema
