// The commands that compare schemas, on the real server: wanted files, and databases beside the
// test's own.
#pragma once

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/database/engine_bench.h"
#include "tests/database/runner_server.h"

namespace sluice::engine {

class DesiredBench : public EngineBench {
 protected:
  // A file below the test's directory; answers with its path.
  std::string wanted(const std::string& sql, const std::string& name = "wanted.sql") const;
  // The SQL runs in the test's database.
  void execute(const std::string& sql) const { postgres::Session(options()).execute(sql); }
  // By psql, which stops at the first error; what it says on standard error.
  std::string psql(const std::string& script) const;
  // The test's database as pg_dump sees it, without the ledger and what pg_dump says of itself.
  std::string dump() const;

  nlohmann::json json(std::vector<std::string> arguments);
  // Of the last json().
  int status_ = -1;
  std::string errors_;

  // Names of scratch databases on the server.
  std::string scratch_databases() const;
  // A role that may log in, with these rights; gone after the test.
  std::string role_url(const std::string& role, const std::string& rights,
                       const std::string& database);
  void TearDown() override;

 private:
  std::vector<std::string> roles_;
};

}  // namespace sluice::engine
