// A diff as revisions: pure. One is enough where all of it can run in one transaction; otherwise
// the first transaction is one, and the rest another.
#pragma once

#include <string>
#include <vector>

#include "schema/diff.h"

namespace sluice::desired {

// What one revision does.
struct RevisionPart {
  bool transactional = true;
  std::vector<schema::Group> groups;
};

// In order, at most two. What follows the first transaction, if it is more than one, has none: its
// statements take effect one by one, and a crash goes on at the first that did not.
std::vector<RevisionPart> split_up(const std::vector<schema::Group>& groups);

// The part's SQL, below `-- migrate:up`: hazards as comments.
std::string up_sql(const RevisionPart& part);

struct Down {
  std::string sql;
  bool fits = true;          // it can run as the way up does: in one transaction, if that does
  std::string irreversible;  // why it refuses to run; empty: it does not
};
// The way back. What the way up loses cannot be undone: the section refuses to run, says so, and
// holds what restores the structure.
Down down_sql(const RevisionPart& up, const schema::Diff& back);
// There is none.
Down no_way_back(const std::string& why);

}  // namespace sluice::desired
