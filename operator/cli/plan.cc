#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/exit_status.h"
#include "cli/standing.h"
#include "engine/adopt.h"
#include "ledger/ledger.h"
#include "postgres/session.h"
#include "revisions/target.h"

namespace sluice::cli {
namespace {

struct PlanOptions {
  CommonOptions common;
  std::string target;
  std::string at;
  bool at_given = false;
  bool down = false;
  bool contract = false;
  std::string out_of_order = "refuse";

  engine::PlanPolicy policy() const {
    return {out_of_order == "allow", contract ? engine::Contract::Run : engine::Contract::HoldBack};
  }
};

std::string target_text(const PlanOptions& options) {
  if (options.target.empty()) return options.down ? "-1" : "head";
  return target_of(options.target);
}

void print_step(std::string_view direction, const revisions::Revision& revision) {
  std::cout << direction << "  " << revision.id << "  " << revision.file << "  " << revision.message
            << "\n";
}

// By the files alone: nobody is asked, and no SQL is judged.
int plan_at(const PlanOptions& options) {
  const revisions::Graph graph(load(options.common));
  const Standing at = standing_at(graph, options.at);
  const std::string target = target_text(options);
  const revisions::Path path = options.down
                                   ? revisions::downgrade_path(graph, at.applied, target, at.heads)
                                   : revisions::upgrade_path(graph, at.applied, target, at.heads);
  const char* direction = options.down ? "down" : "up";
  if (options.common.json()) {
    nlohmann::ordered_json document{{"direction", direction},
                                    {"current", at.heads},
                                    {"target", path.target},
                                    {"warnings", path.warnings},
                                    {"steps", nlohmann::ordered_json::array()}};
    for (const revisions::Node node : path.steps)
      document["steps"].push_back({{"revision", graph.at(node).id},
                                   {"direction", direction},
                                   {"message", graph.at(node).message},
                                   {"file", graph.at(node).file}});
    print(document);
    return kDone;
  }
  for (const std::string& warning : path.warnings) std::cerr << "warning: " << warning << "\n";
  if (path.steps.empty()) std::cout << "nothing to do\n";
  for (const revisions::Node node : path.steps) print_step(direction, graph.at(node));
  return kDone;
}

int plan_for_database(const PlanOptions& options) {
  std::optional<revisions::Graph> graph;
  if (!options.down) graph.emplace(load(options.common));
  postgres::Session session(connect_options(options.common));
  const ledger::State state = ledger::read(session, options.down);
  if (graph) engine::expect_adopted(session, *graph, state);
  const engine::Plan planned =
      options.down ? engine::plan_downgrade(state, target_text(options), session.server_version())
                   : engine::plan_upgrade(*graph, state, target_text(options),
                                          session.server_version(), options.policy());
  if (options.common.json()) {
    print(to_json(planned));
    return kDone;
  }
  print_warnings(planned);
  if (planned.steps.empty()) std::cout << "nothing to do\n";
  for (const engine::Step& step : planned.steps)
    print_step(engine::to_string(step.direction), *step.revision);
  return kDone;
}

int plan(const PlanOptions& options) {
  if (!options.at_given) return plan_for_database(options);
  try {
    return plan_at(options);
  } catch (const base::Error& error) {
    // Whatever it is, a question about the files has one way to fail.
    print_error(error, options.common.json());
    return kFailed;
  }
}

}  // namespace

void add_plan_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<PlanOptions>();
  CLI::App& command = *app.add_subcommand(
      "plan", "Print what an upgrade, or a downgrade, would do; writes nothing");
  add_common_options(command, options->common);
  command.add_flag("--down", options->down, "of a downgrade");
  const CLI::Option* at =
      command.add_option("--at", options->at,
                         "as if the database stood at these heads (with commas), or at `base`: no "
                         "database is asked");
  command.add_option("TARGET", options->target, "as of upgrade (default: head) or downgrade (-1)");
  command.add_flag("--contract", options->contract, "as of upgrade");
  command.add_option("--out-of-order", options->out_of_order, "as of upgrade")
      ->capture_default_str()
      ->check(CLI::IsMember({"refuse", "allow"}));
  command.footer(
      "Examples:\n"
      "  sluice plan                           what an upgrade would do\n"
      "  sluice plan --down base               what a downgrade of everything would do\n"
      "  sluice plan heads --at base --output json   every revision of the files, in order");
  command.callback([options, at, &status] {
    options->at_given = at->count() > 0;
    status = plan(*options);
  });
}

}  // namespace sluice::cli
