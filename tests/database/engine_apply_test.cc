// Revisions on a real server: what takes effect, and what is said when it does not.
#include <gmock/gmock.h>

#include <iostream>
#include <thread>

#include "base/error.h"
#include "tests/database/engine_bench.h"

namespace sluice::engine {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Apply : public EngineBench {};

TEST_F(Apply, RecordsWhatItApplied) {
  revision(1, "CREATE TABLE t (id int PRIMARY KEY);");
  revision(2, "INSERT INTO t VALUES (1);");
  const Applied applied = upgrade();
  EXPECT_EQ(applied.steps, 2U);
  EXPECT_THAT(applied.heads, ElementsAre("r002"));
  postgres::Session session(options());
  const ledger::State state = ledger::read(session);
  ASSERT_EQ(state.applied.size(), 2U);
  EXPECT_EQ(state.applied[1].id, "r002");
  EXPECT_THAT(state.applied[1].revises, ElementsAre("r001"));
  EXPECT_THAT(state.applied[0].text, StartsWith("-- revision: r001\n"));
  EXPECT_EQ(value("SELECT outcome FROM sluice.runs"), "succeeded");
  EXPECT_EQ(upgrade().steps, 0U);
}

TEST_F(Apply, FailingStatementIsRolledBackAndNamed) {
  revision(1, "CREATE TABLE t (id int PRIMARY KEY);");
  revision(2, "INSERT INTO t VALUES (1);\n\nINSERT INTO t\n  VALUES (1);");
  const base::Error error = failure();
  EXPECT_EQ(error.reason(), "StatementFailed");
  EXPECT_THAT(error.message(),
              AllOf(StartsWith("r002.sql:6: statement 2 of 2 (`INSERT INTO t VALUES (1)`): "),
                    HasSubstr("SQLSTATE 23505"), HasSubstr("DETAIL: Key (id)=(1)")));
  EXPECT_EQ(value("SELECT count(*) FROM t"), "0");
  EXPECT_EQ(value("SELECT string_agg(id, ',') FROM sluice.revisions WHERE origin = 'user'"),
            "r001");
  EXPECT_EQ(value("SELECT outcome FROM sluice.runs"), "failed");
}

TEST_F(Apply, LineIsThatOfTheErrorWithinTheStatement) {
  revision(1, "SELECT\n  1,\n  no_such_column;");
  EXPECT_THAT(failure().message(), StartsWith("r001.sql:6: statement 1 of 1"));
}

TEST_F(Apply, DeferredConstraintFailsAtCommit) {
  revision(1,
           "CREATE TABLE t (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);\n"
           "INSERT INTO t VALUES (1), (1);");
  EXPECT_THAT(failure().message(), StartsWith("r001.sql: COMMIT: duplicate key"));
  EXPECT_EQ(value("SELECT to_regclass('t')"), "NULL");
}

TEST_F(Apply, SettingsAndRolesOfARevisionEndWithIt) {
  revision(1, "CREATE SCHEMA s; SET search_path = s; CREATE TABLE a (); SET ROLE pg_monitor;");
  revision(2, "CREATE TABLE b ();");
  EXPECT_EQ(upgrade().steps, 2U);
  EXPECT_EQ(value("SELECT to_regclass('s.a')"), "s.a");
  EXPECT_EQ(value("SELECT to_regclass('public.b')"), "b");
}

TEST_F(Apply, LockedTableIsTriedAgainAndTheBlockerNamed) {
  revision(1, "CREATE TABLE t (id int);");
  upgrade();
  revision(2, "CREATE TABLE other (); ALTER TABLE t ADD COLUMN a int;");
  postgres::Session blocker(options());
  blocker.execute("BEGIN; SELECT * FROM t");
  ApplyOptions apply_options;
  apply_options.lock_timeout = std::chrono::milliseconds(300);
  apply_options.lock_budget = std::chrono::milliseconds(1500);
  const base::Error error = failure(apply_options);
  EXPECT_EQ(error.kind(), base::ErrorKind::Transient);
  EXPECT_EQ(error.reason(), "LockTimeout");
  EXPECT_THAT(error.message(), AllOf(StartsWith("r002.sql:4: statement 2 of 2"),
                                     HasSubstr("blocked by pid " + std::to_string(blocker.pid())),
                                     HasSubstr("SELECT * FROM t")));
  EXPECT_EQ(value("SELECT to_regclass('other')"), "NULL");
  blocker.rollback();
  EXPECT_EQ(upgrade(apply_options).steps, 1U);
}

TEST_F(Apply, NewerRunFencesAnOlderOne) {
  revision(1, "SELECT 1;");
  upgrade();
  postgres::Session session(options());
  postgres::AdvisoryLock lock(session, std::chrono::milliseconds(0));
  const ledger::Run older = ledger::start_run(session, "older", "upgrade", "head", "");
  const ledger::Run newer = ledger::start_run(session, "newer", "upgrade", "head", "");
  EXPECT_GT(newer.epoch, older.epoch);
  postgres::Transaction transaction(session);
  EXPECT_NO_THROW(ledger::check_fence(session, newer));
  try {
    ledger::check_fence(session, older);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reason(), "Fenced");
  }
}

