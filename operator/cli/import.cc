#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/exit_status.h"
#include "cli/import_alembic.h"
#include "revisions/graph.h"
#include "revisions/load.h"
#include "revisions/render.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

struct ImportOptions {
  std::string tool;
  std::string directory = ".";
  std::string out = "migrations";
  std::string output = "text";
  uint32_t timeout_seconds = 300;
  AlembicSource alembic;
};

std::string file_name(const revisions::Revision& revision) {
  std::string slug;
  for (const char c : revision.message) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) {
      slug += upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!slug.empty() && slug.back() != '_') {
      slug += '_';
    }
    if (slug.size() == 40) break;
  }
  while (slug.ends_with('_')) slug.pop_back();
  return revision.id + (slug.empty() ? "" : "_" + slug) + ".sql";
}

void expect_free(const std::string& out) {
  std::error_code code;
  for (fs::directory_iterator entry(out, code), end; !code && entry != end; entry.increment(code))
    if (revisions::is_source_file(entry->path().filename().string()))
      throw Error(ErrorKind::Refused, "ImportTargetNotEmpty",
                  "there are revision files in " + out + " already, such as " +
                      entry->path().filename().string(),
                  "name another directory with --out, or move them away");
}

// All is rendered and read back before the first file is written.
std::vector<revisions::SourceFile> rendered(const Imported& imported) {
  std::vector<revisions::SourceFile> files;
  for (const revisions::Revision& revision : imported.revisions)
    files.push_back({file_name(revision), revisions::render(revision)});
  const revisions::Graph graph(revisions::read_files(files, revisions::Format::Sluice));
  return files;
}

void write(const std::string& out, const std::vector<revisions::SourceFile>& files) {
  std::error_code code;
  fs::create_directories(out, code);
  for (const revisions::SourceFile& file : files) {
    std::ofstream stream(fs::path(out) / file.name, std::ios::binary);
    stream << file.bytes << std::flush;
    if (!stream)
      throw Error(ErrorKind::Failed, "WriteFailed", "cannot write " + out + "/" + file.name,
                  "look at the directory's permissions and at the space left");
  }
}

Imported read(const ImportOptions& options) {
  if (options.tool == "alembic") {
    AlembicSource source = options.alembic;
    source.directory = options.directory;
    source.timeout = std::chrono::seconds(options.timeout_seconds);
    return import_alembic(source);
  }
  Imported imported;
  imported.revisions =
      revisions::load_directories({options.directory}, revisions::format_named(options.tool));
  return imported;
}

int import(const ImportOptions& options) {
  expect_free(options.out);
  const Imported imported = read(options);
  const std::vector<revisions::SourceFile> files = rendered(imported);
  write(options.out, files);
  for (const std::string& remark : imported.remarks) std::cerr << "warning: " << remark << "\n";
  if (options.output == "json") {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (size_t i = 0; i < files.size(); ++i)
      list.push_back({{"revision", imported.revisions[i].id},
                      {"file", files[i].name},
                      {"from", imported.revisions[i].file},
                      {"message", imported.revisions[i].message},
                      {"reversible", imported.revisions[i].down.has_value()}});
    print({{"directory", options.out},
           {"revisions", list},
           {"failed", imported.failed},
           {"warnings", imported.remarks}});
  } else {
    std::cout << base::counted(files.size(), "revision") << " written to " << options.out << "\n";
    if (!imported.failed.empty())
      std::cout << "not converted: " << base::join(imported.failed, ", ")
                << "; each fails when it is run, until its SQL is written by hand\n";
  }
  return imported.failed.empty() ? kDone : kFailed;
}

}  // namespace

void add_import_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<ImportOptions>();
  CLI::App& command = *app.add_subcommand(
      "import", "Write the migrations of another tool as revision files of Sluice's own");
  std::vector<std::string> tools{"alembic"};
  for (const std::string& name : revisions::format_names())
    if (name != "sluice") tools.push_back(name);
  command.add_option("TOOL", options->tool, "whose: " + base::join(tools, ", "))
      ->required()
      ->check(CLI::IsMember(tools));
  command.add_option("DIR", options->directory, "where its files are")->capture_default_str();
  command.add_option("--out", options->out, "directory to write to")->capture_default_str();
  command
      .add_option("--python", options->alembic.python,
                  "of alembic: the Python that has it and what env.py imports")
      ->capture_default_str();
  command.add_option("--timeout", options->timeout_seconds, "of alembic: seconds that it may take")
      ->capture_default_str();
  command.add_flag("--keep-going", options->alembic.keep_going,
                   "of alembic: write the rest when a revision cannot be written as SQL");
  command.add_option("--output", options->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command.footer(
      "Examples:\n"
      "  sluice import alembic . --out revisions --python .venv/bin/python\n"
      "  FLASK_APP=app sluice import alembic migrations --out revisions\n"
      "  sluice import flyway src/main/resources/db/migration --out revisions");
  command.callback([options, &status] { status = import(*options); });
}

}  // namespace sluice::cli
