// What a statement outside of a transaction left when its process or its connection died, and so
// whether it has to be run again. Such a statement either took effect, or not, or left something
// half made; only the catalog knows.
#pragma once

#include <string>
#include <vector>

#include "postgres/session.h"
#include "sql/subject.h"

namespace sluice::engine {

// What the catalog holds of the statement's subject, in a form that judge() compares: `absent`,
// `valid <oid>`, `invalid <oid>`, `there`, `attached`, `pending`, `detached`, or a list of oids.
std::string look(postgres::Session& session, const sql::Subject& subject);

struct Aftermath {
  bool done = false;                // it took effect
  std::vector<std::string> repair;  // SQL to run first, statement by statement
};

// Pure. `before`: look() before the statement was sent; `now`: look() after it was interrupted.
// What stood there before, and still does, is not ours.
Aftermath judge(const sql::Subject& subject, const std::string& before, const std::string& now);

// Whether look() after the statement's success shows an index that nobody can use: IF NOT EXISTS
// passes over one that an earlier attempt left.
bool is_unusable(const sql::Subject& subject, const std::string& now);

}  // namespace sluice::engine
