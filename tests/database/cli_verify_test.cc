// `sluice verify`: a live database against its revisions, a schema, and what is required of it.
#include <gmock/gmock.h>

#include "tests/database/desired_bench.h"

namespace sluice::engine {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Verify : public DesiredBench {
 protected:
  void SetUp() override {
    DesiredBench::SetUp();
    revision(1, "CREATE TABLE users (id bigint PRIMARY KEY, mail text);");
    revision(2, "CREATE TABLE orders (id bigint PRIMARY KEY, \"Total\" numeric(10,2));");
    upgrade();
  }
  base::CommandResult verify(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), "verify");
    return sluice(more);
  }
};

TEST_F(Verify, PassesWhenTheDatabaseIsWhatItsRevisionsSay) {
  const base::CommandResult result = verify();
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(result.output,
            "database: 2 tables, 4 columns; wanted: 2 tables, 4 columns\nverification passed\n");
  EXPECT_EQ(scratch_databases(), "NULL");
}

TEST_F(Verify, ReportsDriftObjectByObject) {
  execute(
      "ALTER TABLE users ADD COLUMN note text; ALTER TABLE orders DROP COLUMN \"Total\"; "
      "ALTER TABLE users ALTER mail TYPE varchar(9);");
  const base::CommandResult result = verify();
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("unexpected  column note of public.users"),
                    HasSubstr("missing     column Total of public.orders"),
                    HasSubstr("differs     column mail of public.users"),
                    HasSubstr("character varying(9) -> text"), HasSubstr("verification failed")));
}

TEST_F(Verify, TheFixPlanBringsItBack) {
  execute("ALTER TABLE users ADD COLUMN note text; DROP TABLE orders;");
  const base::CommandResult plan = verify({"--fix-plan"});
  EXPECT_EQ(plan.status, 3);
  EXPECT_EQ(psql(plan.output), "");
  EXPECT_EQ(verify().status, 0);
}

TEST_F(Verify, ComparesWithAWantedSchema) {
  const std::string file = wanted(
      "CREATE TABLE users (id bigint PRIMARY KEY, mail text);\n"
      "CREATE TABLE orders (id bigint PRIMARY KEY, \"Total\" numeric(10,2));");
  EXPECT_EQ(verify({"--schema", file}).status, 0);
  EXPECT_EQ(verify({"--schema", wanted("SELECT 1;", "empty.sql")}).status, 3);
}

TEST_F(Verify, RequiresTablesAndColumnsByName) {
  EXPECT_EQ(
      verify({"--require-table", "users", "--require-table", "public.orders", "--require-column",
              "users.mail", "--require-column", "public.orders.\"Total\""})
          .status,
      0);
  const base::CommandResult result =
      verify({"--require-table", "invoices", "--require-column", "orders.total"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.output, AllOf(HasSubstr("missing     required table invoices"),
                                   HasSubstr("missing     required column orders.total"),
                                   HasSubstr("differs in case only")));
}

TEST_F(Verify, ARequirementThatIsNoNameIsRefused) {
  const base::CommandResult result = verify({"--require-column", "mail"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, HasSubstr("NameInvalid"));
}

TEST_F(Verify, RunsChecksOfTheUsers) {
  execute("INSERT INTO users VALUES (1, 'a'), (2, NULL)");
  EXPECT_EQ(verify({"--check-sql", "two=SELECT count(*) FROM users=2", "--check-sql",
                    "some=SELECT count(*) > 0 FROM users WHERE id = 1=true", "--check-sql",
                    "none=SELECT mail FROM users WHERE id = 2=NULL"})
                .status,
            0);
  const base::CommandResult result =
      verify({"--check-sql", "three=SELECT count(*) FROM users=3", "--check-sql",
              "broken=SELECT nosuch=1", "--check-sql", "writes=DELETE FROM users=NULL"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.output, AllOf(HasSubstr("failed      check three: 2, expected 3"),
                                   HasSubstr("failed      check broken: "),
                                   HasSubstr("failed      check writes: ")));
  EXPECT_EQ(value("SELECT count(*) FROM users"), "2");
}

TEST_F(Verify, ReadsChecksFromAFile) {
  const std::string file = wanted(
      "- {name: nobody, sql: 'SELECT count(*) FROM users', expect: '0'}\n"
      "- name: and no orders\n  sql: SELECT count(*) = 0 FROM orders\n  expect: true\n",
      "checks.yaml");
  const base::CommandResult result = verify({"--checks", file});
  EXPECT_EQ(result.status, 0) << result.errors << result.output;
  EXPECT_THAT(result.output, AllOf(HasSubstr("passed      check nobody"),
                                   HasSubstr("passed      check and no orders")));
  const base::CommandResult refused = verify({"--checks", wanted("- {name: a}\n", "bad.yaml")});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("CheckInvalid"), HasSubstr("bad.yaml:1: ")));
}

TEST_F(Verify, SaysAllOfItAsJson) {
  execute("DROP TABLE orders");
  const nlohmann::json facts = json({"verify", "--require-table", "orders", "--fix-plan"});
  EXPECT_EQ(status_, 3);
  EXPECT_EQ(facts.at("passed"), false);
  EXPECT_EQ(facts.at("database").at("tables"), 1);
  EXPECT_EQ(facts.at("wanted").at("tables"), 2);
  EXPECT_EQ(facts.at("drift")[0].at("drift"), "missing");
  EXPECT_EQ(facts.at("tables")[0].at("there"), false);
  EXPECT_FALSE(facts.at("fixPlan").empty());
}

TEST_F(Verify, WithoutRevisionsThereIsNothingToCompareWith) {
  postgres::Session(options()).execute("DROP SCHEMA sluice CASCADE");
  const base::CommandResult result = verify();
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, HasSubstr("NothingToCompare"));
  EXPECT_EQ(verify({"--require-table", "users"}).status, 0);
}

}  // namespace
}  // namespace sluice::engine
