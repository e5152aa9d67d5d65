// The command families. Each adds its subcommands; the one that was chosen leaves its exit status
// in `status`. Their options live in the closures that the App keeps.
#pragma once

#include "cli/local_run.h"

namespace CLI {
class App;
}

namespace sluice::cli {

void add_move_commands(CLI::App& app, int& status);     // upgrade, downgrade
void add_look_commands(CLI::App& app, int& status);     // current, version
void add_plan_command(CLI::App& app, int& status);      // plan
void add_history_commands(CLI::App& app, int& status);  // heads, branches, show, history, graph
void add_author_commands(CLI::App& app, int& status);   // init, revision, merge
void add_stamp_command(CLI::App& app, int& status);     // stamp
void add_import_command(CLI::App& app, int& status);    // import
void add_lint_command(CLI::App& app, int& status);      // lint
// run: what the operator's Jobs execute, and by `local` a SchemaMigration in a file
void add_run_command(CLI::App& app, int& status, const LocalRun& local);
void add_repair_command(CLI::App& app, int& status);    // repair
void add_rehearse_command(CLI::App& app, int& status);  // rehearse
void add_diff_command(CLI::App& app, int& status);      // diff
void add_check_command(CLI::App& app, int& status);     // check
void add_sync_command(CLI::App& app, int& status);      // sync
void add_verify_command(CLI::App& app, int& status);    // verify
void add_baseline_command(CLI::App& app, int& status);  // baseline
void add_export_command(CLI::App& app, int& status);    // export
// completion. Knows what the app holds when it runs.
void add_completion_command(CLI::App& app, int& status);

}  // namespace sluice::cli
