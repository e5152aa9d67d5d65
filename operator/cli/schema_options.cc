#include "cli/schema_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "cli/standing.h"
#include "desired/hints.h"

namespace sluice::cli {
namespace {

using nlohmann::ordered_json;
using schema::Change;

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::string_view word_of(Change change) {
  switch (change) {
    case Change::Add:
      return "add";
    case Change::Alter:
      return "change";
    case Change::Drop:
      return "drop";
    case Change::Rename:
      return "rename";
  }
  return "change";
}

ordered_json to_json(const schema::Key& key) {
  return {{"kind", schema::to_string(key.kind)},
          {"schema", key.schema},
          {"relation", key.relation},
          {"name", key.name},
          {"arguments", key.arguments}};
}

ordered_json to_json(const schema::Statement& statement) {
  ordered_json document{{"sql", statement.sql},
                        {"object", to_json(statement.object)},
                        {"change", word_of(statement.change)},
                        {"additive", statement.additive},
                        {"hazards", ordered_json::array()}};
  for (const schema::Hazard& hazard : statement.hazards) {
    const lint::Rule& rule = lint::rule(hazard.rule);
    document["hazards"].push_back(
        {{"rule", rule.name}, {"category", lint::to_string(rule.category)}, {"text", hazard.text}});
  }
  return document;
}

}  // namespace

const char* const kScratchHelp =
    "A wanted schema is loaded into a scratch database, sluice_scratch_<time>_<random>, which is\n"
    "dropped in the end: on the server of --scratch-url; else on the database's own server, where\n"
    "its role has CREATEDB; else on a PostgreSQL that is started for this command from the\n"
    "programs on this machine, and is gone afterwards.\n";

schema::DiffOptions SchemaOptions::diff() const {
  schema::DiffOptions diff;
  diff.owners = owners;
  diff.privileges = !no_privileges;
  return diff;
}

void add_schema_option(CLI::App& command, SchemaOptions& options) {
  command.add_option("--schema", options.schema,
                     "the wanted schema: a SQL file, `-` for standard input, a directory of SQL "
                     "files or of revisions, or a database's URL");
}

void add_compare_options(CLI::App& command, SchemaOptions& options) {
  command
      .add_option("--scratch-url", options.scratch_url,
                  "libpq URL of a server for scratch databases; else SLUICE_SCRATCH_URL")
      ->envname("SLUICE_SCRATCH_URL");
  command.add_flag("--owners", options.owners, "owners count, too");
  command.add_flag("--no-privileges", options.no_privileges, "privileges do not count");
}

desired::Loader make_loader(const SchemaOptions& options,
                            std::optional<postgres::ConnectOptions> target, std::stop_token stop) {
  return desired::Loader({options.scratch_url, std::move(target)}, std::move(stop));
}

std::optional<postgres::ConnectOptions> scratch_target(const CommonOptions& common,
                                                       const SchemaOptions& options) {
  if (!options.scratch_url.empty() || !names_database(common)) return std::nullopt;
  return connect_options(common);
}

schema::Diff compare(const desired::Loaded& from, const desired::Loaded& to,
                     schema::DiffOptions options) {
  options.renames = desired::pending(to.hints, from.catalog, to.catalog);
  return schema::diff(from.catalog, to.catalog, options);
}

std::string to_sql(const schema::Statement& statement) {
  std::string sql;
  for (const schema::Hazard& hazard : statement.hazards)
    sql += "-- " + std::string(lint::rule(hazard.rule).name) + ": " + one_line(hazard.text) + "\n";
  return sql + statement.sql + ";\n";
}

std::string to_sql(const std::vector<schema::Group>& groups) {
  std::string sql;
  for (const schema::Group& group : groups) {
    sql += sql.empty() ? "" : "\n";
    sql += group.transactional ? "BEGIN;\n" : "";
    for (const schema::Statement& statement : group.statements) sql += to_sql(statement);
    sql += group.transactional ? "COMMIT;\n" : "";
  }
  return sql;
}

ordered_json to_json(const schema::Difference& difference) {
  return {{"object", to_json(difference.object)},
          {"identity", difference.identity},
          {"change", word_of(difference.change)},
          {"details", difference.details}};
}

ordered_json to_json(const std::vector<schema::Group>& groups) {
  ordered_json list = ordered_json::array();
  for (const schema::Group& group : groups) {
    ordered_json statements = ordered_json::array();
    for (const schema::Statement& statement : group.statements)
      statements.push_back(to_json(statement));
    list.push_back({{"transactional", group.transactional}, {"statements", statements}});
  }
  return list;
}

ordered_json to_json(const schema::Diff& diff) {
  ordered_json document{{"groups", to_json(diff.groups)},
                        {"differences", ordered_json::array()},
                        {"leftUndone", ordered_json::array()},
                        {"warnings", diff.warnings}};
  for (const schema::Difference& difference : diff.differences)
    document["differences"].push_back(to_json(difference));
  for (const schema::LeftUndone& left : diff.left_undone) {
    document["leftUndone"].push_back(to_json(left.difference));
    document["leftUndone"].back()["reason"] = left.reason;
  }
  return document;
}

std::string to_text(const std::vector<schema::Difference>& differences) {
  constexpr size_t kWidth = 8;
  std::string text;
  for (const schema::Difference& difference : differences) {
    std::string word(word_of(difference.change));
    word.resize(kWidth, ' ');
    text += word + difference.identity + "\n";
    for (const std::string& detail : difference.details)
      text += std::string(kWidth, ' ') + "  " + one_line(detail) + "\n";
  }
  return text;
}

std::string to_text(const std::vector<schema::LeftUndone>& left_undone) {
  std::string text;
  for (const schema::LeftUndone& left : left_undone)
    text += std::string(word_of(left.difference.change)) + " " + left.difference.identity + ": " +
            one_line(left.reason) + "\n";
  return text;
}

void print_warnings(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) std::cerr << "warning: " << warning << "\n";
}

std::vector<std::string> all_warnings(const desired::Loader& loader, const schema::Diff& diff) {
  std::vector<std::string> all = loader.warnings();
  for (const std::string& warning : diff.warnings)
    if (std::ranges::find(all, warning) == all.end()) all.push_back(warning);
  return all;
}

}  // namespace sluice::cli
