// What the commands that compare schemas share: options, and a diff as text and as JSON.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/common.h"
#include "desired/load.h"
#include "schema/diff.h"

namespace sluice::cli {

struct SchemaOptions {
  std::string schema;
  std::string scratch_url;
  bool owners = false;
  bool no_privileges = false;

  schema::DiffOptions diff() const;
};

// --schema.
void add_schema_option(CLI::App& command, SchemaOptions& options);
// --scratch-url, --owners, --no-privileges.
void add_compare_options(CLI::App& command, SchemaOptions& options);

// For the footer of a command's help: where scratch databases are made.
extern const char* const kScratchHelp;

// A Loader whose scratch databases resemble `target`, if any, and are made as kScratchHelp says.
desired::Loader make_loader(const SchemaOptions& options,
                            std::optional<postgres::ConnectOptions> target, std::stop_token stop);
// The database that the options or the environment name; nullopt: none, or --scratch-url stands in
// for it.
std::optional<postgres::ConnectOptions> scratch_target(const CommonOptions& common,
                                                       const SchemaOptions& options);

// schema::diff() of two that were loaded, with the hints of `to` that are still to be followed.
schema::Diff compare(const desired::Loaded& from, const desired::Loaded& to,
                     schema::DiffOptions options);

// For psql with ON_ERROR_STOP; hazards stand as comments before their statements.
std::string to_sql(const std::vector<schema::Group>& groups);
// One statement with its hazards, and what ends it.
std::string to_sql(const schema::Statement& statement);

nlohmann::ordered_json to_json(const schema::Diff& diff);
nlohmann::ordered_json to_json(const schema::Difference& difference);
nlohmann::ordered_json to_json(const std::vector<schema::Group>& groups);

// "add     table public.orders", with what differs below.
std::string to_text(const std::vector<schema::Difference>& differences);
std::string to_text(const std::vector<schema::LeftUndone>& left_undone);

void print_warnings(const std::vector<std::string>& warnings);
// Those of the loader, then those of the diff; each once.
std::vector<std::string> all_warnings(const desired::Loader& loader, const schema::Diff& diff);

}  // namespace sluice::cli
