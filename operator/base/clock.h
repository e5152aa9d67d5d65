// Wall-clock time as Kubernetes and the archives write it: RFC 3339 in UTC, whole seconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::base {

using Timestamp = std::chrono::sys_seconds;

Timestamp now();
// 2026-11-21T10:00:00Z
std::string to_rfc3339(Timestamp time);
// Takes a fraction of a second and an offset too; the fraction is dropped.
std::optional<Timestamp> from_rfc3339(std::string_view text);

}  // namespace sluice::base
