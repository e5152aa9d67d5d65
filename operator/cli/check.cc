#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/schema_options.h"
#include "runner/interrupt.h"

namespace sluice::cli {
namespace {

struct CheckCommand {
  CommonOptions common;
  SchemaOptions schema;
};

int check(const CheckCommand& command) {
  const runner::Interrupt interrupt;
  const desired::Source wanted = desired::source_of(command.schema.schema);
  const desired::Source revisions =
      desired::source_of(load(command.common), base::join(command.common.directories, ", "));
  desired::Loader loader = make_loader(
      command.schema, scratch_target(command.common, command.schema), interrupt.token());
  const desired::Loaded was = loader.load(revisions);
  const desired::Loaded is = loader.load(wanted);
  schema::Diff found = compare(was, is, command.schema.diff());
  found.warnings = all_warnings(loader, found);
  if (command.common.json()) {
    nlohmann::ordered_json document{{"same", found.empty()}};
    document.update(to_json(found));
    print(document);
  } else {
    print_warnings(found.warnings);
    std::cout << to_text(found.differences);
    if (found.empty()) {
      std::cout << "the revisions lead to the wanted schema\n";
    } else {
      std::cout << std::flush;
      std::cerr << "the revisions and the wanted schema differ in "
                << base::counted(found.differences.size(), "object")
                << "; `sluice revision --autogenerate` writes what is missing\n";
    }
  }
  return found.empty() ? kDone : kRefused;
}

}  // namespace

void add_check_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<CheckCommand>();
  CLI::App& command = *app.add_subcommand(
      "check", "Exit with 3 when the revisions do not lead to the wanted schema");
  add_common_options(command, options->common);
  add_schema_option(command, options->schema);
  command.get_option("--schema")->required();
  add_compare_options(command, options->schema);
  command.footer(std::string(kScratchHelp) +
                 "\nExamples:\n"
                 "  sluice check --schema schema.sql\n"
                 "  sluice check --schema schema/ --dir migrations --output json");
  command.callback([options, &status] { status = check(*options); });
}

}  // namespace sluice::cli
