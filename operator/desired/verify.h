// Whether a live database is what it should be.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "desired/load.h"
#include "schema/diff.h"

namespace sluice::desired {

// A question to the database and the text that its first value has to be: `true` and `false` for a
// boolean, `NULL` for none.
struct Check {
  std::string name;
  std::string sql;  // one statement, which may only read
  std::string expect;
};

struct Requirements {
  // Perhaps with a schema, else of `public`; as SQL writes names.
  std::vector<std::string> tables;   // or views
  std::vector<std::string> columns;  // of tables or views: orders.total
  std::vector<Check> checks;
  bool empty() const { return tables.empty() && columns.empty() && checks.empty(); }
};

struct Counts {
  size_t tables = 0;
  size_t columns = 0;
};

struct Met {
  std::string name;
  bool met = false;
  std::string remark;  // a name that differs in case only
};

struct Answer {
  Check check;
  std::string got;    // where there was an answer
  std::string error;  // where there was none
  bool passed = false;
};

struct Verification {
  bool compared = false;
  Counts live, wanted;
  schema::Diff diff;  // from the live schema to the wanted one: what would bring it back
  std::vector<Met> tables, columns;
  std::vector<Answer> answers;

  bool passed() const;
};

// Writes nothing: each check runs in a transaction that may only read, for at most a minute. A
// check that fails to run has not passed. `wanted`: nullptr to compare with nothing. Throws
// Error{Invalid, "NameInvalid"} for a requirement that is no name, and what pending(),
// schema::read() and schema::diff() throw.
Verification verify(postgres::Session& session, const Loaded* wanted,
                    const Requirements& requirements, const schema::DiffOptions& options);

}  // namespace sluice::desired
