#include "schema/ddl.h"

#include "base/error.h"
#include "tests/unit/schema/ddl_case.h"

namespace sluice::schema {
namespace {

Rename hint_to(const std::string& name) {
  Rename hint;
  hint.to = name;
  hint.place = "schema.sql:3";
  return hint;
}

TEST(Renaming, BreaksWhoUsesTheOldName) {
  struct {
    Object object;
    const char* sql;
    lint::RuleId rule;
  } const cases[] = {
      {object_of(Kind::Table, Table{}), "ALTER TABLE public.thing RENAME TO \"New\"",
       lint::RuleId::RenameTable},
      {object_of(Kind::View, View{}), "ALTER VIEW public.thing RENAME TO \"New\"",
       lint::RuleId::RenameTable},
      {part_of(Kind::Column, Column{}), "ALTER TABLE public.orders RENAME COLUMN thing TO \"New\"",
       lint::RuleId::RenameColumn},
      {object_of(Kind::Domain, Domain{}), "ALTER DOMAIN public.thing RENAME TO \"New\"",
       lint::RuleId::RenameType},
  };
  for (const auto& each : cases) {
    const Statement statement = rename({}, each.object, hint_to("New"));
    EXPECT_EQ(statement.sql, each.sql);
    EXPECT_EQ(statement.change, Change::Rename);
    EXPECT_EQ(statement.hazards.at(0).rule, each.rule);
  }
  EXPECT_EQ(rename({}, part_of(Kind::Constraint, Constraint{}), hint_to("n")).sql,
            "ALTER TABLE public.orders RENAME CONSTRAINT thing TO n");
  EXPECT_EQ(rename({}, part_of(Kind::Trigger, Trigger{}), hint_to("n")).sql,
            "ALTER TRIGGER thing ON public.orders RENAME TO n");
}

TEST(Renaming, WhatHasNoNameOfItsOwnIsRefused) {
  EXPECT_THROW(rename({}, object_of(Kind::Cast, Defined{}), hint_to("n")), base::Error);
}

TEST(Altering, TheSameNeedsNothing) {
  const Object same = object_of(Kind::Range, Range{"(subtype = date)"});
  const auto statements = alter({}, same, {}, same, DdlContext{DiffOptions{}});
  ASSERT_TRUE(statements);
  EXPECT_TRUE(statements->empty());
}

}  // namespace
}  // namespace sluice::schema
