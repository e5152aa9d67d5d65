// What the command families share: options, the database, output.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "postgres/connect_options.h"
#include "revisions/revision.h"

namespace CLI {
class App;
}

namespace sluice::base {
class Error;
}

namespace sluice::cli {

struct CommonOptions {
  std::string database_url;
  std::string env_file;  // read before the environment is asked; empty: none
  std::vector<std::string> directories{"migrations"};
  std::string format;  // of the files; empty: told from them
  std::string output = "text";
  bool json() const { return output == "json"; }
};

void add_common_options(CLI::App& command, CommonOptions& options);
// Its parts, for commands that do not take all.
void add_database_options(CLI::App& command, CommonOptions& options);
void add_directory_option(CLI::App& command, CommonOptions& options);
void add_format_option(CLI::App& command, CommonOptions& options, const std::string& name);
void add_output_option(CLI::App& command, CommonOptions& options);

// --database-url or DATABASE_URL, else POSTGRES_SERVER/PORT/USER/PASSWORD/DB, else libpq's PG*.
// `environment` answers with an empty text for what is not set.
postgres::ConnectOptions connect_options(
    const std::string& database_url,
    const std::function<std::string(const std::string&)>& environment);
// Reads --env-file into the environment before it looks there.
postgres::ConnectOptions connect_options(const CommonOptions& options);

// The revisions of --dir, read as --format says.
std::vector<revisions::Revision> load(const CommonOptions& options);

nlohmann::ordered_json to_json(const engine::Plan& plan);
void print(const nlohmann::ordered_json& document);
// As JSON on standard output, else as text on standard error.
void print_error(const base::Error& error, bool json);
void print_warnings(const engine::Plan& plan);

// Words such as `-1` are relative targets, not options. mark_relative() makes them such that the
// option parser lets them pass, target_of() undoes it.
std::vector<std::string> mark_relative(std::vector<std::string> arguments);
std::string target_of(const std::string& argument);

}  // namespace sluice::cli
