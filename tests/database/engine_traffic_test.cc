// A migration beside the application's traffic.
#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "tests/database/engine_bench.h"

namespace sluice::engine {
namespace {

using testing::Contains;
using testing::HasSubstr;

class Waiting : public Observer {
 public:
  void revision_waits(const Step&, const std::string& blockers,
                      std::chrono::milliseconds) override {
    const std::scoped_lock guard(mutex_);
    blockers_.push_back(blockers);
  }
  std::vector<std::string> blockers() {
    const std::scoped_lock guard(mutex_);
    return blockers_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> blockers_;
};

// ALTER TABLE waits for the reader, and every writer would wait for ALTER TABLE. Were the migration
// to wait, no writer could write again before the reader ends.
TEST_F(EngineBench, LongReaderDelaysTheMigrationAndNeverTheApplication) {
  revision(1,
           "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);\n"
           "INSERT INTO t SELECT g FROM generate_series(1, 4) g;");
  upgrade();
  revision(2, "ALTER TABLE t ADD COLUMN m int;");

  postgres::Session reader(options());
  reader.execute("BEGIN; SELECT * FROM t");

  std::atomic<bool> done = false;
  std::atomic<int> writes = 0;
  std::atomic<int> failures = 0;
  std::vector<std::jthread> writers;
  for (int id = 1; id <= 4; ++id)
    writers.emplace_back([&, id] {
      postgres::Session session(options());
      session.execute("SET lock_timeout = '10s'");
      while (!done) {
        try {
          session.query("UPDATE t SET n = n + 1 WHERE id = $1::int", {std::to_string(id)});
          ++writes;
        } catch (const base::Error&) {
          ++failures;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    });

  Waiting waiting;
  Applied applied;
  std::jthread migration([&] {
    ApplyOptions apply_options;
    apply_options.lock_timeout = std::chrono::milliseconds(150);
    applied = upgrade(waiting, apply_options);
  });
  // Three times the migration gives way, and each time the writers go on before the reader ends.
  for (size_t attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_TRUE(
        runner::RunProcess::wait_until([&] { return waiting.blockers().size() >= attempt; }));
    const int before = writes;
    EXPECT_TRUE(runner::RunProcess::wait_until([&] { return writes >= before + 20; }));
  }
  EXPECT_EQ(
      value("SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'm'"),
      "0");
  reader.rollback();
  migration.join();
  done = true;
  writers.clear();
  EXPECT_EQ(applied.steps, 1U);
  EXPECT_EQ(failures, 0);
  EXPECT_THAT(waiting.blockers(), Contains(HasSubstr("pid " + std::to_string(reader.pid()))));
}

// CREATE INDEX CONCURRENTLY waits for the reader as long as that takes, in nobody's way.
TEST_F(EngineBench, ConcurrentIndexOutwaitsALongReader) {
  revision(1, "CREATE TABLE t (id int); INSERT INTO t VALUES (1);");
  upgrade();
  by_statement(2, "CREATE INDEX CONCURRENTLY i ON t (id);");
  postgres::Session reader(options());
  reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM t");
  Waiting waiting;
  std::jthread migration([&] {
    ApplyOptions apply_options;
    apply_options.lock_timeout = std::chrono::milliseconds(100);
    upgrade(waiting, apply_options);
  });
  EXPECT_TRUE(
      becomes("SELECT count(*) FROM pg_locks WHERE NOT granted AND virtualxid IS NOT NULL", "1"));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  postgres::Session(options()).execute("INSERT INTO t VALUES (2)");
  EXPECT_THAT(waiting.blockers(), testing::IsEmpty());
  reader.rollback();
  migration.join();
  EXPECT_EQ(value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
}

// VALIDATE waits without a timeout, as long as its transaction holds nothing else.
TEST_F(EngineBench, ValidationHasNoLockTimeoutUntilSomethingElseIsHeld) {
  revision(
      1,
      "CREATE TABLE t (id int, CONSTRAINT c CHECK (id > 0) NOT VALID, CONSTRAINT d CHECK (id > "
      "1) NOT VALID); CREATE TABLE seen (setting text);");
  revision(2,
           "ALTER TABLE t VALIDATE CONSTRAINT c;\nALTER TABLE t VALIDATE CONSTRAINT d;\n"
           "INSERT INTO seen VALUES (current_setting('lock_timeout'));");
  upgrade();
  EXPECT_EQ(value("SELECT setting FROM seen"), "2s");
}

}  // namespace
}  // namespace sluice::engine
