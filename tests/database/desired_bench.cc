#include "tests/database/desired_bench.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/subprocess.h"

namespace sluice::engine {

namespace fs = std::filesystem;

std::string DesiredBench::wanted(const std::string& sql, const std::string& name) const {
  const fs::path path = root_ / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path) << sql;
  return path.string();
}

std::string DesiredBench::psql(const std::string& script) const {
  const std::string file = wanted(script, "script.psql");
  return base::run({{"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file, "-d", url_}, {}})
      .errors;
}

std::string DesiredBench::dump() const {
  std::istringstream lines(
      base::run({{"pg_dump", "-s", "--exclude-schema=sluice", "-d", url_}, {}}).output);
  std::string text;
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("--") && !line.starts_with("\\") && !line.empty()) text += line + "\n";
  return text;
}

nlohmann::json DesiredBench::json(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--output", "json"});
  const base::CommandResult result = sluice(arguments);
  status_ = result.status;
  errors_ = result.errors;
  return nlohmann::json::parse(result.output);
}

std::string DesiredBench::scratch_databases() const {
  return value(
      "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'sluice\\_scratch\\_%'");
}

std::string DesiredBench::role_url(const std::string& role, const std::string& rights,
                                   const std::string& database) {
  execute("CREATE ROLE " + role + " LOGIN PASSWORD 'hunter2' " + rights);
  roles_.push_back(role);
  return runner::Server::instance().url(role, "hunter2", database);
}

void DesiredBench::TearDown() {
  for (const std::string& role : roles_)
    execute("REASSIGN OWNED BY " + role + " TO postgres; DROP OWNED BY " + role + "; DROP ROLE " +
            role);
  EngineBench::TearDown();
}

}  // namespace sluice::engine
