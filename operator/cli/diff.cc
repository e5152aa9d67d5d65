#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/schema_options.h"
#include "runner/interrupt.h"

namespace sluice::cli {
namespace {

struct DiffCommand {
  CommonOptions common;
  SchemaOptions schema;
  std::string from, to;
  bool additive = false;
  bool offline = false;
};

// The plan is for the database, and scratch ones resemble it.
std::optional<postgres::ConnectOptions> target_of(const desired::Source& from,
                                                  const desired::Source& to) {
  for (const desired::Source* source : {&from, &to})
    if (source->kind == desired::Source::Kind::Database) return source->database;
  return std::nullopt;
}

int diff(const DiffCommand& command) {
  if (command.from == "-" && command.to == "-")
    throw base::Error(base::ErrorKind::Invalid, "UsageInvalid",
                      "--from and --to both name standard input, which can be read once",
                      "write one of them to a file");
  const runner::Interrupt interrupt;
  const desired::Source from = desired::source_of(command.from);
  const desired::Source to = desired::source_of(command.to);
  desired::Loader loader = make_loader(command.schema, target_of(from, to), interrupt.token());
  const auto [was, is] = loader.load(from, to);
  schema::DiffOptions options = command.schema.diff();
  options.additive_only = command.additive;
  options.offline = command.offline;
  schema::Diff found = compare(was, is, options);
  found.warnings = all_warnings(loader, found);
  if (command.common.json()) {
    print(to_json(found));
    return kDone;
  }
  print_warnings(found.warnings);
  for (const schema::LeftUndone& left : found.left_undone)
    std::cerr << "left undone: " << to_text({left});
  if (found.groups.empty()) {
    std::cout << (found.empty() ? "-- no difference\n" : "-- nothing to run\n");
  } else {
    std::cout << "-- from " << was.described << "\n-- to " << is.described << "\n"
              << to_sql(found.groups);
  }
  return kDone;
}

}  // namespace

void add_diff_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<DiffCommand>();
  CLI::App& command =
      *app.add_subcommand("diff", "Print the SQL that leads from one schema to another");
  const char* const what =
      "a database's URL, a SQL file, `-` for standard input, or a directory of SQL files or of "
      "revisions";
  command.add_option("--from", options->from, std::string("what there is: ") + what)->required();
  command.add_option("--to", options->to, std::string("what is wanted: ") + what)->required();
  add_compare_options(command, options->schema);
  command.add_flag("--additive", options->additive,
                   "only what takes nothing away and disturbs nobody; the rest is named");
  command.add_flag("--offline", options->offline,
                   "for a database that nobody uses: nothing is done concurrently or in parts");
  add_output_option(command, options->common);
  command.footer(
      std::string(kScratchHelp) +
      "\nExamples:\n"
      "  sluice diff --from postgresql://me@localhost/shop --to schema.sql\n"
      "  sluice diff --from migrations --to schema/ --output json\n"
      "  python3 models.py > schema.sql && sluice diff --from \"$DATABASE_URL\" --to schema.sql "
      "> plan.sql\n"
      "  psql -v ON_ERROR_STOP=1 -f plan.sql \"$DATABASE_URL\"      # once it is read");
  command.callback([options, &status] { status = diff(*options); });
}

}  // namespace sluice::cli
