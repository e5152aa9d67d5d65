#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/patience.h"
#include "cli/progress.h"
#include "engine/adopt.h"
#include "engine/apply.h"
#include "engine/script.h"
#include "ledger/ledger.h"
#include "revisions/target.h"
#include "runner/interrupt.h"

namespace sluice::cli {
namespace {

using base::Error;
using base::ErrorKind;

// A range `A:B` needs no database; its SQL is for servers from here on.
constexpr int kOldestServer = 130000;

struct MoveOptions {
  CommonOptions common;
  engine::Direction direction = engine::Direction::Up;
  std::string target;
  bool sql = false;
  bool contract = false;
  std::string out_of_order = "refuse";
  PatienceOptions patience;

  bool up() const { return direction == engine::Direction::Up; }
  engine::PlanPolicy policy() const {
    return {out_of_order == "allow", contract ? engine::Contract::Run : engine::Contract::HoldBack};
  }
};

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

engine::Plan make_plan(const MoveOptions& options, const std::optional<revisions::Graph>& graph,
                       const ledger::State& state, const std::string& target, int server_version) {
  return options.up()
             ? engine::plan_upgrade(*graph, state, target, server_version, options.policy())
             : engine::plan_downgrade(state, target, server_version);
}

void print_script(const engine::Plan& plan) {
  print_warnings(plan);
  if (plan.steps.empty()) {
    std::cout << "-- nothing to do\n";
  } else {
    std::cout << engine::to_script(plan);
  }
}

[[noreturn]] void wrong_way_round(const MoveOptions& options, const std::string& range,
                                  const std::string& id) {
  throw Error(ErrorKind::Invalid, "RangeInvalid",
              "`" + range + "`: " + id + " does not come before the other end",
              std::string("write the ") + (options.up() ? "older" : "newer") + " revision first");
}

// An upgrade without a step, to what does not even need all of where it begins.
void expect_upward(const MoveOptions& options, const revisions::Graph& graph,
                   const ledger::State& state, const std::string& range, const std::string& to) {
  const revisions::Path path = revisions::upgrade_path(graph, state.ids(), to);
  if (!path.steps.empty()) return;
  std::vector<revisions::Node> ends;
  for (const std::string& id : path.target) ends.push_back(*graph.find(id));
  const std::vector<bool> needed = graph.ancestors(ends);
  for (const std::string& id : state.heads())
    if (!needed[*graph.find(id)]) wrong_way_round(options, range, id);
}

// What a downgrade's end means by the files, not only by what is taken to be applied.
void expect_downward(const MoveOptions& options, const revisions::Graph& graph,
                     const ledger::State& state, const std::string& range, const std::string& to) {
  // -N begins at the other end.
  if (revisions::parse_target(to).name.empty()) return;
  std::set<std::string> all;
  for (const revisions::Revision& revision : graph.revisions()) all.insert(revision.id);
  const std::set<std::string> applied = state.ids();
  for (const std::string& id : revisions::downgrade_path(graph, all, to).target)
    if (!applied.contains(id)) wrong_way_round(options, range, id);
}

// `A:B`: from A, which is taken to be applied, to B.
int print_range(const MoveOptions& options, const std::string& range) {
  const size_t colon = range.find(':');
  std::string from = range.substr(0, colon);
  if (from.empty()) from = "base";
  const std::string to = range.substr(colon + 1);
  if (to.empty())
    throw Error(ErrorKind::Invalid, "TargetUnknown", "`" + range + "` has no end",
                "write `FROM:TO`, as in `base:head`");
  const revisions::Graph graph(load(options.common));
  const std::vector<std::string> start = revisions::upgrade_path(graph, {}, from).target;
  const ledger::State state = ledger::assume_applied(graph, start);
  (options.up() ? expect_upward : expect_downward)(options, graph, state, range, to);
  print_script(make_plan(options, graph, state, to, kOldestServer));
  return 0;
}

int move(const MoveOptions& options) {
  if (options.sql && options.common.json())
    throw CLI::ValidationError("--sql", "it prints a script for psql, not JSON");
  const std::string target = target_of(options.target);
  if (target.find(':') != std::string::npos) {
    if (options.sql) return print_range(options, target);
    throw Error(ErrorKind::Invalid, "TargetUnknown", "a range `" + target + "` without --sql",
                "name the target alone: the database says where it stands");
  }
  const runner::Interrupt interrupt;
  // The files first: a mistake in them needs no database.
  std::optional<revisions::Graph> graph;
  if (options.up()) graph.emplace(load(options.common));
  postgres::Session session(connect_options(options.common));
  const auto plan = [&] {
    const ledger::State state = ledger::read(session, !options.up());
    if (graph) engine::expect_adopted(session, *graph, state);
    return make_plan(options, graph, state, target, session.server_version());
  };
  if (options.sql) {
    print_script(plan());
    return 0;
  }
  postgres::AdvisoryLock lock(session, options.patience.wait(), interrupt.token());
  const engine::Plan planned = plan();
  print_warnings(planned);
  Progress progress;
  try {
    report(options, planned,
           engine::apply(lock, planned, options.patience.apply(), progress, interrupt.token()));
  } catch (const Error&) {
    progress.clear();
    throw;
  }
  return 0;
}

CLI::App& add_move(CLI::App& app, int& status, engine::Direction direction, const char* name,
                   const char* description) {
  const auto options = std::make_shared<MoveOptions>();
  options->direction = direction;
  CLI::App& command = *app.add_subcommand(name, description);
  add_common_options(command, options->common);
  command.add_flag("--sql", options->sql,
                   "print a script for psql instead; with a TARGET `FROM:TO`, without a database");
  add_patience_options(command, options->patience);
  options->target = options->up() ? "head" : "-1";
  command
      .add_option("TARGET", options->target,
                  "id, prefix, head, heads, base, +N, -N, id+N, label@head")
      ->capture_default_str();
  command.callback([options, &status] { status = move(*options); });
  if (!options->up()) return command;
  command.add_flag("--contract", options->contract,
                   "run the revisions of the phase contract, too, which are held back otherwise");
  command
      .add_option("--out-of-order", options->out_of_order,
                  "refuse or allow pending revisions that come before an applied one")
      ->capture_default_str()
      ->check(CLI::IsMember({"refuse", "allow"}));
  return command;
}

}  // namespace

void add_move_commands(CLI::App& app, int& status) {
  add_move(app, status, engine::Direction::Up, "upgrade", "Apply what is pending (default: head)")
      .footer(
          "Examples:\n"
          "  sluice upgrade                       # apply all that is pending\n"
          "  sluice upgrade +1                    # the next revision\n"
          "  sluice upgrade orders@head           # one branch\n"
          "  sluice upgrade base:head --sql       # a script for psql, without a database");
  add_move(app, status, engine::Direction::Down, "downgrade",
           "Undo applied revisions, from the text that the ledger keeps (default: -1)")
      .footer(
          "Examples:\n"
          "  sluice downgrade                     # undo the newest revision\n"
          "  sluice downgrade -2                  # undo two\n"
          "  sluice downgrade 3f2a9c              # undo what came after a revision\n"
          "  sluice downgrade head:base --sql     # a script for psql, without a database");
}

}  // namespace sluice::cli
