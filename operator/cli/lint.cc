#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/exit_status.h"
#include "cli/version.h"
#include "lint/lint.h"
#include "lint/report.h"
#include "revisions/decode.h"
#include "revisions/formats.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;
using base::Error;

struct LintOptions {
  CommonOptions common;  // without a database
  bool directory_given = false;
  std::vector<std::string> files;
  std::vector<std::string> rules;  // NAME=LEVEL
  std::string config;
  std::string since;
  std::string fail_on;
  bool list = false;
};

// The file that was named, else the first `.sluice-lint.yaml` in a directory of revisions or the
// one above it; then what the options say.
lint::Config read_config(const LintOptions& options) {
  std::vector<fs::path> candidates;
  if (!options.config.empty()) candidates.emplace_back(options.config);
  for (const std::string& directory : options.common.directories) {
    if (!options.config.empty()) break;
    const fs::path in = fs::path(directory) / lint::kConfigFile;
    for (const fs::path& path : {in, fs::path(directory) / ".." / lint::kConfigFile})
      if (std::error_code code; fs::exists(path, code)) candidates.push_back(path);
  }
  lint::Config config;
  if (!candidates.empty()) {
    const fs::path& path = candidates.front();
    config = lint::parse_config(path.lexically_normal().string(),
                                base::read_file(path, lint::kMaxConfigBytes));
  }
  for (const std::string& rule : options.rules) {
    const size_t equal = rule.find('=');
    config.set(std::string_view(rule).substr(0, equal),
               equal == std::string::npos ? "" : std::string_view(rule).substr(equal + 1));
  }
  if (!options.fail_on.empty()) config.fail_on = lint::parse_fail_on(options.fail_on);
  return config;
}

// The path of a revision's file, as a reader at the working directory needs it.
std::string path_of(const std::vector<std::string>& directories, const std::string& file) {
  if (directories.size() != 1) return file;
  const fs::path path = (fs::path(directories.front()) / file).lexically_normal();
  std::error_code code;
  return fs::exists(path, code) ? path.string() : file;
}

void place(std::vector<lint::Finding>& findings, const std::vector<std::string>& directories) {
  for (lint::Finding& finding : findings) finding.file = path_of(directories, finding.file);
}

std::string directory_of(const std::string& file) {
  const fs::path beside = fs::path(file).parent_path();
  return beside.empty() ? "." : beside.string();
}

// What `--since` leaves: the revisions that it does not contain.
std::optional<std::set<std::string>> after(const revisions::Graph& graph,
                                           const std::string& since) {
  if (since.empty()) return std::nullopt;
  const std::vector<bool> done = graph.ancestors({graph.resolve(since)});
  std::set<std::string> ids;
  for (revisions::Node node = 0; node < graph.revisions().size(); ++node)
    if (!done[node]) ids.insert(graph.at(node).id);
  for (const revisions::Revision& revision : graph.repeatables()) ids.insert(revision.id);
  return ids;
}

std::vector<lint::Finding> lint_directories(const LintOptions& options,
                                            const std::vector<revisions::Revision>& revisions,
                                            const lint::Config& config) {
  const revisions::Graph graph(revisions);
  std::vector<lint::Finding> findings = lint::lint(graph, config, after(graph, options.since));
  place(findings, options.common.directories);
  return findings;
}

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code code;
  return fs::equivalent(a, b, code);
}

// Whether it is meant to be a revision, so that a directory that cannot be read is an error.
bool says_up(const std::string& sql) {
  return sql.starts_with("-- migrate:up") || sql.find("\n-- migrate:up") != std::string::npos ||
         sql.find("-- +goose Up") != std::string::npos;
}

// The revisions of the directory that `file` lies in, if it is one of them; else none.
std::vector<revisions::Revision> revisions_around(const LintOptions& options,
                                                  const std::string& file, const std::string& sql) {
  std::vector<revisions::Revision> revisions;
  try {
    revisions = load(options.common);
  } catch (const Error&) {
    if (says_up(sql)) throw;
    return {};
  }
  const bool among = std::ranges::any_of(revisions, [&](const revisions::Revision& revision) {
    const auto is_it = [&](const std::string& name) {
      return !name.empty() && is_same_file(path_of(options.common.directories, name), file);
    };
    return is_it(revision.file) || (revision.down && is_it(revision.down->file));
  });
  if (!among) revisions.clear();
  return revisions;
}

