#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/exit_status.h"
#include "cli/version.h"
#include "ledger/ledger.h"
#include "postgres/session.h"

namespace sluice::cli {
namespace {

struct CurrentOptions {
  CommonOptions common;
  bool verbose = false;
  bool check_heads = false;
};

std::string or_base(const std::vector<std::string>& revises) {
  return revises.empty() ? "<base>" : base::join(revises, ", ");
}

void print_entry(const ledger::AppliedRevision& revision) {
  std::cout << "Rev: " << revision.id << " (current)\n"
            << (revision.revises.size() > 1 ? "Merges: " : "Parent: ") << or_base(revision.revises)
            << "\n";
  if (!revision.depends_on.empty())
    std::cout << "Also depends on: " << base::join(revision.depends_on, ", ") << "\n";
  if (!revision.branch_labels.empty())
    std::cout << "Branch names: " << base::join(revision.branch_labels, ", ") << "\n";
  std::cout << "Path: " << revision.file << "\nApplied: " << revision.applied_at << " by run "
            << revision.run << "\n\n    "
            << (revision.message.empty() ? "(no message)" : revision.message) << "\n\n";
}

// The files' heads that are not applied, and applied revisions that no file has.
std::vector<std::string> off_heads(const CommonOptions& options, const ledger::State& state) {
  const revisions::Graph graph(load(options));
  const std::set<std::string> applied = state.ids();
  std::vector<std::string> off;
  for (const std::string& id : graph.heads())
    if (!applied.contains(id)) off.push_back("head " + id + " is not applied");
  for (const std::string& id : applied)
    if (!graph.find(id)) off.push_back("applied revision " + id + " is in no file");
  return off;
}

// Of a revision without a transaction that a run has begun and not finished.
struct Interrupted {
  std::string revision;
  bool up = true;
  size_t done = 0;  // statements
};

std::vector<Interrupted> interrupted(const ledger::State& state) {
  std::vector<Interrupted> all;
  for (const ledger::StatementRecord& record : state.statements) {
    if (all.empty() || all.back().revision != record.revision || all.back().up != record.up)
      all.push_back({record.revision, record.up});
    all.back().done += record.state == ledger::StatementRecord::State::Done ? 1 : 0;
  }
  return all;
}

int current(const CurrentOptions& options) {
  postgres::Session session(connect_options(options.common));
  const ledger::State state = ledger::read(session, false);
  const std::vector<std::string> heads = state.heads();
  const std::vector<std::string> off =
      options.check_heads ? off_heads(options.common, state) : std::vector<std::string>();
  if (options.common.json()) {
    nlohmann::ordered_json document{
        {"heads", heads}, {"applied", state.applied.size()}, {"epoch", state.epoch}};
    document["interrupted"] = nlohmann::ordered_json::array();
    for (const Interrupted& one : interrupted(state))
      document["interrupted"].push_back({{"revision", one.revision},
                                         {"direction", one.up ? "up" : "down"},
                                         {"statementsDone", one.done}});
    if (options.verbose) document["revisions"] = nlohmann::ordered_json::array();
    for (const ledger::AppliedRevision& revision : state.applied)
      if (options.verbose && std::ranges::find(heads, revision.id) != heads.end())
        document["revisions"].push_back({{"revision", revision.id},
                                         {"revises", revision.revises},
                                         {"dependsOn", revision.depends_on},
                                         {"message", revision.message},
                                         {"file", revision.file},
                                         {"appliedAt", revision.applied_at},
                                         {"run", revision.run}});
    if (options.check_heads) document["atHeads"] = off.empty();
    if (options.check_heads) document["differences"] = off;
    print(document);
    return off.empty() ? kDone : kRefused;
  }
  for (const ledger::AppliedRevision& revision : state.applied) {
    if (std::ranges::find(heads, revision.id) == heads.end()) continue;
    if (options.verbose) {
      print_entry(revision);
    } else {
      std::cout << revision.id << (revision.message.empty() ? "" : "  " + revision.message) << "\n";
    }
  }
  for (const Interrupted& one : interrupted(state))
    std::cout << one.revision << " (interrupted on its way " << (one.up ? "up" : "down")
              << " after " << base::counted(one.done, "statement") << ": `sluice "
              << (one.up ? "upgrade" : "downgrade") << "` goes on)\n";
  for (const std::string& difference : off) std::cerr << "not at the heads: " << difference << "\n";
  return off.empty() ? kDone : kRefused;
}

}  // namespace

void add_look_commands(CLI::App& app, int& status) {
  const auto current_options = std::make_shared<CurrentOptions>();
  CLI::App& current_command =
      *app.add_subcommand("current", "Print what the database stands at; writes nothing");
  add_common_options(current_command, current_options->common);
  current_command.add_flag("-v,--verbose", current_options->verbose,
                           "all that the ledger says of it");
  current_command.add_flag("--check-heads", current_options->check_heads,
                           "end with status 3 unless it stands at all heads of the files");
  current_command.footer(
      "Examples:\n"
      "  sluice current --verbose\n"
      "  sluice current --check-heads || sluice upgrade heads");
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
