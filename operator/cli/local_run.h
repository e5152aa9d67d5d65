// `sluice run -f`: what the command line was told. Who executes it knows SchemaMigrations, which
// this room does not; so the program hands it in.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "postgres/connect_options.h"

namespace sluice::cli {

struct LocalRunRequest {
  std::string file;
  std::string name;  // of the SchemaMigration; empty: the only one
  // Where the database is; nothing when neither options nor environment say so.
  std::optional<postgres::ConnectOptions> database;
  std::vector<std::string> sources;  // directories in place of spec.revisions.from
  std::string volume;                // a directory in place of spec.backup.volume
  bool no_backup = false;
  bool json = false;
};

// Answers with the exit status; throws base::Error.
using LocalRun = std::function<int(const LocalRunRequest&)>;

}  // namespace sluice::cli
