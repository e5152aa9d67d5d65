// What a database says that was done to it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "revisions/graph.h"

namespace sluice::ledger {

struct AppliedRevision {
  std::string id;
  std::vector<std::string> revises;
  std::vector<std::string> depends_on;  // ids
  std::vector<std::string> branch_labels;
  std::string message;
  std::string file;
  std::string text;  // the whole file, as it was when it was applied
  std::string raw_checksum;
  std::string canonical_checksum;
  std::string applied_at;  // RFC 3339
  std::string run;
};

// A statement of a revision without a transaction that has begun and not ended.
struct StatementRecord {
  enum class State { Intended, Begun, Done };
  std::string revision;
  bool up = true;
  uint32_t number = 0;  // from 1
  std::string checksum;
  State state = State::Intended;
  std::string before;                   // of an intended one: what the catalog held
  std::optional<std::string> last_key;  // of a batched one; none yet
  std::optional<std::string> end_key;
  uint64_t met = 0;
  uint64_t changed = 0;
};

// What a sync ran in one transaction, or outside of any, with an id of its own in the run.
struct SyncedPart {
  std::string id;      // begins with kSyncPrefix
  std::string wanted;  // digest of the schema that was wanted
  std::string body;
};
// Of no revision's id.
inline constexpr const char* kSyncPrefix = "sync:";

struct State {
  bool exists = false;                   // false: the database has never seen Sluice
  uint32_t version = 0;                  // how many of Sluice's own revisions are applied
  int64_t epoch = 0;                     // of the newest run
  std::vector<AppliedRevision> applied;  // the user's, in the order of application

  std::vector<AppliedRevision> repeatables;
  std::vector<StatementRecord> statements;  // by revision and number

  std::set<std::string> ids() const;
  // Those that no other applied revision revises, in the order of application.
  std::vector<std::string> heads() const;
};

// The files of the applied revisions, as they were, and of the repeatable ones. Throws as
// revisions::parse_revision().
std::vector<revisions::Revision> stored_revisions(const State& state);

// What the ledger would hold of a revision; what it depends on only with its graph.
AppliedRevision to_row(const revisions::Revision& revision);
AppliedRevision to_row(const revisions::Graph& graph, revisions::Node node);

// The ledger of a database to which these revisions, and all that they need, have been applied.
// Throws as Graph::resolve().
State assume_applied(const revisions::Graph& graph, const std::vector<std::string>& ids);

}  // namespace sluice::ledger
