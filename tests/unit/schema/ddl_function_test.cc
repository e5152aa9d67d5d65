#include "tests/unit/schema/ddl_case.h"

namespace sluice::schema {
namespace {

using testing::ElementsAre;

const DiffOptions kOptions;
const DdlContext kLive{kOptions};

Object function_of(const std::string& arguments, const std::string& result,
                   const std::string& body = "SELECT 1",
                   FunctionKind kind = FunctionKind::Function) {
  Function function;
  function.function_kind = kind;
  function.arguments = arguments;
  function.result = result;
  function.language = "sql";
  function.definition = "CREATE OR REPLACE FUNCTION public.thing(" + arguments + ") RETURNS " +
                        result + " AS '" + body + "'";
  Object object = object_of(Kind::Function, function);
  object.identity = "public.thing(integer)";
  object.key.arguments = "integer";
  return object;
}

struct ReplaceCase {
  const char* was;
  const char* is;
  bool in_place;
};

TEST(FunctionDdl, ParametersThatReplacingMayChange) {
  for (const ReplaceCase& each : std::vector<ReplaceCase>{
           {"a integer", "a integer", true},
           {"a integer", "b integer", false},
           {"integer", "b integer", true},
           {"a integer", "integer", false},
           {"a integer", "a integer DEFAULT 1", true},
           {"a integer DEFAULT 1", "a integer DEFAULT f(1, ')')", true},
           {"a integer DEFAULT 1", "a integer", false},
           {"a integer, OUT b text", "a integer, OUT b text", true},
           {"a integer, OUT b text", "a integer, OUT c text", false},
           {"a integer, OUT b text", "a integer, OUT b  integer", false},
           {"a integer, OUT b text", "OUT b text, a integer", false},
           {"a integer, OUT b text", "integer, OUT b text", false},
           {"a integer", "VARIADIC a integer[]", false},
           {"INOUT a integer", "INOUT b integer", false},
           {"integer, OUT b \"char\"[]", "x integer, OUT b \"char\"[]", true},
           {"", "a integer", false},
       }) {
    SCOPED_TRACE(std::string(each.was) + " -> " + each.is);
    const auto statements = alter_function({}, function_of(each.was, "integer", "SELECT 1"), {},
                                           function_of(each.is, "integer", "SELECT 2"), kLive);
    EXPECT_EQ(statements.has_value(), each.in_place);
  }
}

TEST(FunctionDdl, ABodyIsReplacedInPlace) {
  expect_alter(
      alter_function,
      {
          {"body", function_of("", "integer"), function_of("", "integer", "SELECT 2"),
           Sql{"CREATE OR REPLACE FUNCTION public.thing() RETURNS integer AS 'SELECT "
               "2'"}},
          {"the same", function_of("", "integer"), function_of("", "integer"), Sql{}},
          {"another result", function_of("", "integer"), function_of("", "bigint"), std::nullopt},
          {"another kind", function_of("", ""),
           function_of("", "", "SELECT 1", FunctionKind::Procedure), std::nullopt},
      });
}

TEST(FunctionDdl, AnAggregateIsReplacedToo) {
  Object was = function_of("integer", "bigint", "", FunctionKind::Aggregate);
  Object is = was;
  std::get<Function>(is.details).definition = "CREATE AGGREGATE public.thing(integer) (SFUNC = f)";
  expect_alter(alter_function,
               {{"aggregate", was, is,
                 Sql{"CREATE OR REPLACE AGGREGATE public.thing(integer) (SFUNC = f)"}}});
}

TEST(FunctionDdl, EachKindIsDroppedByItsOwnWord) {
  Object function = function_of("a integer", "integer");
  const auto dropped = drop_function({}, function, kLive);
  EXPECT_THAT(sql_of(dropped), ElementsAre("DROP FUNCTION public.thing(integer)"));
  EXPECT_EQ(dropped.at(0).hazards.at(0).rule, lint::RuleId::DropFunction);
  std::get<Function>(function.details).function_kind = FunctionKind::Procedure;
  EXPECT_THAT(sql_of(drop_function({}, function, kLive)),
              ElementsAre("DROP PROCEDURE public.thing(integer)"));
  std::get<Function>(function.details).function_kind = FunctionKind::Aggregate;
  function.identity = "public.thing(*)";
  EXPECT_THAT(sql_of(drop_function({}, function, kLive)),
              ElementsAre("DROP AGGREGATE public.thing(*)"));
}

TEST(FunctionDdl, NothingIsAHazardWhereNobodyUsesIt) {
  DdlContext fresh{kOptions};
  fresh.fresh = true;
  EXPECT_TRUE(drop_function({}, function_of("", "integer"), fresh).at(0).hazards.empty());
}

}  // namespace
}  // namespace sluice::schema
