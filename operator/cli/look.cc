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

}  // namespace

void add_look_commands(CLI::App& app, int& status) {
  const auto current_options = std::make_shared<CommonOptions>();
  CLI::App& current_command =
      *app.add_subcommand("current", "Print what the database stands at; writes nothing");
  add_common_options(current_command, *current_options);
  current_command.callback([current_options, &status] { status = current(*current_options); });

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
