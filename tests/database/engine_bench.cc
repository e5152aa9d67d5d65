#include "tests/database/engine_bench.h"

#include <algorithm>
#include <atomic>
#include <fstream>

#include "revisions/load.h"
#include "tests/database/runner_server.h"

namespace sluice::engine {
namespace {

namespace fs = std::filesystem;

std::string name_of(int number) { return "r00" + std::to_string(number); }

}  // namespace

void EngineBench::SetUp() {
  static std::atomic<int> count = 0;
  database_ = "engine_" + std::to_string(++count);
  postgres::Session(
      postgres::ConnectOptions{runner::Server::instance().superuser_url("postgres"), {}})
      .execute("CREATE DATABASE " + database_);
  url_ = runner::Server::instance().superuser_url(database_);
  std::string pattern = (fs::temp_directory_path() / "sluice-engine-XXXXXX").string();
  root_ = ::mkdtemp(pattern.data());
  fs::create_directory(root_ / "revisions");
}

void EngineBench::TearDown() { fs::remove_all(root_); }

void EngineBench::revision(int number, const std::string& up, const std::string& down,
                           const std::string& header) {
  file(name_of(number) + ".sql", "-- revision: " + name_of(number) + "\n-- revises: " +
                                     (number == 1 ? "" : name_of(number - 1)) + "\n" + header +
                                     "-- migrate:up\n" + up + "\n-- migrate:down\n" + down + "\n");
}

void EngineBench::file(const std::string& name, const std::string& text) const {
  std::ofstream(root_ / "revisions" / name) << text;
}

std::vector<std::string> EngineBench::command(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv{SLUICE_PROGRAM};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const auto is_one_of = [&](std::initializer_list<const char*> commands) {
    return std::ranges::find(commands, arguments.front()) != commands.end();
  };
  if (!is_one_of({"current", "version", "import", "diff", "sync", "verify"}) &&
      std::ranges::find(arguments, "--dir") == arguments.end())
    argv.insert(argv.end(), {"--dir", (root_ / "revisions").string()});
  return argv;
}

base::CommandResult EngineBench::sluice(const std::vector<std::string>& arguments) const {
  return base::run({command(arguments), {{"DATABASE_URL", url_}}});
}

std::unique_ptr<runner::RunProcess> EngineBench::start(
    const std::vector<std::string>& arguments) const {
  static std::atomic<int> count = 0;
  return std::make_unique<runner::RunProcess>(
      command(arguments), std::vector<std::string>{"DATABASE_URL=" + url_},
      root_ / ("output" + std::to_string(++count)), fs::path());
}

std::string EngineBench::value(const std::string& sql) const {
  postgres::Session session(options());
  const postgres::Rows rows = session.query(sql);
  return rows.empty() ? "" : rows[0][0].value_or("NULL");
}

bool EngineBench::becomes(const std::string& sql, const std::string& expected) const {
  return runner::RunProcess::wait_until([&] { return value(sql) == expected; });
}

std::string EngineBench::backend_of(const std::string& text) const {
  const std::string sql =
      "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND "
      "datname = current_database() AND query LIKE '%" +
      text + "%'";
  std::string pid;
  runner::RunProcess::wait_until([&] { return !(pid = value(sql)).empty(); });
  return pid;
}

revisions::Graph EngineBench::graph() const {
  return revisions::Graph(revisions::load_directories({(root_ / "revisions").string()}));
}

Applied EngineBench::upgrade(ApplyOptions apply_options, const PlanPolicy& policy) {
  Observer observer;
  return upgrade(observer, std::move(apply_options), policy);
}

Applied EngineBench::upgrade(Observer& observer, ApplyOptions apply_options,
                             const PlanPolicy& policy) {
  postgres::Session session(options());
  postgres::AdvisoryLock lock(session, std::chrono::milliseconds(0));
  const Plan plan =
      plan_upgrade(graph(), ledger::read(session, false), "head", session.server_version(), policy);
  return apply(lock, plan, apply_options, observer);
}

Applied EngineBench::downgrade(const std::string& target) {
  postgres::Session session(options());
  postgres::AdvisoryLock lock(session, std::chrono::milliseconds(0));
  const Plan plan = plan_downgrade(ledger::read(session), target, session.server_version());
  Observer observer;
  return apply(lock, plan, {}, observer);
}

base::Error EngineBench::failure(const ApplyOptions& apply_options, const PlanPolicy& policy) {
  try {
    upgrade(apply_options, policy);
  } catch (const base::Error& error) {
    return error;
  }
  return {base::ErrorKind::Failed, "", "it succeeded"};
}

}  // namespace sluice::engine
