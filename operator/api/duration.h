// Durations as Kubernetes objects write them, `1h30m` or `500ms`: one or more whole numbers, each
// with one of the units h, m, s, ms.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice::api {

// nullopt: not a duration, or longer than 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace sluice::api
