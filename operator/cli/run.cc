#include <CLI/CLI.hpp>
#include <array>
#include <cstdlib>
#include <memory>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/local_run.h"
#include "runner/stages.h"

namespace sluice::cli {
namespace {

struct RunOptions {
  std::string spec;
  std::string termination_log;
  CommonOptions common;
  LocalRunRequest local;
};

// libpq's own variables are a way to a database only when one of these is set.
bool names_a_database(const postgres::ConnectOptions& options) {
  constexpr std::array<const char*, 4> kNames{"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"};
  if (!options.url.empty() || !options.parameters.empty()) return true;
  for (const char* name : kNames)
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return true;
  return false;
}

int run_locally(RunOptions& options, const LocalRun& local) {
  const postgres::ConnectOptions database = connect_options(options.common);
  if (names_a_database(database)) options.local.database = database;
  options.local.json = options.common.json();
  return local(options.local);
}

void add_local_options(CLI::App& command, RunOptions& options, CLI::Option* spec) {
  LocalRunRequest& local = options.local;
  CLI::Option* file = command
                          .add_option("-f,--file", local.file,
                                      "a SchemaMigration, in YAML, to execute without a cluster")
                          ->excludes(spec);
  const auto with_file = [&](CLI::Option* option) { option->needs(file); };
  with_file(
      command.add_option("--name", local.name, "which SchemaMigration, when the file has several"));
  with_file(command.add_option("--database-url", options.common.database_url,
                               "in place of spec.database; else DATABASE_URL and so on"));
  with_file(command
                .add_option("--source", local.sources,
                            "a directory in place of spec.revisions.from; may be repeated. Else "
                            "the ConfigMaps in the same file")
                ->allow_extra_args(false));
  with_file(command.add_option("--volume", local.volume,
                               "a directory in place of spec.backup.volume: archives go there"));
  with_file(
      command.add_flag("--no-backup", local.no_backup, "take none, whatever spec.backup says")
          ->excludes("--volume"));
  with_file(command.add_option("--output", options.common.output, "text or json")
                ->check(CLI::IsMember({"text", "json"})));
}

}  // namespace

void add_run_command(CLI::App& app, int& status, const LocalRun& local) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App& command = *app.add_subcommand(
      "run", "Execute a SchemaMigration: of a file, or one that the operator wrote down");
  CLI::Option* spec = command.add_option("--spec", options->spec,
                                         "the run's description, a JSON file of the operator's");
  command
      .add_option("--termination-log", options->termination_log,
                  "where Kubernetes reads the result")
      ->needs(spec);
  add_local_options(command, *options, spec);
  command.callback([options, local, &status] {
    if (!options->local.file.empty() && local) {
      status = run_locally(*options, local);
    } else if (!options->spec.empty()) {
      status = runner::execute(options->spec, options->termination_log);
    } else {
      throw CLI::RequiredError("-f or --spec");
    }
  });
  command.footer(
      "Examples:\n"
      "  sluice run -f schemamigration.yaml --no-backup\n"
      "  sluice run -f release.yaml --source migrations --volume /backups");
}

}  // namespace sluice::cli
