// What a change of a column's type does to its values.
#include "schema/column_type.h"

#include <gtest/gtest.h>

#include "tests/unit/schema/catalog_text.h"

namespace sluice::schema {
namespace {

TEST(TypeChange, SaysWhichOnesCutAndWhichOnesRefuse) {
  struct Case {
    const char *was, *is;
    bool cuts, refuses;
    const char* conversion;
  };
  const Catalog catalog =
      CatalogText().enumeration("mood", {"calm"}).enumeration("humour", {"calm"});
  for (const Case& each : std::vector<Case>{
           {"text", "character varying(5)", false, true, ""},
           {"character varying(5)", "text", false, false, ""},
           {"text[]", "character varying(5)[]", false, true, ""},
           {"bigint", "integer", false, true, ""},
           {"integer", "character varying(5)", false, true, ""},
           {"numeric(10,2)", "numeric(10,4)", false, true, ""},
           {"bit varying(9)", "bit varying(5)", false, true, ""},
           {"text", "public.mood", false, true, "::public.mood"},
           {"text[]", "public.mood[]", false, true, "::public.mood[]"},
           {"public.mood", "text", false, false, "::text"},
           {"public.mood", "character varying(5)", false, true, "::text"},
           {"public.mood", "public.humour", false, true, "::text::public.humour"},
           {"public.mood[]", "public.humour[]", false, true, "::text[]::public.humour[]"},
           {"text[]", "character varying(5)", false, true, "::text"},
           {"text", "character varying(5)[]", false, true, "::text[]"},
           {"numeric", "integer", true, true, ""},
           {"double precision", "real", true, true, ""},
           {"bigint", "double precision", true, false, ""},
           {"numeric(10,2)", "numeric(10,1)", true, true, ""},
           {"timestamp with time zone", "date", true, true, ""},
           {"timestamp with time zone", "timestamp(3) with time zone", true, true, ""},
           {"interval", "time without time zone", true, false, ""},
           {"inet", "cidr", true, false, ""},
           {"text", "integer", true, true, "::integer"},
           {"text", "date", true, true, "::date"},
           {"text", "name", true, false, ""},
           {"integer", "boolean", true, true, "::boolean"},
           {"money", "numeric(9,0)", true, false, ""},
           {"money", "numeric(9,2)", false, false, ""},
           {"json", "jsonb", true, false, ""},
           {"jsonb", "json", false, false, ""},
           {"timestamp with time zone", "timestamp without time zone", true, false, ""},
           {"box", "point", true, true, "::point"},
           {"text", "integer[]", true, true, "::integer[]"},
       }) {
    const TypeChange change = type_change(catalog, each.was, catalog, each.is);
    SCOPED_TRACE(std::string(each.was) + " -> " + each.is);
    EXPECT_TRUE(change.possible);
    EXPECT_EQ(change.cuts, each.cuts);
    EXPECT_EQ(change.refuses, each.refuses);
    EXPECT_EQ(change.conversion, each.conversion);
  }
}

TEST(TypeChange, KnowsWhatNoCastDoes) {
  const Catalog catalog = CatalogText().enumeration("mood", {"calm"});
  for (const auto& [was, is] :
       std::vector<std::pair<const char*, const char*>>{{"jsonb", "text[]"},
                                                        {"public.mood", "text[]"},
                                                        {"text[]", "jsonb"},
                                                        {"uuid", "integer"}})
    EXPECT_FALSE(type_change(catalog, was, catalog, is).possible) << was << " -> " << is;
}

TEST(TypeChange, TrimsTextsOnly) {
  const Catalog catalog;
  EXPECT_TRUE(type_change(catalog, "text", catalog, "character varying(5)").trims);
  EXPECT_TRUE(type_change(catalog, "character varying(9)", catalog, "character(5)").trims);
  EXPECT_FALSE(type_change(catalog, "character varying(5)", catalog, "text").trims);
  EXPECT_FALSE(type_change(catalog, "integer", catalog, "character varying(5)").trims);
}

}  // namespace
}  // namespace sluice::schema
