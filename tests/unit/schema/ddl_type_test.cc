#include "schema/type_use.h"
#include "tests/unit/schema/ddl_case.h"

namespace sluice::schema {
namespace {

using lint::RuleId;
using testing::ElementsAre;

const DiffOptions kOptions;
const DdlContext kLive{kOptions};

Object an_enum(std::vector<std::string> labels) {
  return object_of(Kind::Enum, Enum{std::move(labels)});
}

TEST(EnumDdl, IsCreatedWithItsLabels) {
  EXPECT_THAT(sql_of(create_enum({}, an_enum({"it's", "b\\c"}), kLive)),
              ElementsAre(R"(CREATE TYPE public.thing AS ENUM ('it''s', E'b\\c'))"));
}

TEST(EnumDdl, LabelsAreAddedInTheirPlaces) {
  expect_alter(
      alter_enum,
      {
          {"at the end", an_enum({"a"}), an_enum({"a", "b", "c"}),
           Sql{"ALTER TYPE public.thing ADD VALUE 'b'", "ALTER TYPE public.thing ADD VALUE 'c'"}},
          {"in front", an_enum({"c"}), an_enum({"a", "b", "c"}),
           Sql{"ALTER TYPE public.thing ADD VALUE 'a' BEFORE 'c'",
               "ALTER TYPE public.thing ADD VALUE 'b' AFTER 'a'"}},
          {"between", an_enum({"a", "c"}), an_enum({"a", "b", "c"}),
           Sql{"ALTER TYPE public.thing ADD VALUE 'b' AFTER 'a'"}},
          {"to none", an_enum({}), an_enum({"a"}), Sql{"ALTER TYPE public.thing ADD VALUE 'a'"}},
          {"one vanishes", an_enum({"a", "b"}), an_enum({"a"}), std::nullopt},
          {"one for another", an_enum({"a", "b"}), an_enum({"a", "c"}), std::nullopt},
          {"another order", an_enum({"a", "b"}), an_enum({"b", "a"}), std::nullopt},
      });
}

TEST(EnumDdl, AnAddedLabelIsAdditiveAndInATransactionOfItsOwn) {
  const auto statements = alter_enum({}, an_enum({"a"}), {}, an_enum({"a", "b"}), kLive);
  ASSERT_TRUE(statements && statements->size() == 1);
  EXPECT_TRUE(statements->front().begins_group);
  EXPECT_TRUE(statements->front().additive);
}

Object composite(std::vector<CompositeField> fields) {
  return object_of(Kind::Composite, Composite{std::move(fields)});
}

TEST(CompositeDdl, IsCreatedWithItsFields) {
  EXPECT_THAT(
      sql_of(create_composite(
          {}, composite({{"a", "integer", ""}, {"To", "text", "pg_catalog.\"C\""}}), kLive)),
      ElementsAre("CREATE TYPE public.thing AS (a integer, \"To\" text COLLATE "
                  "pg_catalog.\"C\")"));
}

TEST(CompositeDdl, AttributesComeAndGo) {
  expect_alter(
      alter_composite,
      {
          {"behind", composite({{"a", "integer", ""}}),
           composite({{"a", "integer", ""}, {"b", "text", ""}}),
           Sql{"ALTER TYPE public.thing ADD ATTRIBUTE b text"}},
          {"gone", composite({{"a", "integer", ""}, {"b", "text", ""}}),
           composite({{"b", "text", ""}}), Sql{"ALTER TYPE public.thing DROP ATTRIBUTE a"}},
          {"another type", composite({{"a", "integer", ""}}), composite({{"a", "bigint", ""}}),
           Sql{"ALTER TYPE public.thing ALTER ATTRIBUTE a TYPE bigint"}},
          {"in front", composite({{"a", "integer", ""}}),
           composite({{"b", "text", ""}, {"a", "integer", ""}}), std::nullopt},
          {"another order", composite({{"a", "integer", ""}, {"b", "text", ""}}),
           composite({{"b", "text", ""}, {"a", "integer", ""}}), std::nullopt},
      });
}

// A catalog with the composite, and something that needs it.
Catalog catalog_with(Object composite, Object user) {
  Catalog catalog;
  user.needs = {0};
  catalog.objects = {std::move(composite), std::move(user)};
  return catalog;
}

TEST(CompositeDdl, AStoredAttributeDoesNotChangeItsType) {
  const Object was = composite({{"a", "integer", ""}});
  Column column;
  column.type = "public.thing";
  const Catalog from = catalog_with(was, part_of(Kind::Column, column));
  EXPECT_FALSE(alter_composite(from, was, {}, composite({{"a", "bigint", ""}}), kLive));
  EXPECT_TRUE(alter_composite(from, was, {},
                              composite({{"a", "integer", ""}, {"b", "integer", ""}}), kLive));
}

TEST(CompositeDdl, TablesOfTheTypeChangeWithIt) {
  const Object was = composite({{"a", "integer", ""}});
  Table table;
  table.of_type = "public.thing";
  Object user = object_of(Kind::Table, table);
  user.key.name = "orders";
  const Catalog from = catalog_with(was, user);
  const auto statements = alter_composite(from, was, {}, composite({{"b", "text", ""}}), kLive);
  ASSERT_TRUE(statements);
  EXPECT_THAT(sql_of(*statements),
              ElementsAre("ALTER TYPE public.thing DROP ATTRIBUTE a CASCADE",
                          "ALTER TYPE public.thing ADD ATTRIBUTE b text CASCADE"));
  EXPECT_EQ(statements->front().hazards.at(0).rule, RuleId::DropColumn);
}

Domain positive(bool validated = true) {
  Domain domain;
  domain.type = "integer";
  domain.constraints = {{"positive", "CHECK ((VALUE > 0))", validated, ""}};
  return domain;
}

Object domain_of(Domain domain) { return object_of(Kind::Domain, std::move(domain)); }

TEST(DomainDdl, IsCreatedWithAllOfIt) {
  Domain domain = positive();
  domain.type = "text";
  domain.collation = "public.german";
  domain.default_value = "'a'::text";
  domain.not_null = true;
  domain.constraints.push_back({"short", "CHECK ((length(VALUE) < 9))", false, ""});
  EXPECT_THAT(sql_of(create_domain({}, domain_of(domain), kLive)),
              ElementsAre("CREATE DOMAIN public.thing AS text COLLATE public.german DEFAULT "
                          "'a'::text NOT NULL CONSTRAINT positive CHECK ((VALUE > 0))",
                          "ALTER DOMAIN public.thing ADD CONSTRAINT short CHECK ((length(VALUE) < "
                          "9)) NOT VALID"));
}

TEST(DomainDdl, AllButTheTypeChangesInPlace) {
  Domain plain;
  plain.type = "integer";
  Domain with_default = plain;
  with_default.default_value = "1";
  Domain not_null = plain;
  not_null.not_null = true;
  Domain wider = plain;
  wider.type = "bigint";
  Domain other_check = positive();
  other_check.constraints[0].definition = "CHECK ((VALUE > 1))";
  expect_alter(
      alter_domain,
      {
          {"default comes", domain_of(plain), domain_of(with_default),
           Sql{"ALTER DOMAIN public.thing SET DEFAULT 1"}},
          {"default goes", domain_of(with_default), domain_of(plain),
           Sql{"ALTER DOMAIN public.thing DROP DEFAULT"}},
          {"not null comes", domain_of(plain), domain_of(not_null),
           Sql{"ALTER DOMAIN public.thing SET NOT NULL"}},
          {"not null goes", domain_of(not_null), domain_of(plain),
           Sql{"ALTER DOMAIN public.thing DROP NOT NULL"}},
          {"check comes", domain_of(plain), domain_of(positive()),
           Sql{"ALTER DOMAIN public.thing ADD CONSTRAINT positive CHECK ((VALUE > 0)) NOT VALID",
               "ALTER DOMAIN public.thing VALIDATE CONSTRAINT positive"}},
          {"check goes", domain_of(positive()), domain_of(plain),
           Sql{"ALTER DOMAIN public.thing DROP CONSTRAINT positive"}},
          {"check is validated", domain_of(positive(false)), domain_of(positive()),
           Sql{"ALTER DOMAIN public.thing VALIDATE CONSTRAINT positive"}},
          {"check is another", domain_of(positive(false)), domain_of(other_check),
           Sql{"ALTER DOMAIN public.thing DROP CONSTRAINT positive",
               "ALTER DOMAIN public.thing ADD CONSTRAINT positive CHECK ((VALUE > 1)) NOT VALID",
               "ALTER DOMAIN public.thing VALIDATE CONSTRAINT positive"}},
          {"another type", domain_of(plain), domain_of(wider), std::nullopt},
      });
}

TEST(DomainDdl, ValidationHasATransactionOfItsOwnAndIsAHazard) {
  Domain plain;
  plain.type = "integer";
  const auto statements = alter_domain({}, domain_of(plain), {}, domain_of(positive()), kLive);
  ASSERT_TRUE(statements && statements->size() == 2);
  EXPECT_FALSE(statements->at(0).begins_group);
  EXPECT_TRUE(statements->at(0).hazards.empty());
  EXPECT_TRUE(statements->at(1).begins_group);
  EXPECT_EQ(statements->at(1).hazards.at(0).rule, RuleId::AddCheckConstraint);
}

TEST(DomainDdl, OfflineACheckIsAddedAtOnce) {
  DiffOptions offline;
  offline.offline = true;
  Domain plain;
  plain.type = "integer";
  expect_alter(alter_domain,
               {{"at once", domain_of(plain), domain_of(positive()),
                 Sql{"ALTER DOMAIN public.thing ADD CONSTRAINT positive CHECK ((VALUE > 0))"}}},
               DdlContext{offline});
}

TEST(RangeDdl, IsMadeAgain) {
  const Object was = object_of(Kind::Range, Range{"(subtype = date)"});
  const Object is = object_of(Kind::Range, Range{"(subtype = time)"});
  EXPECT_THAT(sql_of(create_range({}, was, kLive)),
              ElementsAre("CREATE TYPE public.thing AS RANGE (subtype = date)"));
  EXPECT_FALSE(alter_range({}, was, {}, is, kLive));
}

TEST(TypeDdl, DroppingOneBreaksWhoNamesIt) {
  const auto statements = drop_enum({}, an_enum({"a"}), kLive);
  EXPECT_THAT(sql_of(statements), ElementsAre("DROP TYPE public.thing"));
  EXPECT_EQ(statements.at(0).hazards.at(0).rule, RuleId::DropType);
  EXPECT_FALSE(statements.at(0).additive);
}

}  // namespace
}  // namespace sluice::schema
