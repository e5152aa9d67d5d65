// `sluice check`: revisions against a wanted schema.
#include <gmock/gmock.h>

#include "tests/database/desired_bench.h"

namespace sluice::engine {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CheckCommand : public DesiredBench {
 protected:
  void SetUp() override {
    DesiredBench::SetUp();
    revision(1, "CREATE TABLE users (id bigint PRIMARY KEY);");
    revision(2, "ALTER TABLE users ADD COLUMN mail text;");
  }
  base::CommandResult check(const std::string& sql, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"check", "--schema", wanted(sql)};
    words.insert(words.end(), more.begin(), more.end());
    return sluice(words);
  }
};

TEST_F(CheckCommand, PassesWhenTheRevisionsLeadToTheWantedSchema) {
  const base::CommandResult result =
      check("CREATE TABLE users (id bigint PRIMARY KEY, mail text);");
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(result.output, "the revisions lead to the wanted schema\n");
  // The database itself was only asked for a scratch database.
  EXPECT_EQ(value("SELECT to_regclass('users') IS NULL AND to_regnamespace('sluice') IS NULL"),
            "t");
  EXPECT_EQ(scratch_databases(), "NULL");
}

TEST_F(CheckCommand, ExitsWithThreeAndListsWhatDiffers) {
  const base::CommandResult result = check(
      "CREATE TABLE users (id bigint PRIMARY KEY, mail varchar(80), name text);\n"
      "CREATE TABLE orders (id bigint);");
  EXPECT_EQ(result.status, 3) << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("add     table public.orders"),
                                   HasSubstr("add     column name of public.users"),
                                   HasSubstr("change  column mail of public.users"),
                                   HasSubstr("text -> character varying(80)")));
}

TEST_F(CheckCommand, ListsTheOperationsAsJson) {
  const nlohmann::json facts =
      json({"check", "--schema", wanted("CREATE TABLE users (id bigint PRIMARY KEY);")});
  EXPECT_EQ(status_, 3);
  EXPECT_EQ(facts.at("same"), false);
  EXPECT_EQ(facts.at("differences")[0].at("identity"), "column mail of public.users");
  EXPECT_EQ(facts.at("groups")[0].at("statements").size(), 1U);
}

TEST_F(CheckCommand, ARevisionThatFailsIsNamedWithItsLine) {
  revision(3, "ALTER TABLE nosuch ADD COLUMN a int;");
  const base::CommandResult result = check("SELECT 1;");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, HasSubstr("r003.sql:"));
  EXPECT_THAT(result.errors,
              AllOf(HasSubstr("in a scratch database; no other was touched"),
                    testing::Not(HasSubstr("rolled back"))));
}

TEST_F(CheckCommand, NeedsASchema) { EXPECT_EQ(sluice({"check"}).status, 2); }

TEST_F(CheckCommand, ATableThatDiffersInCaseOnlyIsPointedOut) {
  const base::CommandResult result = check("CREATE TABLE \"Users\" (id bigint PRIMARY KEY);");
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("warning"), HasSubstr("differ in case only")));
}

}  // namespace
}  // namespace sluice::engine
