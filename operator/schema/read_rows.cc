#include "schema/read_rows.h"

#include <charconv>
#include <utility>

namespace sluice::schema {

std::string_view Fields::view() { return answer_.at(row_, column_++).value_or(std::string_view()); }

char Fields::letter() {
  const std::string_view text = view();
  return text.empty() ? '\0' : text.front();
}

int64_t Fields::number(int64_t when_null) {
  const std::string_view text = view();
  int64_t value = when_null;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<std::string> Fields::list() { return read_array(view()); }

std::vector<int> Fields::numbers() {
  std::vector<int> numbers;
  std::string_view rest = view();
  while (!rest.empty()) {
    int value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error == std::errc()) numbers.push_back(value);
    const auto read = static_cast<size_t>(end - rest.data());
    rest.remove_prefix(error == std::errc() ? read : 1);
  }
  return numbers;
}

void Fields::add_options(Options& options, std::string_view prefix) {
  for (const std::string& option : list()) {
    // PostgreSQL's own bookkeeping (15.20 keeps `pg_attver` of each column), another in each
    // database.
    if (option.starts_with("pg_")) continue;
    const size_t equals = option.find('=');
    std::string name(prefix);
    name += option.substr(0, equals);
    options[std::move(name)] = equals == std::string::npos ? "" : option.substr(equals + 1);
  }
}

std::vector<std::string> read_array(std::string_view text) {
  std::vector<std::string> items;
  if (text.size() <= 2) return items;
  text.remove_prefix(1);  // {
  while (!text.empty()) {
    std::string item;
    bool quoted = false;
    size_t at = 0;
    for (; quoted || (text[at] != ',' && text[at] != '}'); ++at) {
      if (text[at] == '"') {
        quoted = !quoted;
      } else {
        if (text[at] == '\\') ++at;
        item += text[at];
      }
    }
    items.push_back(item == "NULL" && text.front() != '"' ? "" : std::move(item));
    const bool last = text[at] == '}';
    text.remove_prefix(last ? text.size() : at + 1);
  }
  return items;
}

}  // namespace sluice::schema
