// Functions' bodies.
#pragma once

namespace sluice::schema {

// The first statement of a transaction that makes functions: as pg_dump does, for what a body calls
// may come later.
inline constexpr const char* kLeaveBodiesUnchecked = "SET LOCAL check_function_bodies = off";

}  // namespace sluice::schema
