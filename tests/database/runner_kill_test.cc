// Runs that are ended from outside, at the worst moments.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "archive/verify.h"
#include "tests/database/runner_bench.h"

namespace sluice::runner {
namespace {

using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Killed : public RunnerBench {
 protected:
  void SetUp() override {
    RunnerBench::SetUp();
    start_with_two_revisions();
    before_ = schema() + rows();
  }
  // A run that waits in pg_dump, because table trips is locked.
  std::unique_ptr<RunProcess> start_and_reach_the_dump(postgres::Session& blocker) {
    revision(3, "ALTER TABLE trips ADD COLUMN distance int");
    back_up();
    seal();
    blocker.execute("BEGIN; LOCK TABLE trips IN ACCESS EXCLUSIVE MODE");
    auto process = start();
    EXPECT_TRUE(process->wait_until([this] { return waiting_dumps() == "1"; }))
        << process->output();
    return process;
  }
  std::unique_ptr<RunProcess> start_and_reach(const std::string& statement) {
    seal();
    auto process = start();
    EXPECT_TRUE(process->wait_until([&] {
      return value(
                 "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> "
                 "pg_backend_pid() AND query LIKE '%" +
                 statement + "%'") != "0";
    })) << process->output();
    return process;
  }
  std::string waiting_dumps() const {
    return value(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%pg_dump%' "
        "AND wait_event_type = 'Lock' OR query LIKE 'LOCK TABLE%' AND "
        "wait_event_type = 'Lock'");
  }
  void expect_next_run_to_succeed() {
    const Ended ended = run();
    EXPECT_EQ(ended.status, 0) << ended.output;
    EXPECT_EQ(in_volume(true).size(), 1U);
    EXPECT_TRUE(in_volume(false).empty());
    EXPECT_TRUE(archive::verify(in_volume(true).at(0)).whole());
  }

  std::string before_;
};

TEST_F(Killed, ByKillDuringTheDumpLeavesNoFinishedArchive) {
  postgres::Session blocker = connect();
  const auto process = start_and_reach_the_dump(blocker);
  EXPECT_THAT(process->arguments(), HasSubstr("--format=directory"));
  EXPECT_THAT(process->arguments(), Not(HasSubstr(kCanary)));
  process->signal(SIGKILL);
  EXPECT_EQ(process->wait(), 128 + SIGKILL);
  blocker.rollback();
  EXPECT_TRUE(in_volume(true).empty());
  EXPECT_EQ(in_volume(false).size(), 1U);
  EXPECT_EQ(schema() + rows(), before_);
  EXPECT_TRUE(process->wait_until([this] { return waiting_dumps() == "0"; }));
  expect_next_run_to_succeed();
}

TEST_F(Killed, ByTermDuringTheDumpIsInterrupted) {
  postgres::Session blocker = connect();
  const auto process = start_and_reach_the_dump(blocker);
  const auto begin = steady_clock::now();
  process->signal(SIGTERM);
  const Ended ended = process->end();
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(1));
  blocker.rollback();
  EXPECT_EQ(ended.status, 5) << ended.output;
  EXPECT_EQ(ended.report.reason, "Interrupted");
  EXPECT_TRUE(ended.report.retry);
  EXPECT_TRUE(in_volume(true).empty());
  EXPECT_TRUE(in_volume(false).empty());
  EXPECT_EQ(schema() + rows(), before_);
  expect_next_run_to_succeed();
}

TEST_F(Killed, ByTermWhileAHostDoesNotAnswerIsInterrupted) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  sockaddr_in address{};
  socklen_t size = sizeof address;
  void* raw = &address;
  ::getsockname(listener, static_cast<sockaddr*>(raw), &size);
  file("../values/url",
       "postgresql://u:p@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/silent");
  seal();
  const auto process = start();
  EXPECT_TRUE(process->wait_until(
      [&] { return process->output().find("\"Connect\"") != std::string::npos; }));
  const auto begin = steady_clock::now();
  process->signal(SIGTERM);
  const Ended ended = process->end();
  // Long before a connection is given up.
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(ended.report.reason, "Interrupted") << ended.output;
  EXPECT_EQ(ended.status, 5);
  ::close(listener);
}

TEST_F(Killed, ByTermInAStatementRollsItBack) {
  revision(3, "ALTER TABLE trips ADD COLUMN distance int");
  revision(4, "ALTER TABLE trips ADD COLUMN more int; SELECT pg_sleep(30)");
  const auto process = start_and_reach("pg_sleep(30)");
  const auto begin = steady_clock::now();
  process->signal(SIGTERM);
  const Ended ended = process->end();
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(1));
  EXPECT_EQ(ended.status, 5) << ended.output;
  EXPECT_EQ(ended.report.reason, "Interrupted");
  EXPECT_EQ(ended.report.stage, "Apply");
  EXPECT_TRUE(ended.report.retry);
  ASSERT_TRUE(ended.report.heads);
  EXPECT_THAT(*ended.report.heads, ElementsAre("0003"));
  EXPECT_EQ(ended.report.applied, 1U);
  EXPECT_EQ(ended.report.pending, 1U);
}

TEST_F(Killed, ByKillInAStatementAppliesItExactlyOnceInTheEnd) {
  revision(3, "INSERT INTO trips VALUES (100001, 'three')");
  revision(4, "INSERT INTO trips VALUES (100002, 'four'); SELECT pg_sleep(2)");
  revision(5, "INSERT INTO trips VALUES (100003, 'five')");
  const auto process = start_and_reach("pg_sleep(2)");
  process->signal(SIGKILL);
  process->wait();
  const Ended ended = run();
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(*ended.report.heads, ElementsAre("0005"));
  EXPECT_EQ(ended.report.applied, 2U);
  EXPECT_EQ(value("SELECT string_agg(note, ' ' ORDER BY id) FROM trips WHERE id > 100000"),
            "three four five");
}

TEST_F(Killed, AtManyMomentsEachRevisionIsAppliedOnce) {
  connect().execute("CREATE TABLE done (n int); GRANT ALL ON done TO PUBLIC");
  int number = 3;
  for (; number < 33; ++number)
    revision(number, "INSERT INTO done VALUES (" + std::to_string(number) + ")");
  back_up();
  seal();
  for (int delay = 5; delay <= 400; delay = delay * 3 / 2) {
    const auto process = start();
    std::this_thread::sleep_for(std::chrono::milliseconds(delay));
    process->signal(SIGKILL);
    process->wait();
    for (const auto& path : in_volume(true)) EXPECT_TRUE(archive::verify(path).whole()) << path;
  }
  EXPECT_EQ(run().status, 0);
  EXPECT_EQ(value("SELECT count(*) || '/' || count(DISTINCT n) FROM done"), "30/30");
}

}  // namespace
}  // namespace sluice::runner
