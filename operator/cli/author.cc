#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/autogenerate.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/exit_status.h"
#include "cli/new_file.h"
#include "revisions/formats.h"
#include "revisions/render.h"
#include "revisions/target.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using revisions::Graph;
using revisions::Node;
using revisions::Revision;

struct AuthorOptions {
  CommonOptions common;
  std::string directory;
  std::string message;
  std::string head = "head";
  std::string id;
  std::vector<std::string> branch_labels;
  std::vector<std::string> depends_on;
  std::vector<std::string> merged;
  bool splice = false;
  bool autogenerate = false;
  SchemaOptions schema;
};

constexpr const char* kReadme =
    "Revision files of Sluice, one schema change a file: a header of `-- key: value` lines, the "
    "SQL\n"
    "below `-- migrate:up`, and the way back below `-- migrate:down`.\n"
    "\n"
    "    sluice revision -m \"add last_login to users\"    makes the next one\n"
    "    sluice upgrade                                  applies what is pending\n";

// A file like .gitkeep is nobody's revision.
bool holds_anything(const fs::path& directory) {
  std::error_code code;
  for (fs::directory_iterator entry(directory, code), end; !code && entry != end;
       entry.increment(code))
    if (!entry->path().filename().string().starts_with('.')) return true;
  return static_cast<bool>(code);
}

int init(const AuthorOptions& options) {
  const fs::path directory =
      options.directory.empty() ? options.common.directories.front() : options.directory;
  std::error_code code;
  if (fs::exists(directory, code) &&
      (!fs::is_directory(directory, code) || holds_anything(directory)))
    throw Error(ErrorKind::Invalid, "DirectoryNotEmpty",
                directory.string() + " exists and is not an empty directory",
                "name another, or use it as it is");
  fs::create_directories(directory, code);
  if (code)
    throw Error(ErrorKind::Failed, "WriteFailed", directory.string() + ": " + code.message(),
                "check the path and its permissions");
  write_new_file(directory / "README", kReadme);
  if (options.common.json()) {
    print({{"directory", directory.string()}});
  } else {
    std::cout << "Created " << directory.string()
              << "\nNext: sluice revision -m \"the first change\""
              << (directory == "migrations" ? "" : " --dir " + directory.string()) << "\n";
  }
  return kDone;
}

// What is there; a directory without revisions is a beginning, too.
std::vector<Revision> load_or_none(const CommonOptions& options) {
  try {
    return load(options);
  } catch (const Error& error) {
    if (error.reason() == "SourceEmpty") return {};
    if (error.reason() == "SourceMissing")
      throw Error(error.kind(), error.reason(), error.message(),
                  "make it with `sluice init`, or name another with --dir");
    throw;
  }
}

// Partial ids become whole ones; labels stay.
std::vector<std::string> resolve_dependencies(const Graph& graph,
                                              const std::vector<std::string>& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    const Revision& revision = graph.at(graph.resolve(name));
    const bool is_label =
        std::ranges::find(revision.branch_labels, name) != revision.branch_labels.end();
    ids.push_back(is_label ? name : revision.id);
  }
  return ids;
}

// Refuses what the files would be no graph with, before anything is written.
int write(const AuthorOptions& options, std::vector<Revision> others, Revision revision) {
  if (revision.id.empty()) revision.id = make_revision_id();
  const std::string slug = slug_of(revision.message);
  revision.file = revision.id + (slug.empty() ? "" : "_" + slug) + ".sql";
  revision.created = base::to_rfc3339(base::now());
  revision.up.sql = "\n";
  revision.down = revisions::Section{"\n", 0};
  const std::string text = revisions::render(revision);
  others.push_back(revisions::parse_revision(revision.file, text));
  const Graph graph(std::move(others));
  const fs::path path = fs::path(options.common.directories.front()) / revision.file;
  write_new_file(path, text);
  if (options.common.json()) {
    print({{"revision", revision.id},
           {"file", path.string()},
           {"revises", revision.revises},
           {"branchLabels", revision.branch_labels},
           {"dependsOn", revision.depends_on},
           {"message", revision.message}});
  } else {
    std::cout << "Generated " << path.string() << "\n";
  }
  return kDone;
}

// A line of another tool's has its own names and order.
void expect_own_format(const CommonOptions& options, const std::vector<Revision>& present) {
  std::string format = options.format;
  if (format.empty() && !present.empty()) {
    const std::string& name = present.front().file;
    const fs::path path = options.directories.size() == 1
                              ? fs::path(options.directories.front()) / name
                              : fs::path(name);
    revisions::Format read_as = revisions::Format::Sluice;
    revisions::read_files({{name, base::read_file(path)}}, std::nullopt, &read_as);
    format = to_string(read_as);
  }
  if (!format.empty() && format != "sluice")
    throw Error(
        ErrorKind::Invalid, "FormatUnknown",
        "new revisions are written as Sluice's own files, not as those of " + format,
        "write the file as that tool wants it, or turn the directory into Sluice's own with "
        "`sluice import`");
}

struct Draft {
  std::vector<Revision> present;
  Revision revision;
};

