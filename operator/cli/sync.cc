#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/patience.h"
#include "cli/progress.h"
#include "cli/schema_options.h"
#include "desired/sync.h"
#include "runner/interrupt.h"
#include "schema/read.h"

namespace sluice::cli {
namespace {

using desired::SyncReport;
using nlohmann::ordered_json;

struct SyncCommand {
  CommonOptions common;
  SchemaOptions schema;
  std::string policy = "additive";
  bool dry_run = false;
  bool allow_data_loss = false;
  PatienceOptions patience;

  desired::SyncRequest request() const {
    desired::SyncRequest request;
    request.policy = policy == "full" ? desired::Policy::Full : desired::Policy::Additive;
    request.allow_data_loss = allow_data_loss || dry_run;
    request.compare = schema.diff();
    request.apply = patience.apply();
    return request;
  }
};

ordered_json to_json(const SyncCommand& command, const SyncReport& report) {
  ordered_json document{{"policy", command.policy},
                        {"dryRun", command.dry_run},
                        {"tablesLookedAt", report.tables_looked_at},
                        {"tablesChanged", report.tables_changed},
                        {"tablesCreated", report.tables_created},
                        {"tablesDropped", report.tables_dropped},
                        {"columnsAdded", ordered_json::array()},
                        {"groups", cli::to_json(report.groups)},
                        {"leftUndone", ordered_json::array()},
                        {"warnings", report.warnings},
                        {"verification", nullptr},
                        {"remaining", ordered_json::array()}};
  for (const desired::AddedColumn& column : report.columns_added)
    document["columnsAdded"].push_back({{"table", column.table},
                                        {"column", column.column},
                                        {"type", column.type},
                                        {"sql", column.sql}});
  for (const schema::LeftUndone& left : report.left_undone) {
    document["leftUndone"].push_back(cli::to_json(left.difference));
    document["leftUndone"].back()["reason"] = left.reason;
  }
  for (const schema::Difference& difference : report.remaining)
    document["remaining"].push_back(cli::to_json(difference));
  if (!command.dry_run) document["verification"] = report.verified ? "passed" : "failed";
  return document;
}

void print_report(const SyncCommand& command, const SyncReport& report) {
  const char* const will = command.dry_run ? "would " : "";
  std::cout << "looked at " << base::counted(report.tables_looked_at, "table") << "; " << will
            << (command.dry_run ? "change " : "changed ") << report.tables_changed.size() << ", "
            << (command.dry_run ? "create " : "created ") << report.tables_created.size() << ", "
            << (command.dry_run ? "drop " : "dropped ") << report.tables_dropped.size() << "; "
            << base::counted(report.statements(), "statement") << "\n";
  for (const desired::AddedColumn& column : report.columns_added)
    std::cout << "column " << column.column << " " << column.type << " of " << column.table << ": "
              << column.sql << "\n";
  for (const schema::LeftUndone& left : report.left_undone)
    std::cout << "left undone: " << to_text(std::vector<schema::LeftUndone>{left});
  if (command.dry_run) {
    if (!report.groups.empty()) std::cout << "\n" << to_sql(report.groups);
    return;
  }
  std::cout << "verification " << (report.verified ? "passed" : "failed") << "\n";
  if (!report.verified) std::cout << to_text(report.remaining);
}

int sync(const SyncCommand& command) {
  const runner::Interrupt interrupt;
  const desired::Source source = desired::source_of(command.schema.schema);
  const postgres::ConnectOptions database = connect_options(command.common);
  desired::Loader loader = make_loader(command.schema, database, interrupt.token());
  const desired::Loaded wanted = loader.load(source);
  print_warnings(loader.warnings());
  postgres::Session session(database);
  SyncReport report;
  if (command.dry_run) {
    report = desired::plan_sync(schema::read(session), wanted, command.request());
  } else {
    postgres::AdvisoryLock lock(session, command.patience.wait(), interrupt.token());
    Progress progress;
    try {
      report = desired::sync(lock, wanted, command.request(), progress, interrupt.token());
    } catch (const base::Error&) {
      progress.clear();
      throw;
    }
    progress.clear();
  }
  print_warnings(report.warnings);
  if (command.common.json()) {
    print(to_json(command, report));
  } else {
    print_report(command, report);
  }
  return command.dry_run || report.verified ? kDone : kFailed;
}

}  // namespace

void add_sync_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<SyncCommand>();
  CLI::App& command =
      *app.add_subcommand("sync", "Bring the database to a wanted schema, without revisions");
  add_database_options(command, options->common);
  add_schema_option(command, options->schema);
  command.get_option("--schema")->required();
  command
      .add_option("--policy", options->policy,
                  "additive: creates what is missing, and never drops, narrows or rewrites; full: "
                  "all that differs")
      ->capture_default_str()
      ->check(CLI::IsMember({"additive", "full"}));
  command.add_flag("--dry-run", options->dry_run, "print what would be done, and do nothing");
  command.add_flag("--allow-data-loss", options->allow_data_loss,
                   "with --policy full: also what loses rows or values");
  add_compare_options(command, options->schema);
  add_patience_options(command, options->patience);
  add_output_option(command, options->common);
  command.footer(std::string(kScratchHelp) +
                 "\nExamples:\n"
                 "  sluice sync --schema schema.sql\n"
                 "  sluice sync --schema schema/ --policy full --dry-run\n"
                 "  sluice sync --schema schema/ --policy full --allow-data-loss");
  command.callback([options, &status] { status = sync(*options); });
}

}  // namespace sluice::cli
