#include "cli/cli.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/exit_status.h"
#include "cli/version.h"

namespace sluice::cli {
namespace {

// Also of words that could not be parsed.
bool wants_json(const std::vector<std::string>& words) {
  for (size_t i = 0; i < words.size(); ++i)
    if (words[i] == "--output=json" ||
        (words[i] == "--output" && i + 1 < words.size() && words[i + 1] == "json"))
      return true;
  return false;
}

base::Error misuse(const CLI::App& app, const std::vector<std::string>& words,
                   const CLI::ParseError& error) {
  const std::string* command = words.empty() ? nullptr : &words.front();
  const bool known = command != nullptr && !app.get_subcommands([&](const CLI::App* one) {
                                                 return one->get_name() == *command;
                                               })
                                                .empty();
  if (command != nullptr && !known && !command->starts_with('-'))
    return {base::ErrorKind::Invalid, "UsageInvalid", "there is no command `" + *command + "`",
            "`sluice --help` lists them"};
  return {base::ErrorKind::Invalid, "UsageInvalid", error.what(),
          "see `sluice " + (known ? *command + " " : std::string()) + "--help`"};
}

}  // namespace

int run(int argc, const char* const* argv, const LocalRun& local) {
  CLI::App app("Schema rollout for PostgreSQL", "sluice");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("sluice ") + kVersion);
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
  const std::vector<std::string> words = mark_relative({argv + 1, argv + argc});
  const bool json = wants_json(words);
  try {
    // CLI11 takes the words from the last to the first.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    // What nobody could read was not said.
    if (!std::cout.flush())
      throw base::Error(base::ErrorKind::Failed, "WriteFailed", "standard output cannot be written",
                        "free the disk, or read all of it");
    return status;
  } catch (const CLI::ParseError& error) {
    // --help and --version come this way.
    if (error.get_exit_code() == 0) return app.exit(error);
    print_error(misuse(app, words, error), json);
    return kUsage;
  } catch (const base::Error& error) {
    print_error(error, json);
    return exit_status(error);
  } catch (const std::exception& error) {
    print_error(base::Error(base::ErrorKind::Failed, "Unexpected", error.what()), json);
    return kFailed;
  }
}

}  // namespace sluice::cli
