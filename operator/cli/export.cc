#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/draw_schema.h"
#include "cli/exit_status.h"
#include "cli/new_file.h"
#include "cli/schema_options.h"
#include "desired/hints.h"
#include "postgres/session.h"
#include "runner/interrupt.h"
#include "schema/foreign_history.h"
#include "schema/print.h"
#include "schema/read.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

struct ExportCommand {
  CommonOptions common;
  SchemaOptions schema;
  std::string directory;
  std::string format = "sql";
  std::string plan_to;

  bool is_picture() const { return format == "mermaid" || format == "svg"; }
  std::string extension() const { return format == "mermaid" ? "mmd" : format; }
};

struct Written {
  fs::path file, latest;
};

// schema_export_20261121_100000, from 2026-11-21T10:00:00Z.
std::string name_at(base::Timestamp time) {
  std::string name = "schema_export_";
  for (const char c : base::to_rfc3339(time))
    if (c >= '0' && c <= '9') {
      name += c;
    } else if (c == 'T') {
      name += '_';
    }
  return name;
}

// There are two exports in one second: the later one waits.
fs::path write(const ExportCommand& command, const std::string& text) {
  constexpr int kTries = 10;
  for (int tries = 1;; ++tries) {
    const fs::path path =
        fs::path(command.directory) / (name_at(base::now()) + "." + command.extension());
    try {
      write_new_file(path, text);
      return path;
    } catch (const Error& error) {
      if (error.reason() != "FileExists" || tries == kTries) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
}

fs::path latest_of(const ExportCommand& command) {
  return fs::path(command.directory) / ("latest_schema." + command.extension());
}

// What is no link is not ours to replace.
void expect_link(const fs::path& latest) {
  std::error_code failure;
  const fs::file_status status = fs::symlink_status(latest, failure);
  if (fs::exists(status) && !fs::is_symlink(status))
    throw Error(ErrorKind::Refused, "FileExists", latest.string() + " is no symbolic link",
                "move it away, or choose another directory");
}

// The link always leads to a whole file.
fs::path point_at(const ExportCommand& command, const fs::path& file) {
  const fs::path latest = latest_of(command);
  const fs::path aside =
      fs::path(command.directory) / (".latest_schema." + file.filename().string());
  std::error_code failure;
  expect_link(latest);
  fs::create_symlink(file.filename(), aside, failure);
  if (!failure) fs::rename(aside, latest, failure);
  if (failure)
    throw Error(ErrorKind::Failed, "WriteFailed", latest.string() + ": " + failure.message(),
                "check the directory and its permissions");
  return latest;
}

Written publish(const ExportCommand& command, const std::string& text) {
  std::error_code failure;
  fs::create_directories(command.directory, failure);
  if (failure)
    throw Error(ErrorKind::Failed, "WriteFailed", command.directory + ": " + failure.message(),
                "check the directory and its permissions");
  expect_link(latest_of(command));
  const fs::path file = write(command, text);
  return {file, point_at(command, file)};
}

std::string picture(const ExportCommand& command, const schema::Entities& entities) {
  return command.format == "svg" ? draw_svg(entities) : draw_mermaid(entities);
}

std::string text_of(const ExportCommand& command, const schema::Catalog& catalog) {
  if (command.format == "sql") return schema::print_sql(catalog, command.schema.diff());
  if (command.format == "json") return schema::print_json(catalog, command.schema.diff());
  return picture(command, schema::entities_of(catalog));
}

int run_export(const ExportCommand& command) {
  if (!command.plan_to.empty() && !command.is_picture())
    throw Error(ErrorKind::Invalid, "PlanNotDrawn",
                "--plan-to marks a plan in a picture, and " + command.format + " is none",
                "add --format svg or --format mermaid; `sluice diff` prints the plan itself");
  const runner::Interrupt interrupt;
  std::optional<desired::Source> source;
  if (!command.plan_to.empty()) source = desired::source_of(command.plan_to);
  const postgres::ConnectOptions database = connect_options(command.common);
  postgres::Session session(database);
  const std::stop_callback on_stop(interrupt.token(), [&session] { session.cancel(); });
  schema::Catalog catalog = schema::read(session);
  std::vector<std::string> warnings;
  std::string text;
  if (source) {
    desired::Loader loader = make_loader(command.schema, database, interrupt.token());
    const desired::Loaded wanted = loader.load(*source);
    catalog = schema::without_foreign_histories(std::move(catalog), &wanted.catalog);
    warnings = catalog.warnings;
    text = picture(command,
                   schema::entities_of(catalog, wanted.catalog,
                                       desired::pending(wanted.hints, catalog, wanted.catalog)));
    warnings.insert(warnings.end(), loader.warnings().begin(), loader.warnings().end());
  } else {
    catalog = schema::without_foreign_histories(std::move(catalog));
    warnings = catalog.warnings;
    text = text_of(command, catalog);
  }
  if (command.directory.empty()) {
    if (command.common.json()) {
      print({{"format", command.format}, {"content", text}, {"warnings", warnings}});
    } else {
      print_warnings(warnings);
      std::cout << text;
    }
    return kDone;
  }
  const Written written = publish(command, text);
  if (command.common.json()) {
    print({{"file", written.file.string()},
           {"latest", written.latest.string()},
           {"warnings", warnings}});
  } else {
    print_warnings(warnings);
    std::cout << written.file.string() << "\n";
  }
  return kDone;
}

}  // namespace

void add_export_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<ExportCommand>();
  CLI::App& command = *app.add_subcommand(
      "export", "Write a database's schema as SQL, as JSON, or as a picture of its tables");
  add_database_options(command, options->common);
  command.add_option("--out", options->directory,
                     "a directory: the file gets a name with the time (UTC), and latest_schema.sql "
                     "leads to it; else standard output");
  command.add_option("--format", options->format, "sql, json, mermaid or svg")
      ->check(CLI::IsMember({"sql", "json", "mermaid", "svg"}))
      ->capture_default_str();
  command.add_option("--plan-to", options->plan_to,
                     "in a picture, mark what would be added, changed and dropped on the way to "
                     "this schema: a database's URL, a SQL file, `-`, or a directory");
  add_compare_options(command, options->schema);
  add_output_option(command, options->common);
  command.footer(
      "Examples:\n"
      "  sluice export --out exports\n"
      "  sluice export | psql -X -v ON_ERROR_STOP=1 --single-transaction another_database\n"
      "  sluice export --format svg --plan-to migrations > plan.svg\n");
  command.callback([options, &status] { status = run_export(*options); });
}

}  // namespace sluice::cli
