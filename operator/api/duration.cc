#include "api/duration.h"

#include <charconv>
#include <cstdint>

namespace sluice::api {
namespace {

constexpr int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
constexpr int64_t kLongest = 100 * 366 * 24 * kHour;

// The unit at the front of `text`, which it is taken from; 0: none.
int64_t take_unit(std::string_view& text) {
  int64_t unit = 0;
  if (text.starts_with("ms")) {
    text.remove_prefix(2);
    return 1;
  }
  if (text.starts_with('h')) unit = kHour;
  if (text.starts_with('m')) unit = kMinute;
  if (text.starts_with('s')) unit = kSecond;
  if (unit != 0) text.remove_prefix(1);
  return unit;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  int64_t total = 0;
  while (!text.empty()) {
    if (text.front() < '0' || text.front() > '9') return std::nullopt;
    int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    const int64_t unit = take_unit(text);
    if (unit == 0 || number > kLongest / unit) return std::nullopt;
    total += number * unit;
    if (total > kLongest) return std::nullopt;
  }
  return std::chrono::milliseconds(total);
}

}  // namespace sluice::api
