#include "tests/database/runner_bench.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/digest.h"
#include "base/subprocess.h"
#include "runner/digest.h"
#include "tests/database/runner_server.h"

namespace sluice::runner {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::string padded(int number) {
  const std::string digits = std::to_string(number);
  return std::string(4 - digits.size(), '0') + digits;
}

}  // namespace

RunProcess::RunProcess(std::vector<std::string> argv, std::vector<std::string> environment,
                       fs::path output, fs::path termination_log)
    : output_(std::move(output)), termination_log_(std::move(termination_log)) {
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (!std::string_view(*entry).starts_with("PATH=")) environment.emplace_back(*entry);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  const int code = ::posix_spawn(&pid_, argv[0].c_str(), &actions, nullptr, pointers(argv).data(),
                                 pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0) throw std::runtime_error("cannot start " + argv[0]);
}

RunProcess::~RunProcess() {
  if (status_) return;
  signal(SIGKILL);
  wait();
}

void RunProcess::signal(int number) const { ::kill(pid_, number); }

std::string RunProcess::output() const { return read(output_); }

std::string RunProcess::arguments() const {
  std::string all;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    if (entry.path().filename().string().find_first_not_of("0123456789") != std::string::npos)
      continue;
    const std::string stat = read(entry.path() / "stat");
    const bool ours = entry.path().filename() == std::to_string(pid_) ||
                      stat.find(") S " + std::to_string(pid_) + " ") != std::string::npos ||
                      stat.find(") R " + std::to_string(pid_) + " ") != std::string::npos;
    if (ours) all += read(entry.path() / "cmdline") + "\n";
  }
  return all;
}

bool RunProcess::wait_until(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

int RunProcess::wait() {
  if (status_) return *status_;
  int raw = 0;
  while (::waitpid(pid_, &raw, 0) < 0 && errno == EINTR) {
  }
  status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  return *status_;
}

Ended RunProcess::end() {
  Ended ended;
  ended.status = wait();
  ended.output = output();
  ended.termination_message = read(termination_log_);
  const std::string_view lines = std::string_view(ended.output).substr(0, ended.output.size() - 1);
  const auto last = nlohmann::json::parse(lines.substr(lines.rfind('\n') + 1), nullptr, false);
  if (last.is_object() && last.contains("report"))
    ended.report = report_from_json(last["report"].dump());
  return ended;
}

void RunnerBench::SetUp() {
  std::string pattern = (fs::temp_directory_path() / "sluice-run-XXXXXX").string();
  root_ = ::mkdtemp(pattern.data());
  volume_ = root_ / "volume";
  revisions_ = root_ / "revisions";
  for (const char* name : {"volume", "revisions", "values", "bin"})
    fs::create_directory(root_ / name);

  static int count = 0;
  database_ = "bench" + std::to_string(::getpid()) + "_" + std::to_string(++count);
  postgres::Session server = connect("postgres");
  server.execute("CREATE ROLE " + database_ + " LOGIN PASSWORD '" + kCanary + "'");
  server.execute("CREATE DATABASE " + database_ + " OWNER " + database_);
  owner_url_ = Server::instance().url(database_, kCanary, database_);

  spec_.run = "trips-1a2b3c4d-1";
  spec_.uid = "7b1c8c0e";
  spec_.spec_digest = base::sha256("the spec");
  spec_.directories = {revisions_.string()};
  file("../values/url", owner_url_ + "\n");
  spec_.database.url =
      ValueFile{(root_ / "values/url").string(), "Secret \"trips-db\", key \"url\""};
}

void RunnerBench::TearDown() {
  postgres::Session server = connect("postgres");
  server.execute("DROP DATABASE " + database_ + " WITH (FORCE)");
  server.execute("DROP ROLE " + database_);
  fs::remove_all(root_);
}

void RunnerBench::revision(int number, const std::string& up, const std::string& down) {
  const std::string revises = number == 1 ? "" : padded(number - 1);
  file(padded(number) + "_step.sql", "-- revision: " + padded(number) + "\n-- revises: " + revises +
                                         "\n-- migrate:up\n" + up + ";\n-- migrate:down\n" + down +
                                         ";\n");
}

void RunnerBench::file(const std::string& name, const std::string& text) {
  std::ofstream(revisions_ / name, std::ios::binary) << text;
}

void RunnerBench::start_with_two_revisions(int rows) {
  revision(1, "CREATE TABLE trips (id int PRIMARY KEY, note text NOT NULL)", "DROP TABLE trips");
  revision(2,
           "CREATE INDEX trips_note ON trips (md5(note));\n"
           "INSERT INTO trips SELECT i, (SELECT string_agg(md5(i::text || '/' || j), '') FROM "
           "generate_series(1, 30) j) FROM generate_series(1, " +
               std::to_string(rows) + ") i",
           "DELETE FROM trips");
  const Ended ended = run();
  ASSERT_EQ(ended.status, 0) << ended.output;
}

void RunnerBench::back_up(BackupWhen when) {
  spec_.backup = {when, volume_.string(), "PersistentVolumeClaim \"trips-backups\"", 2};
}

void RunnerBench::seal() {
  spec_.digest = input_digest(spec_.uid, spec_.spec_digest, digest_directories(spec_.directories));
}

std::unique_ptr<RunProcess> RunnerBench::start() {
  const fs::path spec = root_ / "spec.json";
  std::ofstream(spec) << to_json(spec_);
  fs::remove(root_ / "termination");
  return std::make_unique<RunProcess>(
      std::vector<std::string>{SLUICE_PROGRAM, "run", "--spec", spec, "--termination-log",
                               root_ / "termination"},
      std::vector<std::string>{"PATH=" + (root_ / "bin").string() + ":" + std::getenv("PATH")},
      root_ / "output", root_ / "termination");
}

Ended RunnerBench::run() {
  seal();
  const Ended ended = start()->end();
  expect_no_canary(ended);
  EXPECT_FALSE(ended.report.run.empty()) << ended.output;
  EXPECT_LE(ended.termination_message.size(), kMaxTerminationMessage);
  EXPECT_EQ(report_from_json(ended.termination_message).reason, ended.report.reason);
  return ended;
}

void RunnerBench::expect_no_canary(const Ended& ended) const {
  EXPECT_THAT(ended.output, testing::Not(testing::HasSubstr(kCanary)));
  EXPECT_THAT(ended.termination_message, testing::Not(testing::HasSubstr(kCanary)));
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(volume_))
    if (entry.is_regular_file()) {
      EXPECT_THAT(read(entry.path()), testing::Not(testing::HasSubstr(kCanary))) << entry.path();
    }
}

