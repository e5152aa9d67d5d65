#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "runner/stages.h"

namespace sluice::cli {

void add_run_command(CLI::App& app, int& status) {
  struct Options {
    std::string spec;
    std::string termination_log;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("run", "Execute one run that the operator wrote down");
  command.add_option("--spec", options->spec, "the run's description, a JSON file")->required();
  command.add_option("--termination-log", options->termination_log,
                     "where Kubernetes reads the result");
  command.callback(
      [options, &status] { status = runner::execute(options->spec, options->termination_log); });
}

}  // namespace sluice::cli