TEST_F(Apply, NewerLedgerIsRefused) {
  revision(1, "SELECT 1;");
  upgrade();
  postgres::Session(options()).execute(
      "INSERT INTO sluice.revisions OVERRIDING SYSTEM VALUE SELECT origin, 'sluice_9999', 99, "
      "revises, depends_on, "
      "branch_labels, message, file, body, raw_checksum, canonical_checksum, run, epoch, "
      "applied_at, duration_ms FROM sluice.revisions WHERE origin = 'sluice'");
  EXPECT_EQ(failure().reason(), "LedgerNewer");
}

TEST_F(Apply, StopCancelsTheStatement) {
  revision(1, "CREATE TABLE t (); SELECT pg_sleep(60);");
  postgres::Session session(options());
  postgres::AdvisoryLock lock(session, std::chrono::milliseconds(0));
  const Plan plan = plan_upgrade(graph(), {}, "head", session.server_version());
  std::stop_source stop;
  std::jthread stopper([&] {
    backend_of("pg_sleep(60)");
    stop.request_stop();
  });
  Observer observer;
  const auto began = std::chrono::steady_clock::now();
  try {
    apply(lock, plan, {}, observer, stop.get_token());
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reason(), "Cancelled");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
  EXPECT_EQ(value("SELECT to_regclass('t')"), "NULL");
  EXPECT_EQ(value("SELECT outcome FROM sluice.runs"), "failed");
}

TEST_F(Apply, CopyLoadsItsData) {
  revision(1,
           "CREATE TABLE t (a int, b text);\nCOPY t FROM stdin;\n1\tit's; --\n2\t\\N\n\\.\n"
           "COPY t (b, a) FROM stdin WITH (FORMAT csv);\n\"x, y\",3\n\\.\nSELECT 1;");
  EXPECT_EQ(upgrade().steps, 1U);
  EXPECT_EQ(value("SELECT string_agg(a || '=' || coalesce(b, '-'), '|' ORDER BY a) FROM t"),
            "1=it's; --|2=-|3=x, y");
}

TEST_F(Apply, CopyNamesTheStatementThatFailed) {
  revision(1, "CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\nx\n\\.");
  const base::Error error = failure();
  EXPECT_THAT(error.message(),
              AllOf(StartsWith("r001.sql:5: statement 2 of 2 (`COPY t FROM"),
                    HasSubstr("invalid input syntax"), HasSubstr("COPY t, line 2")));
  EXPECT_EQ(value("SELECT to_regclass('t')"), "NULL");
}

TEST_F(Apply, LedgerIsUtf8WhateverARevisionSets) {
  const std::string up =
      "SET client_encoding = 'LATIN1';\nCREATE TABLE t (a text);\nINSERT INTO t "
      "VALUES ('größe');";
  revision(1, up, "DROP TABLE t;");
  upgrade();
  EXPECT_EQ(value("SELECT a FROM t"), "größe");
  EXPECT_EQ(value("SELECT position('größe' in body) > 0 FROM sluice.revisions WHERE id = 'r001'"),
            "t");
}

