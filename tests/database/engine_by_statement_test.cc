// Revisions without a transaction, and what is left of one that failed or was interrupted.
#include <gmock/gmock.h>

#include <thread>

#include "base/digest.h"
#include "tests/database/engine_bench.h"

namespace sluice::engine {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ByStatement : public EngineBench {
 protected:
  // As a run that was killed while it sent a statement would leave it.
  void leave_intent(const std::string& revision, int number, const std::string& statement,
                    const std::string& before) const {
    postgres::Session(options()).query(
        "INSERT INTO sluice.statements (revision, direction, number, checksum, state, before, run, "
        "epoch) VALUES ($1, 'up', $2::int, $3, 'intended', $4, 'killed', 1)",
        {revision, std::to_string(number), base::sha256(sql::canonical_checksum(statement) + "\n"),
         before});
  }
  void run(const std::string& sql) const { postgres::Session(options()).execute(sql); }
};

TEST_F(ByStatement, RunsWhatNoTransactionAllows) {
  revision(1,
           "CREATE TABLE t (a int); CREATE TABLE p (a int) PARTITION BY LIST (a); "
           "CREATE TABLE q PARTITION OF p FOR VALUES IN (1);");
  by_statement(2,
               "CREATE INDEX CONCURRENTLY i ON t (a);\nREINDEX TABLE CONCURRENTLY t;\nVACUUM t;\n"
               "ALTER TABLE p DETACH PARTITION q CONCURRENTLY;\nDROP INDEX CONCURRENTLY i;\n"
               "ALTER TABLE t ADD COLUMN b int;",
               "ALTER TABLE t DROP COLUMN b;\nCREATE INDEX CONCURRENTLY i ON t (a);");
  EXPECT_EQ(upgrade().steps, 2U);
  EXPECT_EQ(value("SELECT to_regclass('i')"), "NULL");
  EXPECT_EQ(value("SELECT count(*) FROM pg_inherits WHERE inhparent = 'p'::regclass"), "0");
  EXPECT_THAT(downgrade("-1").heads, ElementsAre("r001"));
  EXPECT_EQ(value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
  EXPECT_EQ(value("SELECT count(*) FROM sluice.statements"), "0");
}

TEST_F(ByStatement, FailedIndexIsClearedAwayAndTheRestGoesOn) {
  revision(1, "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1);");
  by_statement(2, "ALTER TABLE t ADD COLUMN b int;\nCREATE UNIQUE INDEX CONCURRENTLY i ON t (a);");
  const base::Error error = failure();
  EXPECT_THAT(error.message(), AllOf(StartsWith("r002.sql:6: statement 2 of 2 (`CREATE UNIQUE"),
                                     HasSubstr("SQLSTATE 23505")));
  EXPECT_THAT(error.remedy(),
              HasSubstr("what took effect before is recorded; correct this statement"));
  EXPECT_EQ(value("SELECT to_regclass('i')"), "NULL");
  run("DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t)");
  EXPECT_EQ(upgrade().steps, 1U);
  EXPECT_EQ(value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
}

TEST_F(ByStatement, IndexThatAnotherLeftInvalidIsNotTakenForBuilt) {
  revision(1, "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1);");
  upgrade();
  EXPECT_ANY_THROW(run("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"));
  by_statement(2, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);");
  EXPECT_EQ(failure().reason(), "IndexUnusable");
  run("DROP INDEX i");
  EXPECT_EQ(upgrade().steps, 1U);
}

TEST_F(ByStatement, InvalidIndexOfAKilledRunIsBuiltAgain) {
  revision(1, "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1);");
  upgrade();
  EXPECT_ANY_THROW(run("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"));
  run("TRUNCATE t");
  const std::string create = "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)";
  by_statement(2, create + ";");
  leave_intent("r002", 1, create, "absent");
  EXPECT_EQ(upgrade().steps, 1U);
  EXPECT_EQ(value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
}

TEST_F(ByStatement, IndexThatAKilledRunFinishedIsKept) {
  revision(1, "CREATE TABLE t (a int);");
  upgrade();
  const std::string create = "CREATE INDEX CONCURRENTLY i ON t (a)";
  run(create);
  const std::string oid = value("SELECT 'i'::regclass::oid");
  by_statement(2, create + ";");
  leave_intent("r002", 1, create, "absent");
  EXPECT_EQ(upgrade().steps, 1U);
  EXPECT_EQ(value("SELECT 'i'::regclass::oid"), oid);
}

TEST_F(ByStatement, IndexThatWasThereBeforeIsNobodysToDrop) {
  revision(1, "CREATE TABLE t (a int); CREATE INDEX i ON t (a);");
  upgrade();
  const std::string create = "CREATE INDEX CONCURRENTLY i ON t (a)";
  by_statement(2, create + ";");
  const std::string oid = value("SELECT 'i'::regclass::oid");
  leave_intent("r002", 1, create, "valid " + oid + " i");
  EXPECT_THAT(failure().message(), HasSubstr("already exists"));
  EXPECT_EQ(value("SELECT 'i'::regclass::oid"), oid);
}

TEST_F(ByStatement, PendingDetachIsFinished) {
  revision(1,
           "CREATE TABLE p (a int) PARTITION BY LIST (a); "
           "CREATE TABLE q PARTITION OF p FOR VALUES IN (1);");
  upgrade();
  const std::string detach = "ALTER TABLE p DETACH PARTITION q CONCURRENTLY";
  by_statement(2, detach + ";");
  {
    // A reader makes the second half wait; then the backend dies.
    postgres::Session reader(options());
    reader.execute("BEGIN; SELECT * FROM p");
    const auto process = start({"upgrade"});
    const std::string pid = backend_of("DETACH PARTITION q");
    ASSERT_TRUE(
        becomes("SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = 'q'::regclass", "t"));
    value("SELECT pg_terminate_backend(" + pid + ")");
    EXPECT_EQ(process->wait(), 5);
    EXPECT_EQ(value("SELECT state FROM sluice.statements"), "intended");
  }
  EXPECT_EQ(upgrade().steps, 1U);
  EXPECT_EQ(value("SELECT count(*) FROM pg_inherits WHERE inhrelid = 'q'::regclass"), "0");
}

// The detaching may be finished by the attempt to clear it away, or by the next run.
TEST_F(ByStatement, DetachThatTimedOutIsNotForgotten) {
  revision(1,
           "CREATE TABLE p (a int) PARTITION BY LIST (a); "
           "CREATE TABLE q PARTITION OF p FOR VALUES IN (1);");
  upgrade();
  by_statement(2, "ALTER TABLE p DETACH PARTITION q CONCURRENTLY;");
  for (const int timeout_ms : {700, 0}) {
    postgres::Session reader(options());
    if (timeout_ms > 0) reader.execute("BEGIN; SELECT * FROM p");
    std::jthread end([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(1000));
      reader.rollback();
    });
    ApplyOptions apply_options;
    apply_options.statement_timeout = std::chrono::milliseconds(timeout_ms);
    try {
      upgrade(apply_options);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reason(), "StatementTimeout");
      EXPECT_GT(timeout_ms, 0);
    }
  }
  EXPECT_EQ(value("SELECT count(*) FROM pg_inherits WHERE inhrelid = 'q'::regclass"), "0");
  EXPECT_EQ(upgrade().steps, 0U);
}

TEST_F(ByStatement, RunsWhatOnlyTheServerKnowsToNeedNoTransaction) {
  revision(1,
           "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE INDEX i ON p (a); "
           "CREATE TABLE q PARTITION OF p FOR VALUES IN (1);");
  by_statement(2, "REINDEX TABLE p;");
  EXPECT_EQ(upgrade().steps, 2U);
}

TEST_F(ByStatement, SettingsDataAndNumberOfWhatTookEffectMayNotChange) {
  revision(1, "CREATE SCHEMA s1; CREATE SCHEMA s2; CREATE TABLE t (a text);");
  by_statement(2,
               "SET search_path = s1, public;\nCREATE TABLE x ();\nCOPY t FROM stdin;\none\n\\.\n"
               "SELECT 1/0;");
  failure();
  for (
      const char* text :
      {"SET search_path = s2, public;\nCREATE TABLE x ();\nCOPY t FROM stdin;\none\n\\.\nSELECT 1;",
       "SET search_path = s1, public;\nCREATE TABLE x ();\nCOPY t FROM stdin;\ntwo\n\\.\nSELECT 1;",
       "SET search_path = s1, public;\nCREATE TABLE x ();"}) {
    by_statement(2, text);
    EXPECT_EQ(failure().reason(), "RevisionChanged") << text;
  }
}

TEST_F(ByStatement, SettingsAreSaidAgainAfterAnInterruption) {
  revision(1, "CREATE SCHEMA s;");
  by_statement(2, "SET search_path = s;\nCREATE TABLE a ();\nSELECT 1/0;");
  failure();
  by_statement(2, "SET search_path = s;\nCREATE TABLE a ();\nCREATE TABLE b ();");
  EXPECT_EQ(upgrade().steps, 1U);
  EXPECT_EQ(value("SELECT to_regclass('s.b')"), "s.b");
}

TEST_F(ByStatement, WhatTookEffectMayNotChangeInBetween) {
  revision(1, "SELECT 1;");
  by_statement(2, "CREATE TABLE a ();\nSELECT 1/0;");
  failure();
  by_statement(2, "CREATE TABLE other ();\nSELECT 1;");
  const base::Error error = failure();
  EXPECT_EQ(error.reason(), "RevisionChanged");
  EXPECT_THAT(error.message(), StartsWith("r002.sql:5: statement 1"));
  EXPECT_EQ(value("SELECT to_regclass('other')"), "NULL");
}

TEST_F(ByStatement, StopDuringAnIndexLeavesNothing) {
  revision(1, "CREATE TABLE t (a int);");
  upgrade();
  by_statement(2, "CREATE INDEX CONCURRENTLY i ON t (a);");
  postgres::Session reader(options());
  reader.execute("BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE");
  const auto process = start({"upgrade"});
  backend_of("CREATE INDEX CONCURRENTLY");
  ASSERT_TRUE(
      becomes("SELECT count(*) FROM pg_locks WHERE NOT granted AND virtualxid IS NOT NULL", "1"));
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(), 1);
  reader.rollback();
  EXPECT_EQ(upgrade().steps, 1U);
  EXPECT_EQ(value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
}

class Batches : public ByStatement {
 protected:
  void SetUp() override {
    ByStatement::SetUp();
    revision(1,
             "CREATE TABLE t (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0, k int);\n"
             "INSERT INTO t SELECT g * 3 FROM generate_series(1, 1000) g;");
    upgrade();
  }
  const std::string update_ =
      "-- batch: t id 100 pause=0\nUPDATE t SET n = n + 1 WHERE id BETWEEN $1 AND $2;";
};

TEST_F(Batches, ChangeEachRowOnceInTransactionsOfTheirOwn) {
  by_statement(2,
               "ALTER TABLE t ADD COLUMN x xid8;\n-- batch: public.t id 100 pause=0\nUPDATE t SET "
               "n = n + 1, x = pg_current_xact_id() WHERE id BETWEEN $1 AND $2;");
  class Steps : public Observer {
   public:
    void batch_finished(const Step&, size_t, const BatchProgress& progress) override {
      changed.push_back(progress.changed);
    }
    std::vector<uint64_t> changed;
  } steps;
  EXPECT_EQ(upgrade(steps).steps, 1U);
  EXPECT_EQ(value("SELECT min(n) || ' ' || max(n) || ' ' || count(DISTINCT x) FROM t"), "1 1 10");
  EXPECT_EQ(steps.changed.size(), 10U);
  EXPECT_EQ(steps.changed.back(), 1000U);
}

TEST_F(Batches, WhatIsDoneWhenItIsStoppedStaysAndIsShown) {
  by_statement(
      2, "-- batch: t id 100 pause=60000\nUPDATE t SET n = n + 1 WHERE id BETWEEN $1 AND $2;");
  const auto process = start({"upgrade"});
  ASSERT_TRUE(becomes("SELECT count(*) FROM t WHERE n = 1", "100"));
  EXPECT_EQ(
      sluice({"current"}).output,
      "r001\nr002 (interrupted on its way up after 0 statements: `sluice upgrade` goes on)\n");
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(), 1);
  EXPECT_THAT(process->output(),
              HasSubstr("stopped on request; what took effect before is recorded"));
  EXPECT_EQ(value("SELECT count(*) FROM t WHERE n = 1"), "100");
}

TEST_F(Batches, GoOnAfterTheLastThatIsDone) {
  by_statement(2, update_ + "\nSELECT 1/0;");
  class Stopper : public Observer {
   public:
    void batch_finished(const Step&, size_t, const BatchProgress& progress) override {
      if (progress.met == 300)
        throw base::Error(base::ErrorKind::Failed, "Enough", "three ranges are done");
    }
  } stopper;
  EXPECT_THROW(upgrade(stopper), base::Error);
  EXPECT_EQ(value("SELECT count(*) FROM t WHERE n = 1"), "300");
  EXPECT_EQ(value("SELECT batch_key || ' of ' || batch_end FROM sluice.statements"), "900 of 3000");
  // A new row beyond the end that was seen first is none of its business.
  run("INSERT INTO t VALUES (99999)");
  by_statement(2, "-- batch: t id 50 pause=0\nUPDATE t SET n = n + 1 WHERE id BETWEEN $1 AND $2;");
  EXPECT_EQ(upgrade().steps, 1U);
  EXPECT_EQ(value("SELECT min(n) || ' ' || max(n) FROM t WHERE id < 99999"), "1 1");
  EXPECT_EQ(value("SELECT n FROM t WHERE id = 99999"), "0");
}

TEST_F(Batches, HoldNoLockBetweenRanges) {
  by_statement(2,
               "-- batch: t id 500 pause=400\nUPDATE t SET n = n + 1 WHERE id BETWEEN $1 AND $2;");
  const auto process = start({"upgrade"});
  ASSERT_TRUE(becomes("SELECT count(*) FROM t WHERE n = 1", "500"));
  run("SET lock_timeout = '300ms'; UPDATE t SET k = 1 WHERE id = 3; ALTER TABLE t ADD COLUMN z "
      "int");
  EXPECT_EQ(process->wait(), 0) << process->output();
  EXPECT_EQ(value("SELECT count(*) FROM t WHERE n = 1"), "1000");
}

TEST_F(Batches, PassOverNoKeyWhateverTheSettings) {
  revision(2,
           "CREATE TABLE times (at timestamptz PRIMARY KEY, n int NOT NULL DEFAULT 0);\n"
           "INSERT INTO times SELECT '2020-01-01'::timestamptz + g * interval '7 days' FROM "
           "generate_series(1, 60) g;\n"
           "CREATE TABLE floats (f float8 PRIMARY KEY, n int NOT NULL DEFAULT 0);\n"
           "INSERT INTO floats SELECT g / 3.0 FROM generate_series(1, 50) g;\n"
           "CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);\n"
           "INSERT INTO app.t SELECT g FROM generate_series(4000, 4010) g;");
  upgrade();
  run("ALTER DATABASE " + database_ + " SET datestyle = 'SQL, DMY'; ALTER DATABASE " + database_ +
      " SET timezone = 'Asia/Kolkata'; ALTER DATABASE " + database_ +
      " SET extra_float_digits = 0");
  by_statement(
      3,
      "-- batch: times at 7 pause=0\nUPDATE times SET n = n + 1 WHERE at BETWEEN $1 AND $2;\n"
      "-- batch: floats f 7 pause=0\nUPDATE floats SET n = n + 1 WHERE f BETWEEN $1 AND $2;\n"
      "SET search_path = app;\n"
      "-- batch: t id 3 pause=0\nUPDATE t SET n = n + 1 WHERE id BETWEEN $1 AND $2;");
  EXPECT_EQ(upgrade().steps, 1U);
  for (const char* table : {"times", "floats", "app.t"})
    EXPECT_EQ(value("SELECT min(n) || ' ' || max(n) FROM " + std::string(table)), "1 1") << table;
}

TEST_F(Batches, KeyMayNotChangeInBetween) {
  by_statement(2, update_ + "\nSELECT 1/0;");
  failure();
  by_statement(2, "-- batch: t n 100 pause=0\nUPDATE t SET k = 1 WHERE id BETWEEN $1 AND $2;");
  EXPECT_EQ(failure().reason(), "RevisionChanged");
}

TEST_F(Batches, WorkOnAnEmptyTable) {
  run("TRUNCATE t");
  by_statement(2, update_);
  EXPECT_EQ(upgrade().steps, 1U);
}

TEST_F(Batches, RefuseKeysThatWouldPassRowsOverOrReadEverything) {
  run("ALTER TABLE t ADD COLUMN m int NOT NULL DEFAULT 0; CREATE INDEX ON t (k)");
  struct Case {
    const char* key;
    const char* message;
  };
  for (const Case& test : std::vector<Case>{{"t k", "may be null"},
                                            {"t m", "leads no index"},
                                            {"t nothing", "there is no column"},
                                            {"nowhere id", "there is no column"}}) {
    by_statement(2, "-- batch: " + std::string(test.key) +
                        " 10\nUPDATE t SET n = 1 WHERE id BETWEEN $1 AND $2;");
    const base::Error error = failure();
    EXPECT_EQ(error.reason(), "BatchInvalid");
    EXPECT_THAT(error.message(), AllOf(StartsWith("r002.sql:6: "), HasSubstr(test.message)));
  }
  by_statement(2, update_);
  EXPECT_EQ(upgrade().steps, 1U);
}

}  // namespace
}  // namespace sluice::engine
