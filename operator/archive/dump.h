// pg_dump: which one there is, how it is called, and what its failures mean.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/subprocess.h"

namespace sluice::archive {

// The line that `pg_dump --version` prints, from the pg_dump in PATH. Throws Error{Invalid,
// "BackupToolMissing"}.
std::string tool_version();

// "pg_dump (PostgreSQL) 15.18 (Debian …)", "pg_dump (PostgreSQL) 18beta1" → 15, 18.
std::optional<int> major_version(std::string_view tool_version);

// Throws Error{Invalid, "BackupToolTooOld"}: pg_dump refuses a server of a newer major version.
void check_tool(std::string_view tool_version, int server_version);

struct DumpRequest {
  std::filesystem::path directory;                // exists and is empty
  std::map<std::string, std::string> connection;  // libpq's environment variables
  unsigned parallelism = 1;
  std::chrono::milliseconds lock_wait{0};
};

// Its arguments hold no value of the connection.
base::Command dump_command(const DumpRequest& request);

// What a failed pg_dump's end means; `errors` is its standard error without secrets.
//   Transient BackupVolumeFull   the volume is full
//   Transient BackupFailed       a lock, or the connection
//   Failed    BackupFailed       anything else
base::Error dump_failure(int status, std::string_view errors, bool volume_is_full,
                         const std::string& volume);

}  // namespace sluice::archive