// A revision is judged with its directory in mind; any other file alone.
std::vector<lint::Finding> lint_file(LintOptions options, const std::string& file,
                                     const lint::Config& config) {
  const std::string bytes = base::read_file(file, revisions::kMaxRevisionBytes);
  const std::string sql = file.ends_with(".gz")
                              ? revisions::normalise(file, revisions::inflate(file, bytes))
                              : revisions::normalise(file, bytes);
  if (!options.directory_given) options.common.directories = {directory_of(file)};
  const std::vector<revisions::Revision> around = revisions_around(options, file, sql);
  if (around.empty()) return lint::lint_sql(file, sql, config);
  std::vector<lint::Finding> findings = lint_directories(options, around, config);
  std::erase_if(findings,
                [&](const lint::Finding& finding) { return !is_same_file(finding.file, file); });
  return findings;
}

void print_findings(const std::vector<lint::Finding>& findings, const std::string& output) {
  if (output == "json") {
    print(lint::as_json(findings));
  } else if (output == "sarif") {
    print(lint::as_sarif(findings, kVersion));
  } else if (output == "github") {
    std::cout << lint::as_github(findings);
  } else {
    std::cout << lint::as_text(findings);
  }
}

int list_rules(const lint::Config& config, const std::string& output) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const lint::Rule& rule : lint::rules()) {
    const std::string_view level = lint::to_string(config.level(rule.id));
    const std::string_view category = lint::to_string(rule.category);
    list.push_back({{"rule", rule.name},
                    {"level", level},
                    {"category", category},
                    {"title", rule.title},
                    {"why", rule.why},
                    {"instead", rule.remedy}});
    if (output == "text")
      std::cout << level << "  " << category << "  " << rule.name << "  " << rule.title << "\n";
  }
  if (output != "text") print({{"rules", list}});
  return kDone;
}

int run_lint(LintOptions options) {
  if (!options.directory_given && !options.files.empty())
    options.common.directories = {directory_of(options.files.front())};
  const lint::Config config = read_config(options);
  if (options.list) return list_rules(config, options.common.output);
  std::vector<lint::Finding> findings;
  if (options.files.empty()) findings = lint_directories(options, load(options.common), config);
  for (const std::string& file : options.files)
    std::ranges::move(lint_file(options, file, config), std::back_inserter(findings));
  print_findings(findings, options.common.output);
  return config.fail_on != lint::Level::Off && lint::worst(findings) >= config.fail_on ? kRefused
                                                                                       : kDone;
}

}  // namespace

void add_lint_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<LintOptions>();
  CLI::App& command = *app.add_subcommand(
      "lint",
      "Judge revisions, without a database: locks, rewrites, what breaks the running application, "
      "lost data");
  CLI::Option* const directory =
      command.add_option("--dir", options->common.directories, "directory of revision files")
          ->capture_default_str()
          ->allow_extra_args(false);
  command
      .add_option("--format", options->common.format,
                  "of the files, when it is not told from them: " +
                      base::join(revisions::format_names(), ", "))
      ->check(CLI::IsMember(revisions::format_names()));
  command.add_option("FILE", options->files,
                     "judge these alone: revisions with what their directory says before them, "
                     "other SQL files as one transaction");
  command.add_option("--rule", options->rules, "NAME=error|warning|note|off; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--config", options->config,
                     "else .sluice-lint.yaml in the directory or the one above it");
  command.add_option("--since", options->since, "only revisions that REVISION does not contain")
      ->type_name("REVISION");
  command.add_option("--fail-on", options->fail_on,
                     "exit with 3 from this level on: error (default), warning, note or never");
  command.add_option("--output", options->common.output, "text, json, sarif or github")
      ->check(CLI::IsMember({"text", "json", "sarif", "github"}));
  command.add_flag("--list-rules", options->list, "print the rules and their levels");
  command.footer(
      "Examples:\n"
      "  sluice lint\n"
      "  sluice lint --since 91c0aa3e55f2 --fail-on warning --output github\n"
      "  sluice lint --rule create-index=warning migrations/3f2a9c1b7d04_create_users.sql");
  command.callback([options, directory, &status] {
    options->directory_given = directory->count() > 0;
    status = run_lint(*options);
  });
}

}  // namespace sluice::cli