// The new revision, with all but its SQL.
Draft draft(const AuthorOptions& options, const std::vector<std::string>& heads, bool merging) {
  std::vector<Revision> present = load_or_none(options.common);
  expect_own_format(options.common, present);
  const Graph graph(present);
  Revision revision;
  revision.id = options.id;
  revision.message = options.message;
  revision.branch_labels = options.branch_labels;
  for (const std::string& head : heads) {
    if (graph.revisions().empty() && (head == "head" || head == "heads")) continue;
    for (const Node node : revisions::nodes_of(graph, target_of(head))) {
      const std::string& id = graph.at(node).id;
      if (std::ranges::find(revision.revises, id) != revision.revises.end())
        throw Error(ErrorKind::Invalid, "TargetAmbiguous", "revision " + id + " is named twice",
                    "name it once");
      if (!options.splice && !graph.revised_by(node).empty())
        throw Error(ErrorKind::Refused, "NotAHead", "revision " + id + " is not a head",
                    merging ? "merge heads; `sluice heads` lists them"
                            : "name a head, or begin a new branch there with --splice");
      revision.revises.push_back(id);
    }
  }
  if (merging && revision.revises.size() < 2)
    throw Error(ErrorKind::Refused, "NothingToMerge",
                revision.revises.empty() ? "there is no head"
                                         : "there is one head only, " + revision.revises.front(),
                "name two revisions or more");
  if (merging && revision.message.empty())
    revision.message = "merge " + base::join(revision.revises, " and ");
  revision.depends_on = resolve_dependencies(graph, options.depends_on);
  return {std::move(present), std::move(revision)};
}

int author(const AuthorOptions& options, const std::vector<std::string>& heads, bool merging) {
  Draft made = draft(options, heads, merging);
  return write(options, std::move(made.present), std::move(made.revision));
}

int revise(const AuthorOptions& options) {
  if (options.autogenerate == options.schema.schema.empty())
    throw CLI::ValidationError(options.autogenerate
                                   ? "--autogenerate needs --schema, the wanted schema"
                                   : "--schema is for --autogenerate");
  if (!options.autogenerate) return author(options, {options.head}, false);
  const Draft made = draft(options, {options.head}, false);
  return autogenerate(options.common, options.schema, made.present, made.revision);
}

void add_new_options(CLI::App& command, AuthorOptions& options) {
  add_directory_option(command, options.common);
  add_format_option(command, options.common, "--format");
  add_output_option(command, options.common);
  command.add_option("-m,--message", options.message, "what it does; also names the file");
  command.add_option("--branch-label", options.branch_labels, "a name for the branch that begins")
      ->allow_extra_args(false);
  command.add_option("--rev-id", options.id, "its id (default: 12 hexadecimal digits)");
}

}  // namespace

void add_author_commands(CLI::App& app, int& status) {
  {
    const auto options = std::make_shared<AuthorOptions>();
    CLI::App& command = *app.add_subcommand("init", "Make a directory for revision files");
    add_directory_option(command, options->common);
    add_output_option(command, options->common);
    command.add_option("DIRECTORY", options->directory, "which (default: that of --dir)");
    command.footer("Example:\n  sluice init migrations");
    command.callback([options, &status] { status = init(*options); });
  }
  {
    const auto options = std::make_shared<AuthorOptions>();
    CLI::App& command = *app.add_subcommand(
        "revision", "Write a new revision file, empty or --autogenerate, into the first --dir");
    add_new_options(command, *options);
    command
        .add_option("--head", options->head,
                    "what it revises: head, an id, label@head; base: nothing")
        ->capture_default_str();
    add_database_options(command, options->common);
    command.add_flag("--autogenerate", options->autogenerate,
                     "write what leads from the revisions to the wanted schema, and back");
    add_schema_option(command, options->schema);
    add_compare_options(command, options->schema);
    command.add_flag("--splice", options->splice, "let it revise what is not a head");
    command
        .add_option("--depends-on", options->depends_on,
                    "an id, prefix or label that it needs; may be repeated")
        ->allow_extra_args(false);
    command.footer(
        "Examples:\n"
        "  sluice revision -m \"add last_login to users\"\n"
        "  sluice revision -m \"a branch of its own\" --head base --branch-label reports\n"
        "  sluice revision -m \"on that branch\" --head reports@head --depends-on 3f2a\n"
        "  sluice revision --autogenerate --schema schema.sql -m \"as the models say\"");
    command.callback([options, &status] { status = revise(*options); });
  }
  {
    const auto options = std::make_shared<AuthorOptions>();
    CLI::App& command =
        *app.add_subcommand("merge", "Write a revision file that merges several heads");
    add_new_options(command, *options);
    command.add_option("REVISIONS", options->merged, "which (default: heads)");
    command.footer("Examples:\n  sluice merge\n  sluice merge 3f2a 91c0 -m \"merge reports\"");
    command.callback([options, &status] {
      const std::vector<std::string> all{"heads"};
      status = author(*options, options->merged.empty() ? all : options->merged, true);
    });
  }
}

}  // namespace sluice::cli