TEST_F(Apply, WhatTheServerRefusesIsNoLostConnection) {
  revision(1, "CREATE TABLE t (a int); CREATE ROLE " + database_ + "_role; GRANT ALL ON t TO " +
                  database_ + "_role;");
  upgrade();
  revision(2, "SET ROLE " + database_ + "_role; ALTER TABLE t ADD b int;");
  const base::Error error = failure();
  EXPECT_EQ(error.reason(), "PermissionDenied");
  EXPECT_EQ(error.kind(), base::ErrorKind::Failed);
  EXPECT_THAT(error.message(), HasSubstr("must be owner of table t (SQLSTATE 42501)"));
}

TEST_F(Apply, RefusalByCommitIsSaidOnce) {
  revision(
      1,
      "CREATE TABLE t (a int); CREATE SEQUENCE tries;\n"
      "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('tries'); "
      "RAISE EXCEPTION 'no' USING errcode = '42501'; END $$;\n"
      "CREATE CONSTRAINT TRIGGER no AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
      "EXECUTE FUNCTION no();");
  upgrade();
  revision(2, "INSERT INTO t VALUES (1);");
  EXPECT_EQ(failure().reason(), "PermissionDenied");
  EXPECT_EQ(value("SELECT last_value FROM tries"), "1");
}

TEST_F(Apply, DeadlockIsTriedAgain) {
  revision(
      1,
      "CREATE TABLE a (n int); CREATE TABLE b (n int); INSERT INTO a VALUES (0); INSERT INTO b "
      "VALUES (0);");
  upgrade();
  revision(2, "UPDATE a SET n = n + 1; SELECT pg_sleep(0.5); UPDATE b SET n = n + 1;");
  postgres::Session(options()).execute("ALTER DATABASE " + database_ +
                                       " SET deadlock_timeout = '100ms'");
  std::jthread other([&] {
    postgres::Session session(options());
    session.execute("SET deadlock_timeout = '20s'");
    backend_of("pg_sleep(0.5)");
    session.execute("BEGIN; UPDATE b SET n = n + 10");
    session.execute("UPDATE a SET n = n + 10; COMMIT");
  });
  EXPECT_EQ(upgrade().steps, 1U);
  other.join();
  EXPECT_EQ(value("SELECT a.n + b.n FROM a, b"), "22");
}

TEST_F(Apply, RoleOfAnotherIsolationIsNoHindrance) {
  value("SELECT 1");
  postgres::Session(options()).execute("ALTER DATABASE " + database_ +
                                       " SET default_transaction_isolation = 'serializable'");
  revision(1, "CREATE TABLE t ();");
  revision(2, "CREATE TABLE u ();");
  EXPECT_EQ(upgrade().steps, 2U);
}

TEST_F(Apply, RepeatableRunsAgainWhenItsStatementsChange) {
  revision(1, "CREATE TABLE t (a int);");
  file("views.sql",
       "-- repeatable: views\n-- migrate:up\nCREATE OR REPLACE VIEW v AS SELECT 1 a;\n");
  EXPECT_EQ(upgrade().steps, 2U);
  EXPECT_EQ(upgrade().steps, 0U);
  file("views.sql",
       "-- repeatable: views\n-- migrate:up\nCREATE OR REPLACE VIEW v AS SELECT 2 a;\n");
  EXPECT_EQ(upgrade().steps, 1U);
  EXPECT_EQ(value("SELECT a FROM v"), "2");
  EXPECT_EQ(value("SELECT count(*) FROM sluice.revisions WHERE origin = 'repeatable'"), "1");
  EXPECT_THAT(upgrade().heads, ElementsAre("r001"));
}

TEST_F(Apply, RepeatableRunsAgainAfterADowngrade) {
  file("r001.sql",
       "-- revision: r001\n-- migrate:up\nCREATE TABLE t (a int);\n-- migrate:down\n"
       "DROP TABLE t CASCADE;\n");
  file("views.sql",
       "-- repeatable: views\n-- migrate:up\nCREATE OR REPLACE VIEW v AS SELECT a FROM t;\n");
  upgrade();
  downgrade("base");
  EXPECT_EQ(value("SELECT to_regclass('v')"), "NULL");
  EXPECT_EQ(upgrade().steps, 2U);
  EXPECT_EQ(value("SELECT count(*) FROM v"), "0");
  EXPECT_EQ(upgrade().steps, 0U);
}

