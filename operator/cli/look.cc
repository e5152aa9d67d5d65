#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/version.h"
#include "ledger/ledger.h"
#include "postgres/session.h"

namespace sluice::cli {
namespace {

int current(const CommonOptions& options) {
  postgres::Session session(connect_options(options));
  const ledger::State state = ledger::read(session, false);
  const std::vector<std::string> heads = state.heads();
  if (options.json()) {
    print({{"heads", heads}, {"applied", state.applied.size()}, {"epoch", state.epoch}});
    return 0;
  }
  for (const ledger::AppliedRevision& revision : state.applied)
    if (std::ranges::find(heads, revision.id) != heads.end())
      std::cout << revision.id << (revision.message.empty() ? "" : "  " + revision.message) << "\n";
  return 0;
}

int plan(const CommonOptions& options, const std::string& target) {
  const revisions::Graph graph(load(options));
  postgres::Session session(connect_options(options));
  const engine::Plan planned =
      engine::plan_upgrade(graph, ledger::read(session, false), target, session.server_version());
  if (options.json()) {
    print(to_json(planned));
    return 0;
  }
  print_warnings(planned);
  if (planned.steps.empty()) std::cout << "nothing to do\n";
  for (const engine::Step& step : planned.steps)
    std::cout << engine::to_string(step.direction) << "  " << step.revision.id << "  "
              << step.revision.file << "  " << step.revision.message << "\n";
  return 0;
}

}  // namespace

void add_look_commands(CLI::App& app, int& status) {
  const auto current_options = std::make_shared<CommonOptions>();
  CLI::App& current_command =
      *app.add_subcommand("current", "Print what the database stands at; writes nothing");
  add_common_options(current_command, *current_options);
  current_command.callback([current_options, &status] { status = current(*current_options); });

  const auto plan_options = std::make_shared<CommonOptions>();
  const auto target = std::make_shared<std::string>("head");
  CLI::App& plan_command =
      *app.add_subcommand("plan", "Print what an upgrade would do; writes nothing");
  add_common_options(plan_command, *plan_options);
  plan_command.add_option("TARGET", *target, "as of upgrade")->capture_default_str();
  plan_command.callback(
      [plan_options, target, &status] { status = plan(*plan_options, target_of(*target)); });

  CLI::App& version_command = *app.add_subcommand("version", "Print the version of Sluice");
  const auto output = std::make_shared<CommonOptions>();
  version_command.add_option("--output", output->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  version_command.callback([output, &status] {
    if (output->json()) {
      print({{"version", kVersion}});
    } else {
      std::cout << "sluice " << kVersion << "\n";
    }
    status = 0;
  });
}

}  // namespace sluice::cli
