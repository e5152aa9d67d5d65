#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/common.h"
#include "engine/apply.h"
#include "ledger/ledger.h"
#include "runner/interrupt.h"

namespace sluice::cli {
namespace {

using std::chrono::milliseconds;

struct MoveOptions {
  CommonOptions common;
  std::string target;
  double wait_seconds = 60;
  double lock_budget_seconds = 300;
  uint32_t lock_timeout_ms = 2000;
  uint32_t statement_timeout_ms = 0;
};

class Progress : public engine::Observer {
 public:
  void revision_started(const engine::Step& step, size_t number, size_t of) override {
    std::cerr << (step.direction == engine::Direction::Up ? "upgrade " : "downgrade ")
              << step.revision.id << " (" << number << " of " << of << ") " << step.revision.message
              << "\n";
  }
  void revision_waits(const engine::Step& step, const std::string& blockers,
                      milliseconds wait) override {
    std::cerr << step.revision.id << ": a lock was not to be had"
              << (blockers.empty() ? "" : ", blocked by " + blockers) << "; rolled back, again in "
              << wait.count() << " ms\n";
  }
};

milliseconds to_ms(double seconds) { return milliseconds(static_cast<long>(seconds * 1000)); }

void report(const MoveOptions& options, const engine::Plan& plan, const engine::Applied& applied) {
  if (options.common.json()) {
    nlohmann::ordered_json document = to_json(plan);
    document["applied"] = applied.steps;
    document["heads"] = applied.heads;
    print(document);
  } else if (plan.steps.empty()) {
    std::cout << "nothing to do\n";
  }
}

int move(const MoveOptions& options, engine::Direction direction) {
  const runner::Interrupt interrupt;
  const bool up = direction == engine::Direction::Up;
  // The files first: a mistake in them needs no database.
  std::optional<revisions::Graph> graph;
  if (up) graph.emplace(load(options.common));
  postgres::Session session(connect_options(options.common));
  postgres::AdvisoryLock lock(session, to_ms(options.wait_seconds), interrupt.token());
  const ledger::State state = ledger::read(session, !up);
  const std::string target = target_of(options.target);
  const engine::Plan plan =
      up ? engine::plan_upgrade(*graph, state, target, session.server_version())
         : engine::plan_downgrade(state, target, session.server_version());
  print_warnings(plan);
  engine::ApplyOptions apply_options;
  apply_options.lock_timeout = milliseconds(options.lock_timeout_ms);
  apply_options.statement_timeout = milliseconds(options.statement_timeout_ms);
  apply_options.lock_budget = to_ms(options.lock_budget_seconds);
  Progress progress;
  report(options, plan, engine::apply(lock, plan, apply_options, progress, interrupt.token()));
  return 0;
}

CLI::App& add_move(CLI::App& app, int& status, engine::Direction direction, const char* name,
                   const char* description) {
  const auto options = std::make_shared<MoveOptions>();
  CLI::App& command = *app.add_subcommand(name, description);
  add_common_options(command, options->common);
  command.add_option("--wait", options->wait_seconds, "seconds to wait for another run to end")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command
      .add_option("--lock-timeout", options->lock_timeout_ms,
                  "milliseconds that a statement waits for a lock, in front of other traffic")
      ->capture_default_str();
  command
      .add_option("--lock-budget", options->lock_budget_seconds,
                  "seconds during which a revision that met a lock is tried again")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command
      .add_option("--statement-timeout", options->statement_timeout_ms,
                  "milliseconds that a statement may take; 0: no limit")
      ->capture_default_str();
  const bool up = direction == engine::Direction::Up;
  if (up) options->target = "head";
  command
      .add_option("TARGET", options->target,
                  "id, prefix, head, heads, base, +N, -N, id+N, label@head")
      ->required(!up);
  command.callback([options, &status, direction] { status = move(*options, direction); });
  return command;
}

}  // namespace

void add_move_commands(CLI::App& app, int& status) {
  add_move(app, status, engine::Direction::Up, "upgrade", "Apply what is pending (default: head)");
  add_move(app, status, engine::Direction::Down, "downgrade",
           "Undo applied revisions, from the text that the ledger keeps");
}

}  // namespace sluice::cli
