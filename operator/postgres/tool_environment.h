// How PostgreSQL's own programs (pg_dump, pg_restore) are told where to connect.
#pragma once

#include <map>
#include <string>

namespace sluice::postgres {

// libpq's environment variables for the parameters that merged() returned, because a process's
// arguments are visible to everybody on the machine. Parameters that no variable sets (keepalives
// and the like) are left out, and client_encoding, which would re-encode a dump. Throws
// Error{Invalid, "Unsupported"} for sslpassword, without which the connection would fail.
std::map<std::string, std::string> tool_environment(
    const std::map<std::string, std::string>& parameters);

}  // namespace sluice::postgres
