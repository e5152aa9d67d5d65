// From where a database stands to a target: pure.
#pragma once

#include <memory>
#include <optional>
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
  std::shared_ptr<const revisions::Revision> revision;  // never null
  std::vector<std::string> depends_on;                  // ids
  sql::Script script;                                   // of the section that will run
  std::string raw_checksum;
  std::string canonical_checksum;
  // It is no revision but a part of a sync (engine/sync.h): the digest of the schema that was
  // wanted.
  std::optional<std::string> synced;
  // Applied revisions that come to revise this one, with what the files say of them now.
  std::vector<ledger::AppliedRevision> relinks;

  // Where the script stands, for messages. A downgrade runs the ledger's copy, which has lines of
  // its own where the files are another tool's, and one for both ways.
  std::string file() const;
  std::string place(uint32_t line) const { return file() + ":" + std::to_string(line); }
};

// What to do about revisions of the phase contract, which must wait until no old version of the
// application runs any more.
enum class Contract { Refuse, HoldBack, Run };

struct PlanPolicy {
  // Pending revisions below one that is applied run, too; otherwise they are refused.
  bool allow_out_of_order = false;
  Contract contract = Contract::Refuse;
};

struct Plan {
  Direction direction = Direction::Up;
  std::string target_text;           // as it was asked for
  std::vector<std::string> target;   // the revisions that it means; empty: base
  std::vector<Step> steps;           // in the order in which they run, repeatable ones last
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
  // What an interrupted run left of revisions without a transaction, all of them among the steps.
  std::vector<ledger::StatementRecord> unfinished;
};

// Throws Error{Invalid} as revisions/target.h says; Error{Refused}:
//   RevisionChanged   a statement, or what it revises, of an applied revision is another one now
//   DatabaseDiverged  the database holds revisions that the files do not know, and the files some
//                     that are not applied
//   OutOfOrder        a pending revision comes before an applied one, and the policy does not allow
//   it RevisionUnfinished  a revision without a transaction was interrupted, and the plan does not
//   go on
//                     with it
//   Unsupported       a pending revision is of the phase contract, and the policy refuses it
// and Error{Invalid, "SyntaxError" | "StatementNotAllowed"} with file:line.
// Repeatable revisions whose statements changed run when nothing else is left pending.
// `server_version`: a syntax error for PostgreSQL 15's parser is only a warning when the server is
// newer.
Plan plan_upgrade(const revisions::Graph& graph, const ledger::State& state,
                  std::string_view target, int server_version, const PlanPolicy& policy = {});

// Reads the stored text of the applied revisions; the files are not needed. Throws also
// Error{Refused, "Irreversible"} when a revision cannot be undone (revisions/revision.h).
Plan plan_downgrade(const ledger::State& state, std::string_view target, int server_version);

}  // namespace sluice::engine
