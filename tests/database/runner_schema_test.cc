// Runs for a wanted schema, and what spec.verify and looks for drift find, as a pod would see them.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/database/runner_bench.h"

namespace sluice::runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kSchema =
    "CREATE TABLE riders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT "
    "NULL);\n"
    "CREATE TABLE trips (id int PRIMARY KEY, rider bigint REFERENCES riders);\n"
    "CREATE VIEW busy AS SELECT rider FROM trips;\n";

class SchemaRun : public RunnerBench {
 protected:
  Ended sync(const std::string& sql, bool full = false, bool allow_data_loss = false) {
    file("schema.sql", sql);
    spec_.schema = SchemaSpec{full, allow_data_loss};
    return run();
  }
  std::string columns(const std::string& table) const {
    return value(
        "SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_attribute WHERE attrelid = '" +
        table + "'::regclass AND attnum > 0 AND NOT attisdropped");
  }
};

TEST_F(SchemaRun, MakesAnEmptyDatabaseWhatIsWantedAndAgainDoesNothing) {
  const Ended ended = sync(kSchema);
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_TRUE(ended.report.succeeded);
  EXPECT_GT(ended.report.applied, 0U);
  EXPECT_EQ(ended.report.pending, 0U);
  EXPECT_FALSE(ended.report.plan_digest.empty());
  EXPECT_EQ(columns("trips"), "id rider");
  EXPECT_EQ(value("SELECT kind || ' ' || outcome FROM sluice.runs"), "sync succeeded");
  const Ended again = run();
  EXPECT_EQ(again.status, 0) << again.output;
  EXPECT_EQ(again.report.applied, 0U);
  EXPECT_EQ(value("SELECT count(*) FROM sluice.runs"), "1");
}

TEST_F(SchemaRun, OfFilesWithoutAStatementDropsNothing) {
  sync(kSchema);
  const Ended refused = sync("-- to come\n", true, true);
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.report.reason, "SourceEmpty");
  EXPECT_FALSE(refused.report.retry);
  EXPECT_EQ(columns("trips"), "id rider");
}

TEST_F(SchemaRun, BacksUpBeforeItChangesAnything) {
  sync(kSchema);
  back_up();
  const Ended ended = sync(std::string(kSchema) + "ALTER TABLE riders ADD COLUMN email text;");
  EXPECT_EQ(ended.status, 0) << ended.output;
  ASSERT_TRUE(ended.report.backup);
  EXPECT_EQ(columns("riders"), "email id name");
}

TEST_F(SchemaRun, ThatIsAdditiveLeavesWhatIsThereAndSaysSo) {
  sync(kSchema);
  connect().execute("ALTER TABLE riders ADD COLUMN mine int; CREATE TABLE other (id int)");
  const Ended ended = sync(std::string(kSchema) + "ALTER TABLE riders ADD COLUMN email text;");
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_EQ(columns("riders"), "email id mine name");
  EXPECT_EQ(ended.report.reason, "LeftUndone");
  EXPECT_THAT(ended.report.message, HasSubstr("2 differences left undone"));
  EXPECT_THAT(ended.output, HasSubstr("left undone: "));
}

TEST_F(SchemaRun, ThatIsFullLosesNothingUnlessItMay) {
  sync(std::string(kSchema) + "ALTER TABLE riders ADD COLUMN email text;");
  connect().execute("INSERT INTO riders (name, email) VALUES ('Ada', 'a@example.com')");
  const Ended refused = sync(kSchema, true);
  EXPECT_EQ(refused.status, 3);
  EXPECT_EQ(refused.report.reason, "DataLoss");
  EXPECT_THAT(refused.report.message, HasSubstr("spec.safety.destructive: Allow"));
  EXPECT_EQ(columns("riders"), "email id name");
  const Ended allowed = sync(kSchema, true, true);
  EXPECT_EQ(allowed.status, 0) << allowed.output;
  EXPECT_EQ(columns("riders"), "id name");
  EXPECT_EQ(value("SELECT name FROM riders"), "Ada");
}

