// A connection that a stop need not wait for.
#pragma once

#include <stop_token>

#include "postgres/session.h"

namespace sluice::runner {

// Throws what Session's constructor throws; Error{Transient, "Interrupted"} as soon as `stop` is
// requested. The attempt then goes on in a thread of its own until it ends by itself: libpq cannot
// be called back from it.
postgres::Session connect_unless_stopped(const postgres::ConnectOptions& options,
                                         const std::stop_token& stop);

// Whether such an attempt goes on. Then the process has to leave by _Exit(): what exit() tears down
// is in use.
bool is_connecting();

}  // namespace sluice::runner
