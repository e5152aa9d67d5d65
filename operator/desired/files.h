// A SQL file into a database.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "postgres/session.h"
#include "sql/split.h"

namespace sluice::desired {

struct FileRules {
  // Makes roles that the server does not have; only where nobody else uses the server.
  bool make_roles = false;
};

// The file of that name, which begins and ends with the session's own settings. Statements run as
// psql would run them, one by one; several at once where that makes no difference. What is about
// the whole server (CREATE ROLE, ALTER DATABASE …) is passed over, with a warning, and so is a
// change of an owner that is refused. Errors as of Loader::load().
void run_file(postgres::Session& session, const std::string& name, const sql::Script& file,
              const FileRules& rules, std::vector<std::string>& warnings,
              const std::stop_token& stop);

// The roles that the statement names: GRANT … TO them, OWNER TO them.
std::vector<std::string> roles_of(const std::string& statement);

}  // namespace sluice::desired
