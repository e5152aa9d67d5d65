#include "rehearsal/schema_delta.h"

#include <gmock/gmock.h>

namespace sluice::rehearsal {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string object(const std::string& type, const std::string& name, const std::string& sql) {
  return "--\n-- Name: " + name + "; Type: " + type + "; Schema: public; Owner: app\n--\n\n" + sql +
         "\n\n";
}

const std::string kHead = "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET x = 0;\n\n";
const std::string kTrips =
    object("TABLE", "trips", "CREATE TABLE t (\n    id int,\n    b text\n);");
const std::string kCars = object("TABLE", "cars", "CREATE TABLE cars (\n);");

TEST(SchemaDelta, OfTheSameSchemaIsEmpty) {
  EXPECT_THAT(schema_delta(kHead + kTrips, kHead + kTrips), IsEmpty());
}

TEST(SchemaDelta, PassesOverWhatBelongsToTheDumpAndNotToTheSchema) {
  EXPECT_THAT(
      schema_delta(kHead + kTrips + kCars,
                   "\\restrict xyz\n" + kCars + "SET default_tablespace = '';\n\n" +
                       "SET default_table_access_method = heap;\n\n" + kTrips +
                       "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict xyz\n"),
      IsEmpty());
}

TEST(SchemaDelta, NamesTheObjectOfEachLine) {
  EXPECT_THAT(schema_delta(kTrips + kCars,
                           object("TABLE", "trips",
                                  "CREATE TABLE t (\n    id int,\n    b text,\n    c int\n);")),
              ElementsAre("TABLE public.cars: - CREATE TABLE cars (", "TABLE public.cars: - );",
                          "TABLE public.trips: +     c int"));
}

TEST(SchemaDelta, SeesColumnsInAnotherOrder) {
  EXPECT_EQ(schema_delta(kTrips,
                         object("TABLE", "trips", "CREATE TABLE t (\n    b text,\n    id int\n);"))
                .size(),
            2U);
}

TEST(SchemaDelta, SeesAChangeInTheCommentsOfAFunction) {
  EXPECT_EQ(schema_delta(object("FUNCTION", "f()", "AS $$\n-- one\n$$"),
                         object("FUNCTION", "f()", "AS $$\n-- two\n$$"))
                .size(),
            2U);
}

TEST(Without, TakesEachCarriedLineAwayOnce) {
  EXPECT_THAT(without({"a", "b", "b", "c"}, {"b", "d", "a"}), ElementsAre("b", "c"));
}

}  // namespace
}  // namespace sluice::rehearsal
