// From where a database stands to a target: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/state.h"
#include "revisions/graph.h"
#include "sql/split.h"

namespace sluice::engine {

enum class Direction { Up, Down };
std::string_view to_string(Direction direction);

struct Step {
  Direction direction = Direction::Up;
  revisions::Revision revision;
  std::vector<std::string> depends_on;  // ids
  sql::Script script;                   // of the section that will run
  std::string raw_checksum;
  std::string canonical_checksum;
};

struct Plan {
  Direction direction = Direction::Up;
  std::string target_text;           // as it was asked for
  std::vector<std::string> target;   // the revisions that it means; empty: base
  std::vector<Step> steps;           // in the order in which they run
  std::string digest;                // over direction, ids and checksums of the steps
  std::vector<std::string> current;  // the heads of the database, before
  // The newest applied revisions among those that the files know.
  std::vector<std::string> known;
  // Applied revisions that no file has. Never together with steps of an upgrade.
  std::vector<std::string> unknown;
  // Nothing is to be done because the database is past the target, or past the files: reason
  // DatabaseAhead.
  bool database_ahead = false;
  std::vector<std::string> warnings;
};

// Throws Error{Invalid} as revisions/target.h says; Error{Refused}:
//   RevisionChanged   a statement, or what it revises, of an applied revision is another one now
//   DatabaseDiverged  the database holds revisions that the files do not know, and the files some
//                     that are not applied
//   Unsupported       a pending revision asks for what this version does not act on yet
// and Error{Invalid, "SyntaxError" | "StatementNotAllowed"} with file:line.
// `server_version`: a syntax error for PostgreSQL 15's parser is only a warning when the server is
// newer.
Plan plan_upgrade(const revisions::Graph& graph, const ledger::State& state,
                  std::string_view target, int server_version);

// Reads the stored text of the applied revisions; the files are not needed. Throws also
// Error{Refused, "Irreversible"} when a revision has no down section.
Plan plan_downgrade(const ledger::State& state, std::string_view target, int server_version);

}  // namespace sluice::engine