postgres::Session RunnerBench::connect(const std::string& database) const {
  postgres::ConnectOptions options;
  options.url = Server::instance().superuser_url(database.empty() ? database_ : database);
  return postgres::Session(options);
}

std::string RunnerBench::value(const std::string& sql, const std::string& database) const {
  return connect(database).query(sql).at(0).at(0).value_or("NULL");
}

bool RunnerBench::has_ledger() const {
  return value("SELECT count(*) FROM pg_namespace WHERE nspname = 'sluice'") != "0";
}

std::string RunnerBench::schema(const std::string& database) const {
  const base::CommandResult dump =
      base::run({{"pg_dump", "--schema-only", "--no-owner", "--dbname",
                  Server::instance().superuser_url(database.empty() ? database_ : database)},
                 {}});
  EXPECT_EQ(dump.status, 0) << dump.errors;
  // Newer versions of pg_dump write a random key into these lines.
  std::string text;
  std::istringstream lines(dump.output);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("\\restrict") && !line.starts_with("\\unrestrict")) text += line + "\n";
  return text;
}

std::string RunnerBench::rows(const std::string& database) const {
  return value("SELECT count(*) || md5(string_agg(t::text, chr(10) ORDER BY id)) FROM trips t",
               database);
}

std::vector<fs::path> RunnerBench::in_volume(bool finished) const {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(volume_))
    if (entry.path().filename().string().starts_with('.') != finished)
      paths.push_back(entry.path());
  return paths;
}

void RunnerBench::shim(const std::string& name, const std::string& script) {
  const fs::path path = root_ / "bin" / name;
  std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
  fs::permissions(path, fs::perms::owner_all);
}

}  // namespace sluice::runner