TEST_F(Apply, LateRevisionTakesItsPlace) {
  revision(1, "CREATE TABLE t (a int);");
  file("r003.sql",
       "-- revision: r003\n-- revises: r001\n-- migrate:up\nALTER TABLE t ADD c int;\n"
       "-- migrate:down\nALTER TABLE t DROP c;\n");
  upgrade();
  revision(2, "ALTER TABLE t ADD b int;", "ALTER TABLE t DROP b;");
  revision(3, "ALTER TABLE t ADD c int;", "ALTER TABLE t DROP c;");
  EXPECT_EQ(failure().reason(), "OutOfOrder");
  PlanPolicy policy;
  policy.allow_out_of_order = true;
  EXPECT_THAT(upgrade({}, policy).heads, ElementsAre("r003"));
  EXPECT_EQ(upgrade().steps, 0U);
  EXPECT_THAT(downgrade("-1").heads, ElementsAre("r002"));
  EXPECT_THAT(downgrade("-1").heads, ElementsAre("r001"));
}

// The run has lost its lock and another has begun: what it still does is not to take effect.
TEST_F(Apply, RunThatLostItsLockWritesNothingMore) {
  revision(1, "SELECT 1;");
  upgrade();
  revision(2, "CREATE TABLE second ();");
  revision(3, "CREATE TABLE third ();");
  class Usurper : public Observer {
   public:
    explicit Usurper(postgres::ConnectOptions options) : session(std::move(options)) {}
    void revision_finished(const Step& step, std::chrono::milliseconds) override {
      if (step.revision->id == "r002") ledger::start_run(session, "other", "upgrade", "head", "");
    }
    postgres::Session session;
  } usurper(options());
  try {
    upgrade(usurper);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reason(), "Fenced");
  }
  EXPECT_EQ(value("SELECT to_regclass('second')"), "second");
  EXPECT_EQ(value("SELECT to_regclass('third')"), "NULL");
}

TEST_F(Apply, WhatTheServerSaysIsHandedOn) {
  revision(1,
           "DROP TABLE IF EXISTS none; DO $$ BEGIN RAISE WARNING E'seven\nrows'; FOR i IN 1..200 "
           "LOOP RAISE NOTICE '%', i; END LOOP; END $$;");
  class Listener : public Observer {
   public:
    void server_says(const Step& step, size_t number, const postgres::Notice& notice) override {
      said.push_back(step.revision->id + " " + std::to_string(number) + " " + notice.severity +
                     " " + notice.message);
    }
    std::vector<std::string> said;
  } listener;
  upgrade(listener);
  ASSERT_EQ(listener.said.size(), 101U);
  EXPECT_EQ(listener.said[0], "r001 1 NOTICE table \"none\" does not exist, skipping");
  EXPECT_EQ(listener.said[1], "r001 2 WARNING seven rows");
  EXPECT_EQ(listener.said[100], "r001 2 NOTICE 99");
}

// The ledger is written by a plan that the session keeps.
TEST_F(Apply, RevisionMayForgetThePlansOfItsSession) {
  revision(1, "CREATE TABLE t (); DEALLOCATE ALL;");
  revision(2, "DISCARD PLANS; CREATE TABLE u ();");
  revision(3, "CREATE TABLE v ();");
  EXPECT_EQ(upgrade().steps, 3U);
  EXPECT_EQ(value("SELECT count(*) FROM sluice.history WHERE origin = 'user'"), "3");
}

TEST_F(Apply, AnotherTableOfTheLedgersNameIsNotTouched) {
  postgres::Session(options()).execute(
      "CREATE SCHEMA sluice; CREATE TABLE sluice.revisions (id int); INSERT INTO sluice.revisions "
      "VALUES (7)");
  revision(1, "SELECT 1;");
  const base::Error error = failure();
  EXPECT_EQ(error.reason(), "LedgerForeign");
  EXPECT_EQ(value("SELECT id FROM sluice.revisions"), "7");
}

TEST_F(Apply, FiveHundredRevisions) {
  for (int i = 1; i <= 500; ++i) revision(i, "CREATE TABLE t" + std::to_string(i) + " (a int);");
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(upgrade().steps, 500U);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  RecordProperty("seconds", std::to_string(took.count()));
  std::cout << "500 revisions: " << took.count() << " s\n";
}

}  // namespace
}  // namespace sluice::engine
