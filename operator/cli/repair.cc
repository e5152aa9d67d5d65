#include "engine/repair.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/delta.h"
#include "cli/exit_status.h"
#include "ledger/ledger.h"
#include "runner/interrupt.h"

namespace sluice::cli {
namespace {

using base::Error;
using base::ErrorKind;

struct Options {
  CommonOptions common;
  std::vector<std::string> revisions;
  std::string abandon;
  bool yes = false;
};

std::vector<engine::Drift> chosen(const Options& options, const revisions::Graph& graph,
                                  std::vector<engine::Drift> drifts) {
  if (options.revisions.empty()) return drifts;
  std::vector<std::string> ids;
  for (const std::string& name : options.revisions) {
    const auto repeatable = std::ranges::find(graph.repeatables(), name, &revisions::Revision::id);
    ids.push_back(repeatable != graph.repeatables().end() ? name
                                                          : graph.at(graph.resolve(name)).id);
  }
  std::erase_if(drifts, [&](const engine::Drift& drift) {
    return std::ranges::find(ids, drift.now.id) == ids.end();
  });
  return drifts;
}

const char* what_differs(const engine::Drift& drift) {
  if (drift.recorded.canonical_checksum != drift.now.canonical_checksum) return "other statements";
  return drift.refuses ? "it revised others" : "other comments, header or down section";
}

void show(const Options& options, const std::vector<engine::Drift>& drifts, bool accepted) {
  if (options.common.json()) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const engine::Drift& drift : drifts)
      list.push_back({{"revision", drift.now.id},
                      {"file", drift.file},
                      {"refuses", drift.refuses},
                      {"delta", delta(drift.recorded.text, drift.now.text)}});
    print({{"changed", list}, {"accepted", accepted}});
    return;
  }
  if (accepted) {
    std::cout << "the ledger now says of " << base::counted(drifts.size(), "revision")
              << " what the files say\n";
    return;
  }
  if (drifts.empty()) std::cout << "the ledger and the files agree\n";
  for (const engine::Drift& drift : drifts)
    std::cout << drift.file << ": revision " << drift.now.id << ", applied at "
              << drift.recorded.applied_at << ": " << what_differs(drift) << "\n"
              << delta(drift.recorded.text, drift.now.text);
}

bool asked_and_answered(const Options& options) {
  if (options.yes) return true;
  if (::isatty(STDIN_FILENO) == 0) return false;
  std::cerr << "No statement is run: accept only what the database already has.\n"
            << "Let the ledger say what the files say? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

int repair(const Options& options) {
  const runner::Interrupt interrupt;
  if (!options.abandon.empty()) {
    postgres::Session session(connect_options(options.common));
    postgres::AdvisoryLock lock(session, std::chrono::seconds(10), interrupt.token());
    engine::abandon(lock, ledger::read(session, false), options.abandon);
    std::cout << "forgot the interrupted run of revision " << options.abandon << "\n";
    return kDone;
  }
  const revisions::Graph graph(load(options.common));
  postgres::Session session(connect_options(options.common));
  const auto look = [&] {
    return chosen(options, graph, engine::find_drift(graph, ledger::read(session)));
  };
  const std::vector<engine::Drift> drifts = look();
  if (drifts.empty() || !options.common.json()) show(options, drifts, false);
  if (drifts.empty()) return kDone;
  if (!asked_and_answered(options)) {
    if (options.common.json()) show(options, drifts, false);
    std::cerr << "nothing was changed; --yes accepts it\n";
    return kApproval;
  }
  postgres::AdvisoryLock lock(session, std::chrono::seconds(10), interrupt.token());
  if (look().size() != drifts.size())
    throw Error(ErrorKind::Conflict, "LedgerChanged", "another run changed the ledger meanwhile",
                "look again");
  engine::accept(lock, drifts);
  show(options, drifts, true);
  return kDone;
}

}  // namespace

void add_repair_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand(
      "repair", "Show how the files differ from what was applied, and accept it into the ledger");
  add_common_options(command, options->common);
  command.add_option("REVISION", options->revisions, "only these; default: all that differ");
  command.add_flag("--yes", options->yes, "accept without asking");
  command.add_option("--abandon", options->abandon,
                     "forget what an interrupted run did of this revision without a transaction");
  command.footer(
      "Examples:\n"
      "  sluice repair                        # show, then ask\n"
      "  sluice repair 3f2a9c1b7d04 --yes     # accept one file as it is now\n"
      "  sluice repair --abandon 3f2a9c1b7d04  # after putting the database right by hand");
  command.callback([options, &status] { status = repair(*options); });
}

}  // namespace sluice::cli
