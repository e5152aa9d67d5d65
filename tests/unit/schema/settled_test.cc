#include "schema/settled.h"

#include <gtest/gtest.h>

namespace sluice::schema {
namespace {

struct Case {
  const char* name;
  const char* sql;
  const char* settled;
};

// Seen with PostgreSQL 15: what pg_get_constraintdef() and pg_get_viewdef() say of the same
// expression before and after it was made from what they said.
class Settled : public testing::TestWithParam<Case> {};

TEST_P(Settled, IsTheFormThatStays) {
  EXPECT_EQ(settled(GetParam().sql), GetParam().settled);
  EXPECT_EQ(settled(settled(GetParam().sql)), GetParam().settled);
}

INSTANTIATE_TEST_SUITE_P(
    Expressions, Settled,
    testing::Values(
        Case{"InOfVarchar",
             "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b,]'::character "
             "varying])::text[])))",
             "CHECK (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b,]'::character "
             "varying)::text])))"},
        Case{"InAView", " WHERE s::text = ANY (ARRAY['a'::character varying]::text[])",
             " WHERE s::text = ANY (ARRAY['a'::character varying::text])"},
        Case{"Two", "(ARRAY[f(1, 2)])::text[] || (ARRAY[g[1]])::bigint[]",
             "ARRAY[(f(1, 2))::text] || ARRAY[(g[1])::bigint]"},
        Case{"NoCast", "(n = ANY (ARRAY[1, 2]))", "(n = ANY (ARRAY[1, 2]))"},
        Case{"CastOfEach", "ARRAY[('a'::character varying)::text]",
             "ARRAY[('a'::character varying)::text]"},
        Case{"Empty", "ARRAY[]::text[]", "ARRAY[]::text[]"},
        Case{"InText", "'(ARRAY[1])::text[]'::text", "'(ARRAY[1])::text[]'::text"}),
    [](const testing::TestParamInfo<Case>& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace sluice::schema
