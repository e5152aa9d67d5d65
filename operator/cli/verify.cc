#include <yaml-cpp/yaml.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/schema_options.h"
#include "desired/verify.h"
#include "ledger/ledger.h"
#include "runner/interrupt.h"

namespace sluice::cli {
namespace {

using base::Error;
using base::ErrorKind;
using desired::Verification;
using nlohmann::ordered_json;

struct VerifyCommand {
  CommonOptions common;
  SchemaOptions schema;
  std::vector<std::string> tables, columns, checks;
  std::string checks_file;
  bool fix_plan = false;
};

[[noreturn]] void invalid(const std::string& what, const std::string& remedy) {
  throw Error(ErrorKind::Invalid, "CheckInvalid", what, remedy);
}

// NAME=SQL=EXPECT; the SQL may hold further signs.
desired::Check parse_check(const std::string& text) {
  const size_t first = text.find('=');
  const size_t last = text.rfind('=');
  if (first == 0 || first == std::string::npos || last <= first + 1)
    invalid("--check-sql `" + base::truncate_utf8(text, 80) + "` has not three parts",
            "write NAME=SQL=EXPECT, as in `orders=SELECT count(*) > 0 FROM orders=true`");
  return {text.substr(0, first), text.substr(first + 1, last - first - 1), text.substr(last + 1)};
}

std::vector<desired::Check> read_checks(const std::string& file) {
  constexpr size_t kMost = size_t{1} << 20U;
  const std::string shape = "write a list of {name: …, sql: …, expect: …}";
  std::vector<desired::Check> checks;
  try {
    const YAML::Node document = YAML::Load(base::read_file(file, kMost));
    if (!document.IsSequence()) invalid(file + ": not a list", shape);
    for (const YAML::Node& node : document) {
      const std::string place = file + ":" + std::to_string(node.Mark().line + 1);
      if (!node.IsMap()) invalid(place + ": not a check", shape);
      desired::Check check;
      for (const auto& [key, value] : std::map<std::string, std::string*>{
               {"name", &check.name}, {"sql", &check.sql}, {"expect", &check.expect}}) {
        if (!node[key] || !node[key].IsScalar())
          invalid(place + ": `" + key + "` is missing", shape);
        *value = node[key].Scalar();
      }
      checks.push_back(std::move(check));
    }
  } catch (const YAML::Exception& error) {
    invalid(file + ":" + std::to_string(error.mark.line + 1) + ": " + error.msg, shape);
  }
  return checks;
}

std::string_view drift_of(schema::Change change) {
  switch (change) {
    case schema::Change::Add:
      return "missing";
    case schema::Change::Drop:
      return "unexpected";
    case schema::Change::Alter:
    case schema::Change::Rename:
      break;
  }
  return "differs";
}

ordered_json to_json(const desired::Counts& counts) {
  return {{"tables", counts.tables}, {"columns", counts.columns}};
}

ordered_json to_json(const std::vector<desired::Met>& list) {
  ordered_json items = ordered_json::array();
  for (const desired::Met& met : list)
    items.push_back({{"name", met.name}, {"there", met.met}, {"remark", met.remark}});
  return items;
}

ordered_json to_json(const Verification& found, const std::vector<std::string>& warnings,
                     bool fix_plan) {
  ordered_json document{{"passed", found.passed()},
                        {"compared", found.compared},
                        {"database", to_json(found.live)},
                        {"wanted", found.compared ? to_json(found.wanted) : ordered_json()},
                        {"drift", ordered_json::array()},
                        {"tables", to_json(found.tables)},
                        {"columns", to_json(found.columns)},
                        {"checks", ordered_json::array()},
                        {"warnings", warnings}};
  for (const schema::Difference& difference : found.diff.differences) {
    ordered_json item = cli::to_json(difference);
    item["drift"] = drift_of(difference.change);
    document["drift"].push_back(std::move(item));
  }
  for (const desired::Answer& answer : found.answers)
    document["checks"].push_back(
        {{"name", answer.check.name},
         {"sql", answer.check.sql},
         {"expect", answer.check.expect},
         {"got", answer.error.empty() ? ordered_json(answer.got) : ordered_json()},
         {"error", answer.error},
         {"passed", answer.passed}});
  if (fix_plan) document["fixPlan"] = cli::to_json(found.diff.groups);
  return document;
}

void print_drift(const schema::Diff& diff) {
  constexpr size_t kWidth = 12;
  for (const schema::Difference& difference : diff.differences) {
    std::string word(drift_of(difference.change));
    word.resize(kWidth, ' ');
    std::cout << word << difference.identity << "\n";
    // The diff leads from the database to what is wanted.
    for (const std::string& detail : difference.details)
      std::cout << std::string(kWidth, ' ') << "  " << detail << "\n";
  }
}

void print_met(const char* kind, const std::vector<desired::Met>& list) {
  for (const desired::Met& met : list)
    std::cout << (met.met ? "there       " : "missing     ") << kind << " " << met.name
              << (met.remark.empty() ? "" : ": " + met.remark) << "\n";
}

void print_report(const Verification& found) {
  std::cout << "database: " << base::counted(found.live.tables, "table") << ", "
            << base::counted(found.live.columns, "column");
  if (found.compared)
    std::cout << "; wanted: " << base::counted(found.wanted.tables, "table") << ", "
              << base::counted(found.wanted.columns, "column");
  std::cout << "\n";
  print_drift(found.diff);
  print_met("required table", found.tables);
  print_met("required column", found.columns);
  for (const desired::Answer& answer : found.answers) {
    std::cout << (answer.passed ? "passed      check " : "failed      check ") << answer.check.name;
    if (!answer.error.empty()) std::cout << ": " << answer.error;
    if (!answer.passed && answer.error.empty())
      std::cout << ": " << answer.got << ", expected " << answer.check.expect;
    std::cout << "\n";
  }
  std::cout << "verification " << (found.passed() ? "passed" : "failed") << "\n";
}

int verify(const VerifyCommand& command) {
  const runner::Interrupt interrupt;
  desired::Requirements requirements{command.tables, command.columns, {}};
  if (!command.checks_file.empty()) requirements.checks = read_checks(command.checks_file);
  for (const std::string& text : command.checks) requirements.checks.push_back(parse_check(text));
  std::optional<desired::Source> source;
  if (!command.schema.schema.empty()) source = desired::source_of(command.schema.schema);
  const postgres::ConnectOptions database = connect_options(command.common);
  postgres::Session session(database);
  const std::stop_callback on_stop(interrupt.token(), [&session] { session.cancel(); });
  if (!source) {
    const ledger::State state = ledger::read(session);
    if (!state.applied.empty() || !state.repeatables.empty())
      source = desired::source_of(state, "the revisions of " + session.where());
  }
  if (!source && requirements.empty())
    throw Error(ErrorKind::Invalid, "NothingToCompare",
                session.where() + " has no revisions applied, and no schema is named",
                "name the wanted schema with --schema, or requirements with --require-table, "
                "--require-column, --check-sql or --checks");
  desired::Loader loader = make_loader(command.schema, database, interrupt.token());
  std::optional<desired::Loaded> wanted;
  if (source) wanted = loader.load(*source);
  const Verification found =
      desired::verify(session, wanted ? &*wanted : nullptr, requirements, command.schema.diff());
  const std::vector<std::string> warnings = all_warnings(loader, found.diff);
  if (command.common.json()) {
    print(to_json(found, warnings, command.fix_plan));
  } else {
    print_warnings(warnings);
    if (command.fix_plan) {
      std::cout << (found.diff.groups.empty() ? "-- nothing to run\n" : to_sql(found.diff.groups));
    } else {
      print_report(found);
    }
  }
  return found.passed() ? kDone : kRefused;
}

}  // namespace

void add_verify_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<VerifyCommand>();
  CLI::App& command = *app.add_subcommand(
      "verify", "Exit with 3 when the database is not what its revisions, or a schema, say");
  add_database_options(command, options->common);
  add_schema_option(command, options->schema);
  command.get_option("--schema")
      ->description(command.get_option("--schema")->get_description() +
                    "; else what the applied revisions lead to, from the texts that the ledger "
                    "keeps");
  command.add_option("--require-table", options->tables, "a table or view that must be there")
      ->allow_extra_args(false);
  command.add_option("--require-column", options->columns, "TABLE.COLUMN that must be there")
      ->allow_extra_args(false);
  command
      .add_option("--check-sql", options->checks,
                  "NAME=SQL=EXPECT: the first value that the SQL answers with, as text")
      ->allow_extra_args(false);
  command.add_option("--checks", options->checks_file, "a YAML list of {name, sql, expect}");
  command.add_flag("--fix-plan", options->fix_plan,
                   "print the SQL that would bring the database back");
  add_compare_options(command, options->schema);
  add_output_option(command, options->common);
  command.footer(
      std::string(kScratchHelp) +
      "\nExamples:\n"
      "  sluice verify\n"
      "  sluice verify --schema schema.sql --fix-plan\n"
      "  sluice verify --require-table orders --require-column users.email \\\n"
      "    --check-sql 'no orphans=SELECT count(*) FROM orders WHERE user_id IS NULL=0'");
  command.callback([options, &status] { status = verify(*options); });
}

}  // namespace sluice::cli
