#include "cli/common.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/env_file.h"
#include "revisions/load.h"

namespace sluice::cli {
namespace {

constexpr char kRelative = '\x1f';  // in no target

}  // namespace

void add_database_options(CLI::App& command, CommonOptions& options) {
  command
      .add_option("--database-url", options.database_url,
                  "libpq URL; else DATABASE_URL, else POSTGRES_SERVER, POSTGRES_PORT, "
                  "POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, else PGHOST …")
      // A variable that is not set, most often; another database would be taken in its place.
      ->check(CLI::Validator(
          [](const std::string& url) {
            return url.empty() ? std::string("it is empty: name a database, or leave it out")
                               : std::string();
          },
          ""));
  command.add_option("--env-file", options.env_file,
                     "a file of KEY=VALUE lines, for what the environment does not set");
}

void add_directory_option(CLI::App& command, CommonOptions& options) {
  command.add_option("--dir", options.directories, "directory of revision files; may be repeated")
      ->capture_default_str()
      ->allow_extra_args(false);
}

void add_format_option(CLI::App& command, CommonOptions& options, const std::string& name) {
  command
      .add_option(name, options.format,
                  "what wrote the files: " + base::join(revisions::format_names(), ", ") +
                      " (default: told from the files)")
      ->check(CLI::IsMember(revisions::format_names()));
}

void add_output_option(CLI::App& command, CommonOptions& options) {
  command.add_option("--output", options.output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
}

void add_common_options(CLI::App& command, CommonOptions& options) {
  add_database_options(command, options);
  add_directory_option(command, options);
  add_format_option(command, options, "--format");
  add_output_option(command, options);
}

postgres::ConnectOptions connect_options(
    const std::string& database_url,
    const std::function<std::string(const std::string&)>& environment) {
  postgres::ConnectOptions options;
  options.url = database_url.empty() ? environment("DATABASE_URL") : database_url;
  if (!options.url.empty()) return options;
  const std::map<std::string, std::string> parts{{"POSTGRES_SERVER", "host"},
                                                 {"POSTGRES_PORT", "port"},
                                                 {"POSTGRES_USER", "user"},
                                                 {"POSTGRES_PASSWORD", "password"},
                                                 {"POSTGRES_DB", "dbname"}};
  if (environment("POSTGRES_SERVER").empty()) return options;
  for (const auto& [name, keyword] : parts)
    if (const std::string value = environment(name); !value.empty())
      options.parameters[keyword] = value;
  return options;
}

postgres::ConnectOptions connect_options(const CommonOptions& options) {
  if (!options.env_file.empty()) set_from_env_file(options.env_file);
  const auto environment = [](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return std::string(value == nullptr ? "" : value);
  };
  postgres::ConnectOptions connect = connect_options(options.database_url, environment);
  const bool named = !connect.url.empty() || !connect.parameters.empty();
  if (!named && environment("PGHOST").empty() && environment("PGHOSTADDR").empty() &&
      environment("PGSERVICE").empty() && environment("PGDATABASE").empty())
    connect.remedy = "no database is named: give --database-url, or set DATABASE_URL";
  return connect;
}

std::vector<revisions::Revision> load(const CommonOptions& options) {
  std::optional<revisions::Format> format;
  if (!options.format.empty()) format = revisions::format_named(options.format);
  return revisions::load_directories(options.directories, format);
}

nlohmann::ordered_json to_json(const engine::Plan& plan) {
  nlohmann::ordered_json document{{"direction", engine::to_string(plan.direction)},
                                  {"current", plan.current},
                                  {"target", plan.target},
                                  {"digest", plan.digest},
                                  {"databaseAhead", plan.database_ahead},
                                  {"unknown", plan.unknown},
                                  {"warnings", plan.warnings},
                                  {"steps", nlohmann::ordered_json::array()}};
  for (const engine::Step& step : plan.steps)
    document["steps"].push_back({{"revision", step.revision->id},
                                 {"direction", engine::to_string(step.direction)},
                                 {"message", step.revision->message},
                                 {"file", step.revision->file},
                                 {"statements", step.script.statements.size()}});
  return document;
}

void print(const nlohmann::ordered_json& document) {
  std::cout << document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
            << "\n";
}

void print_warnings(const engine::Plan& plan) {
  for (const std::string& warning : plan.warnings) std::cerr << "warning: " << warning << "\n";
}

void print_error(const base::Error& error, bool json) {
  if (json) {
    print({{"error",
            {{"kind", base::to_string(error.kind())},
             {"reason", error.reason()},
             {"message", error.message()},
             {"remedy", error.remedy()}}}});
    return;
  }
  std::cerr << "error: " << error.reason() << ": " << error.message() << "\n";
  if (!error.remedy().empty()) std::cerr << "  " << error.remedy() << "\n";
}

std::vector<std::string> mark_relative(std::vector<std::string> arguments) {
  for (std::string& argument : arguments)
    if (argument.size() > 1 && argument.front() == '-' &&
        std::all_of(argument.begin() + 1, argument.end(),
                    [](char c) { return c >= '0' && c <= '9'; }))
      argument.insert(argument.begin(), kRelative);
  return arguments;
}

std::string target_of(const std::string& argument) {
  return argument.starts_with(kRelative) ? argument.substr(1) : argument;
}

}  // namespace sluice::cli