TEST_F(SchemaRun, OfFilesThatDoNotLoadChangesNothing) {
  const Ended ended = sync("CREATE TABLE a (id int);\nCREATE TABLE a (id int);\n");
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.report.stage, "Plan");
  EXPECT_FALSE(ended.report.retry);
  EXPECT_THAT(ended.report.message, HasSubstr("schema.sql:2"));
  EXPECT_FALSE(has_ledger());
}

TEST_F(SchemaRun, LeavesPrivilegesAloneWhereTheFilesSpeakOfNone) {
  sync(kSchema);
  connect().execute("GRANT SELECT ON riders TO PUBLIC");
  const Ended ended = sync(kSchema, true, true);
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_EQ(value("SELECT has_table_privilege('public', 'riders', 'SELECT')"), "t");
}

class Proof : public RunnerBench {
 protected:
  Proof() = default;
  Ended look() {
    spec_.drift_check = true;
    return run();
  }
};

TEST_F(Proof, NamesAndChecksAreAskedForAfterTheRun) {
  revision(1, "CREATE TABLE trips (id int, \"Fare\" int)");
  spec_.verify.tables = {"trips", "public.nowhere"};
  spec_.verify.columns = {"trips.id", "trips.fare"};
  spec_.verify.checks = {{"none", "SELECT count(*) FROM trips", "0"},
                         {"sum", "SELECT 1 + 1", "3"},
                         {"broken", "SELECT nothing", "true"},
                         {"writes", "DELETE FROM trips RETURNING true", "true"}};
  const Ended ended = run();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.report.stage, "Verify");
  EXPECT_EQ(ended.report.reason, "VerificationFailed");
  for (const char* line :
       {"table public.nowhere is not there", "column trips.fare is not there (there is",
        "check sum: expected 3, found 2", "check broken: column \"nothing\" does not exist",
        "check writes: cannot execute DELETE in a read-only transaction"})
    EXPECT_THAT(ended.report.message, HasSubstr(line));
  EXPECT_THAT(*ended.report.heads, ElementsAre("0001")) << "it is applied all the same";
  spec_.verify.tables = {"trips"};
  spec_.verify.columns = {"trips.\"Fare\""};
  spec_.verify.checks.resize(1);
  EXPECT_EQ(run().status, 0);
}

TEST_F(Proof, DriftIsWhatTheLedgersRevisionsDoNotMake) {
  revision(1, "CREATE TABLE trips (id int PRIMARY KEY, note text)");
  spec_.verify.no_drift = true;
  EXPECT_EQ(run().status, 0);
  connect().execute(
      "ALTER TABLE trips ADD COLUMN mine int; ALTER TABLE trips ALTER note SET NOT NULL; CREATE "
      "TABLE other (id int)");
  const Ended ended = run();
  EXPECT_EQ(ended.status, 3);
  EXPECT_EQ(ended.report.reason, "Drifted");
  EXPECT_EQ(ended.report.drift.size(), 3U) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("is there, and should not be"));
}

TEST_F(Proof, ALookForDriftOnlyLooks) {
  revision(1, "CREATE TABLE trips (id int)");
  EXPECT_EQ(run().status, 0);
  revision(2, "CREATE TABLE more (id int)");
  const Ended clean = look();
  EXPECT_EQ(clean.status, 0) << clean.output;
  EXPECT_EQ(value("SELECT to_regclass('more') IS NULL"), "t");
  EXPECT_EQ(value("SELECT count(*) FROM sluice.runs"), "1");
  connect().execute("DROP TABLE trips");
  const Ended drifted = look();
  EXPECT_EQ(drifted.report.reason, "Drifted");
  EXPECT_THAT(drifted.report.drift, testing::Contains(HasSubstr("trips: is not there")));
}

}  // namespace
}  // namespace sluice::runner
