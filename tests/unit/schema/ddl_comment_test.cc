#include "tests/unit/schema/ddl_case.h"

namespace sluice::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Object commented(Object object, const std::string& text) {
  object.comment = text;
  return object;
}

TEST(Comments, NameEachKindAsItIsNamed) {
  Object class_ = object_of(Kind::OperatorClass, Defined{});
  class_.key.arguments = "btree";
  Object cast = object_of(Kind::Cast, Defined{});
  cast.key.name = "integer AS public.colour";
  struct {
    Object object;
    const char* sql;
  } const cases[] = {
      {object_of(Kind::Table, Table{}), "COMMENT ON TABLE public.thing IS 'it''s'"},
      {part_of(Kind::Column, Column{}), "COMMENT ON COLUMN public.orders.thing IS 'it''s'"},
      {part_of(Kind::Constraint, Constraint{}),
       "COMMENT ON CONSTRAINT thing ON public.orders IS 'it''s'"},
      {part_of(Kind::Trigger, Trigger{}), "COMMENT ON TRIGGER thing ON public.orders IS 'it''s'"},
      {class_, "COMMENT ON OPERATOR CLASS public.thing USING btree IS 'it''s'"},
      {cast, "COMMENT ON CAST (integer AS public.colour) IS 'it''s'"},
      {object_of(Kind::MaterializedView, MaterializedView{}),
       "COMMENT ON MATERIALIZED VIEW public.thing IS 'it''s'"},
      {object_of(Kind::Range, Range{}), "COMMENT ON TYPE public.thing IS 'it''s'"},
  };
  for (const auto& each : cases)
    EXPECT_THAT(sql_of(comment(nullptr, commented(each.object, "it's"))), ElementsAre(each.sql));
}

TEST(Comments, ChangeAndGo) {
  const Object none = object_of(Kind::Enum, Enum{});
  const Object some = commented(none, "a");
  EXPECT_THAT(comment(&some, some), IsEmpty());
  EXPECT_THAT(sql_of(comment(&some, none)), ElementsAre("COMMENT ON TYPE public.thing IS NULL"));
  EXPECT_TRUE(comment(&none, some).at(0).additive);
  EXPECT_FALSE(comment(&some, none).at(0).additive);
}

TEST(Comments, OnColumnsOfViewsAndConstraintsOfDomains) {
  Object view = object_of(Kind::View, View{"q", {{"Total", "integer", "", "", "sum"}}, {}});
  EXPECT_THAT(sql_of(comment(nullptr, view)),
              ElementsAre("COMMENT ON COLUMN public.thing.\"Total\" IS 'sum'"));
  Domain domain;
  domain.constraints = {{"positive", "CHECK (x)", true, "why"}};
  EXPECT_THAT(sql_of(comment(nullptr, object_of(Kind::Domain, domain))),
              ElementsAre("COMMENT ON CONSTRAINT positive ON DOMAIN public.thing IS 'why'"));
}

TEST(Comments, AnExtensionBringsItsOwn) {
  Object extension = object_of(Kind::Extension, Extension{"1.0", "public"});
  extension.identity = "hstore";
  EXPECT_THAT(sql_of(comment(nullptr, extension)),
              ElementsAre("COMMENT ON EXTENSION hstore IS NULL"));
}

}  // namespace
}  // namespace sluice::schema
