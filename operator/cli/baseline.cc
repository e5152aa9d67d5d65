#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/autogenerate.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/schema_options.h"
#include "engine/stamp.h"
#include "ledger/ledger.h"
#include "postgres/advisory_lock.h"
#include "revisions/graph.h"
#include "runner/interrupt.h"
#include "schema/foreign_history.h"
#include "schema/read.h"

namespace sluice::cli {
namespace {

using base::Error;
using base::ErrorKind;

struct BaselineCommand {
  CommonOptions common;
  SchemaOptions schema;
  std::string message = "baseline";
  std::string id;
};

void expect_no_revisions(const CommonOptions& common) {
  try {
    const std::vector<revisions::Revision> present = load(common);
    throw Error(
        ErrorKind::Refused, "RevisionsExist",
        base::join(common.directories, ", ") + " has revisions already: " + present.front().file,
        "name another directory with --dir; `sluice stamp` says which revisions a database "
        "has");
  } catch (const Error& error) {
    if (error.reason() == "SourceMissing")
      throw Error(error.kind(), error.reason(), error.message(),
                  "make it with `sluice init`, or name another with --dir");
    if (error.reason() != "SourceEmpty") throw;
  }
}

void expect_no_ledger(const ledger::State& state, const std::string& where) {
  if (state.applied.empty()) return;
  throw Error(ErrorKind::Refused, "RevisionsExist",
              where + " has revisions applied: " + base::join(state.heads(), ", "),
              "use the files with which it was migrated");
}

int baseline(const BaselineCommand& command) {
  const runner::Interrupt interrupt;
  expect_no_revisions(command.common);
  const postgres::ConnectOptions database = connect_options(command.common);
  desired::Loader loader = make_loader(command.schema, database, interrupt.token());
  postgres::Session session(database);
  postgres::AdvisoryLock lock(session, std::chrono::seconds(60), interrupt.token());
  const ledger::State state = ledger::read(session, false);
  expect_no_ledger(state, session.where());

  const desired::Loaded nothing =
      loader.load(desired::source_of(std::vector<revisions::Revision>{}, "an empty database"));
  desired::Loaded live;
  live.catalog = schema::without_foreign_histories(schema::read(session));
  schema::DiffOptions options = command.schema.diff();
  options.offline = true;
  const schema::Diff diff = schema::diff(nothing.catalog, live.catalog, options);
  revisions::Revision first;
  first.id = command.id;
  first.message = command.message;
  std::vector<desired::RevisionPart> parts = desired::split_up(diff.groups);
  if (parts.empty()) parts.emplace_back();  // a database that holds nothing has a beginning, too
  const std::vector<Written> written = write_parts(command.common, {}, first, parts, {});

  const revisions::Graph graph(load(command.common));
  const engine::Stamp stamp = engine::plan_stamp(graph, state, {"heads"}, false);
  engine::apply_stamp(lock, state, stamp);

  std::vector<std::string> warnings = all_warnings(loader, diff);
  if (command.common.json()) {
    nlohmann::ordered_json files = nlohmann::ordered_json::array();
    for (const Written& one : written)
      files.push_back({{"revision", one.revision.id}, {"file", one.path}});
    print({{"revisions", files}, {"heads", stamp.heads}, {"warnings", warnings}});
  } else {
    print_warnings(warnings);
    for (const Written& one : written) std::cout << "Generated " << one.path << "\n";
    std::cout << "Stamped " << base::join(stamp.heads, ", ") << "\n";
  }
  return kDone;
}

}  // namespace

void add_baseline_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<BaselineCommand>();
  CLI::App& command = *app.add_subcommand(
      "baseline", "Write the first revision from a database that is there, and stamp it");
  add_database_options(command, options->common);
  add_directory_option(command, options->common);
  add_output_option(command, options->common);
  command.add_option("-m,--message", options->message, "what it does; also names the file")
      ->capture_default_str();
  command.add_option("--rev-id", options->id, "its id (default: 12 hexadecimal digits)");
  add_compare_options(command, options->schema);
  command.footer(std::string(kScratchHelp) +
                 "\nExamples:\n"
                 "  sluice init && sluice baseline\n"
                 "  sluice baseline -m \"as of November\" --database-url postgresql://…");
  command.callback([options, &status] { status = baseline(*options); });
}

}  // namespace sluice::cli
