// What a database says that was done to it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "revisions/revision.h"

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

struct State {
  bool exists = false;                   // false: the database has never seen Sluice
  uint32_t version = 0;                  // how many of Sluice's own revisions are applied
  int64_t epoch = 0;                     // of the newest run
  std::vector<AppliedRevision> applied;  // the user's, in the order of application

  std::set<std::string> ids() const;
  // Those that no other applied revision revises, in the order of application.
  std::vector<std::string> heads() const;
};

}  // namespace sluice::ledger
