// How archives are called in their volume: `<UTC time>-<run>`, 20261121T100000Z-trips-1a2b3c4d-1,
// and while they are written `.tmp-<that>`.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace sluice::archive {

std::string archive_id(base::Timestamp created, std::string_view run);
std::string temporary_name(std::string_view archive_id);

// What another process may still write to is left alone for this long after its last change.
inline constexpr std::chrono::hours kAbandonedAfter{24};

// Whether the entry `name` of the volume is a temporary directory that nobody will finish: one of
// this same run, of which there is only one writer (it holds the database's advisory lock), or one
// that has been left alone for kAbandonedAfter.
bool is_stale(std::string_view name, std::string_view run, base::Timestamp last_change,
              base::Timestamp now);

}  // namespace sluice::archive
