#include "cli/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/exit_status.h"

namespace sluice::cli {
namespace {

bool wants_json(const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands()) {
    const CLI::Option* output = command->get_option_no_throw("--output");
    if (output != nullptr && output->count() > 0) return output->results().back() == "json";
  }
  return false;
}

}  // namespace

int run(int argc, const char* const* argv, const LocalRun& local) {
  CLI::App app("Schema rollout for PostgreSQL", "sluice");
  app.require_subcommand(1);
  int status = kDone;
  add_move_commands(app, status);
  add_look_commands(app, status);
  add_plan_command(app, status);
  add_history_commands(app, status);
  add_author_commands(app, status);
  add_stamp_command(app, status);
  add_import_command(app, status);
  add_lint_command(app, status);
  add_run_command(app, status, local);
  add_repair_command(app, status);
  add_rehearse_command(app, status);
  add_diff_command(app, status);
  add_check_command(app, status);
  add_sync_command(app, status);
  add_verify_command(app, status);
  add_baseline_command(app, status);
  add_export_command(app, status);
  add_completion_command(app, status);
  // CLI11 takes the words from the last to the first.
  std::vector<std::string> words = mark_relative({argv + 1, argv + argc});
  std::ranges::reverse(words);
  try {
    app.parse(words);
    // What nobody could read was not said.
    if (!std::cout.flush())
      throw base::Error(base::ErrorKind::Failed, "WriteFailed", "standard output cannot be written",
                        "free the disk, or read all of it");
    return status;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  } catch (const base::Error& error) {
    print_error(error, wants_json(app));
    return exit_status(error);
  } catch (const std::exception& error) {
    print_error(base::Error(base::ErrorKind::Failed, "Unexpected", error.what()), wants_json(app));
    return kFailed;
  }
}

}  // namespace sluice::cli
