#include "tests/unit/schema/ddl_case.h"

namespace sluice::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Differences, OfAColumn) {
  Column was;
  was.type = "integer";
  was.position = 1;
  Column is = was;
  is.position = 7;
  EXPECT_THAT(differences(part_of(Kind::Column, was), part_of(Kind::Column, is), {}), IsEmpty());
  is.type = "bigint";
  is.default_value = "0";
  is.not_null = true;
  is.statistics = 500;
  is.options = {{"n_distinct", "5"}};
  is.identity = Identity{};
  EXPECT_THAT(differences(part_of(Kind::Column, was), part_of(Kind::Column, is), {}),
              ElementsAre("type: integer -> bigint", "default: none -> 0", "not null: no -> yes",
                          "identity: none -> by default", "statistics: default -> 500",
                          "option n_distinct: none -> 5"));
}

TEST(Differences, OfAnEnum) {
  const auto lines = [](std::vector<std::string> was, std::vector<std::string> is) {
    return differences(object_of(Kind::Enum, Enum{std::move(was)}),
                       object_of(Kind::Enum, Enum{std::move(is)}), {});
  };
  EXPECT_THAT(lines({"a", "b"}, {"b", "c"}), ElementsAre("value removed: 'a'", "value added: 'c'"));
  EXPECT_THAT(lines({"a", "b"}, {"b", "a"}), ElementsAre("order of values: a, b -> b, a"));
}

TEST(Differences, LongTextsAreNotShown) {
  View was{" SELECT 1", {{"a", "integer", "", "", ""}}, {}};
  View is{" SELECT 2", {{"a", "bigint", "", "", "one"}, {"b", "text", "", "", ""}}, {}};
  EXPECT_THAT(differences(object_of(Kind::View, was), object_of(Kind::View, is), {}),
              ElementsAre("column a: integer -> bigint", "column b added: text",
                          "comment of column a: none -> one", "query changed"));
}

TEST(Differences, OfAFunctionsBody) {
  Function was;
  was.definition = "a";
  Function is = was;
  is.definition = "b";
  EXPECT_THAT(differences(object_of(Kind::Function, was), object_of(Kind::Function, is), {}),
              ElementsAre("definition changed"));
}

TEST(Differences, OfADomain) {
  Domain was;
  was.type = "text";
  was.constraints = {{"a", "CHECK (x)", true, ""}, {"b", "CHECK (y)", false, ""}};
  Domain is = was;
  is.constraints = {{"b", "CHECK (y)", true, ""}, {"c", "CHECK (z)", true, ""}};
  EXPECT_THAT(differences(object_of(Kind::Domain, was), object_of(Kind::Domain, is), {}),
              ElementsAre("constraint a removed", "constraint b: CHECK (y) NOT VALID -> CHECK (y)",
                          "constraint c added: CHECK (z)"));
}

TEST(Differences, CommentsPrivilegesOwners) {
  Object was = object_of(Kind::Table, Table{});
  Object is = was;
  was.comment = "old";
  is.comment = "two\nlines";
  was.grants = {{std::string(kOwner), "SELECT", false}, {"app", "SELECT", false}};
  is.grants = {
      {std::string(kOwner), "SELECT", false}, {"app", "SELECT", true}, {"", "SELECT", false}};
  is.owner = "boss";
  DiffOptions all;
  all.owners = true;
  EXPECT_THAT(
      differences(was, is, all),
      ElementsAre("comment changed", "privileges of PUBLIC: none -> SELECT",
                  "privileges of app: SELECT -> SELECT (grantable)", "owner: admin -> boss"));
  DiffOptions few;
  few.privileges = false;
  EXPECT_THAT(differences(was, is, few), ElementsAre("comment changed"));
}

TEST(Differences, NoneBetweenDefaultGrantsAndTheSameSaidOpenly) {
  Object was = object_of(Kind::Function, Function{});
  was.grants = {{"", "EXECUTE", false}, {std::string(kOwner), "EXECUTE", false}};
  Object is = was;
  is.default_grants = false;
  EXPECT_THAT(differences(was, is, {}), IsEmpty());
}

}  // namespace
}  // namespace sluice::schema
