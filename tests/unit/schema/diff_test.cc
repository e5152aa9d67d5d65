#include "schema/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "tests/unit/schema/catalog_text.h"

namespace sluice::schema {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<lint::RuleId> hazards_of(const Diff& diff) {
  std::vector<lint::RuleId> answer;
  for (const Group& group : diff.groups)
    for (const Statement& statement : group.statements)
      for (const Hazard& hazard : statement.hazards) answer.push_back(hazard.rule);
  return answer;
}

// The catalogs of these tests say nothing of privileges.
DiffOptions plain() {
  DiffOptions options;
  options.privileges = false;
  return options;
}

Diff compare(const Catalog& from, const Catalog& to, const DiffOptions& options = plain()) {
  return schema::diff(from, to, options);
}

DiffOptions additive() {
  DiffOptions options = plain();
  options.additive_only = true;
  return options;
}

Rename rename_of(Kind kind, std::string relation, std::string from, std::string to) {
  return {kind, "public", std::move(relation), std::move(from), std::move(to), "schema.sql:3"};
}

const CatalogText kOrders = CatalogText().table("orders", {"id integer NOT NULL", "total integer"});

TEST(Diff, OfTheSameIsEmpty) {
  const Diff none = compare(kOrders, kOrders);
  EXPECT_TRUE(none.empty());
  EXPECT_THAT(none.groups, IsEmpty());
}

TEST(Diff, OrderOfColumnsIsNoDifference) {
  EXPECT_TRUE(
      compare(kOrders, CatalogText().table("orders", {"total integer", "id integer NOT NULL"}))
          .empty());
}

TEST(Diff, TablesComeBeforeWhatRefersToThemAndGoAfterIt) {
  const Catalog both = CatalogText(kOrders)
                           .constraint("orders", "orders_pkey", ConstraintType::PrimaryKey,
                                       "PRIMARY KEY (id)", {"orders.id"})
                           .table("items", {"order_id integer"})
                           .foreign_key("items", "items_order", "order_id", "orders");
  EXPECT_THAT(
      lines_of(compare(CatalogText(), both)),
      ElementsAre("CREATE TABLE public.items (\n    order_id integer\n)",
                  "CREATE TABLE public.orders (\n    id integer NOT NULL,\n    total integer\n)",
                  "ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id)",
                  "ALTER TABLE public.items ADD CONSTRAINT items_order FOREIGN KEY (order_id) "
                  "REFERENCES public.orders(id)"));
  EXPECT_THAT(lines_of(compare(both, CatalogText())),
              ElementsAre("DROP TABLE public.items", "DROP TABLE public.orders"));
}

TEST(Diff, TablesThatReferToEachOtherGoAfterTheirForeignKeys) {
  const Catalog circle =
      CatalogText()
          .table("a", {"id integer"})
          .table("b", {"id integer"})
          .constraint("a", "a_pkey", ConstraintType::PrimaryKey, "PRIMARY KEY (id)", {"a.id"})
          .constraint("b", "b_pkey", ConstraintType::PrimaryKey, "PRIMARY KEY (id)", {"b.id"})
          .foreign_key("a", "a_b", "id", "b")
          .foreign_key("b", "b_a", "id", "a");
  EXPECT_THAT(lines_of(compare(circle, CatalogText())),
              ElementsAre("ALTER TABLE public.a DROP CONSTRAINT a_b",
                          "ALTER TABLE public.b DROP CONSTRAINT b_a", "DROP TABLE public.a",
                          "DROP TABLE public.b"));
}

// A partitioned table `a` with the partition `p`, and a foreign key of both.
CatalogText partitioned(const char* name_in_partition) {
  return CatalogText()
      .table("a", {"id integer", "parent integer"})
      .partition("p", "a", {"id integer", "parent integer"})
      .constraint("a", "a_pkey", ConstraintType::PrimaryKey, "PRIMARY KEY (id)", {"a.id"})
      .inherited_constraint("p", "p_pkey", ConstraintType::PrimaryKey, "PRIMARY KEY (id)",
                            {"p.id", "a_pkey"})
      .constraint("a", "a_parent", ConstraintType::ForeignKey,
                  "FOREIGN KEY (parent) REFERENCES public.a(id)", {"a_pkey", "p_pkey"})
      .inherited_constraint("p", name_in_partition, ConstraintType::ForeignKey,
                            "FOREIGN KEY (parent) REFERENCES public.a(id)",
                            {"p.parent", "a_pkey", "a_parent"});
}

TEST(Diff, TheNameOfAForeignKeyThatAPartitionInheritsIsNoDifference) {
  const Diff none = compare(partitioned("p_parent"), partitioned("z_parent"));
  EXPECT_TRUE(none.empty());
  EXPECT_THAT(none.groups, IsEmpty());
}

TEST(Diff, AForeignKeyOfAPartitionedTableToItselfGoesBeforeItsPartitions) {
  EXPECT_THAT(lines_of(compare(partitioned("p_parent"), CatalogText())),
              ElementsAre("ALTER TABLE public.a DROP CONSTRAINT a_parent", "DROP TABLE public.p",
                          "DROP TABLE public.a"));
}

TEST(Diff, ADefaultWhoseFunctionReadsTheTableComesLater) {
  const Catalog circle = CatalogText()
                             .table("t", {"id integer"})
                             .column("t", "n integer = public.f()", {"f"})
                             .function("f", {"t"});
  const auto lines = lines_of(compare(CatalogText(), circle));
  EXPECT_THAT(lines, ElementsAre("SET LOCAL check_function_bodies = off",
                                 "CREATE TABLE public.t (\n    id integer,\n    n integer\n)",
                                 HasSubstr("CREATE OR REPLACE FUNCTION public.f()"),
                                 "ALTER TABLE ONLY public.t ALTER COLUMN n SET DEFAULT "
                                 "public.f()"));
  EXPECT_THAT(lines_of(compare(circle, CatalogText())),
              ElementsAre("ALTER TABLE ONLY public.t ALTER COLUMN n DROP DEFAULT",
                          "DROP FUNCTION public.f()", "DROP TABLE public.t"));
}

TEST(Diff, ViewsInACircleBeginAsAStub) {
  const std::vector<ViewColumn> columns{{"id", "integer", "", "", ""}};
  const Catalog circle = CatalogText()
                             .view("v", " SELECT w.id\n   FROM public.w", {"w"}, columns)
                             .view("w", " SELECT v.id\n   FROM public.v", {"v"}, columns);
  const auto lines = lines_of(compare(CatalogText(), circle));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], HasSubstr("SELECT NULL::integer AS id"));
}

TEST(Diff, WhatReadsAColumnMovesOutOfItsWayWithItsComment) {
  const CatalogText was =
      CatalogText(kOrders)
          .view("totals", " SELECT total\n   FROM public.orders", {"orders.total"})
          .comment("totals", "money");
  const Catalog is = CatalogText(was).column("orders", "total bigint", {}, 2);
  EXPECT_THAT(lines_of(compare(was, is)),
              ElementsAre("DROP VIEW public.totals",
                          "ALTER TABLE public.orders ALTER COLUMN total TYPE bigint",
                          HasSubstr("CREATE OR REPLACE VIEW public.totals"),
                          HasSubstr("COMMENT ON VIEW public.totals IS ")));
  // It is there again when the transaction ends.
  EXPECT_THAT(hazards_of(compare(was, is)), ElementsAre(lint::RuleId::ChangeColumnType));
}

TEST(Diff, AFunctionInADefaultIsMadeAgainAroundIt) {
  CatalogText was =
      CatalogText().table("t", {"id integer"}).column("t", "n integer = public.f()", {"f"});
  CatalogText is = was;
  was.function("f");
  is.function("f");
  Catalog wanted = is;
  for (Object& object : wanted.objects)
    if (auto* function = std::get_if<Function>(&object.details)) function->result = "bigint";
  const auto lines = lines_of(compare(was, wanted));
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[1], "ALTER TABLE ONLY public.t ALTER COLUMN n DROP DEFAULT");
  EXPECT_EQ(lines[2], "DROP FUNCTION public.f()");
  EXPECT_EQ(lines[4], "ALTER TABLE ONLY public.t ALTER COLUMN n SET DEFAULT public.f()");
}

TEST(Diff, AnEnumThatLosesALabelIsRebuiltUnderItsColumns) {
  const auto with = [](std::vector<std::string> labels) {
    return CatalogText()
        .enumeration("mood", std::move(labels))
        .table("t", {"id integer"})
        .column("t", "mood public.mood", {"mood"});
  };
  const auto lines = lines_of(compare(with({"sad", "ok"}), with({"ok"})));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], "ALTER TYPE public.mood RENAME TO mood__old");
  EXPECT_THAT(lines[1], HasSubstr("CREATE TYPE public.mood AS ENUM"));
  EXPECT_EQ(lines[2],
            "ALTER TABLE public.t ALTER COLUMN mood TYPE public.mood USING "
            "mood::text::public.mood");
  EXPECT_EQ(lines[3], "DROP TYPE public.mood__old");
}

TEST(Diff, ALabelThatIsAddedStandsAlone) {
  const auto with = [](std::vector<std::string> labels, const char* column) {
    return CatalogText()
        .enumeration("mood", std::move(labels))
        .table("t", {"id integer"})
        .column("t", column, {"mood"});
  };
  EXPECT_THAT(
      lines_of(compare(with({"sad"}, "mood public.mood"),
                       with({"sad", "ok"}, "mood public.mood = 'ok'::public.mood"))),
      ElementsAre(HasSubstr("ADD VALUE"), "--",
                  "ALTER TABLE ONLY public.t ALTER COLUMN mood SET DEFAULT 'ok'::public.mood"));
}

TEST(Diff, IndexesAndKeysOfExistingTablesAreBuiltOutsideOfTransactions) {
  const Catalog is = CatalogText(kOrders)
                         .index("orders", "orders_total", "total")
                         .constraint("orders", "orders_pkey", ConstraintType::PrimaryKey,
                                     "PRIMARY KEY (id)", {"orders.id"})
                         .constraint("orders", "positive", ConstraintType::Check,
                                     "CHECK ((total > 0))", {"orders.total"});
  EXPECT_THAT(
      lines_of(compare(kOrders, is)),
      ElementsAre(
          "ALTER TABLE public.orders ADD CONSTRAINT positive CHECK ((total > 0)) NOT VALID",
          "-- outside", "CREATE UNIQUE INDEX CONCURRENTLY orders_pkey ON public.orders (id)",
          "-- outside",
          "CREATE INDEX CONCURRENTLY orders_total ON public.orders USING btree (total)", "--",
          "ALTER TABLE public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX "
          "orders_pkey",
          "--", "ALTER TABLE public.orders VALIDATE CONSTRAINT positive"));
  EXPECT_THAT(hazards_of(compare(kOrders, is)), IsEmpty());
}

TEST(Diff, AnIndexThatChangesServesUntilTheNewOneIsBuilt) {
  const Catalog was = CatalogText(kOrders).index("orders", "i", "total");
  const Catalog is = CatalogText(kOrders).index("orders", "i", "id");
  EXPECT_THAT(lines_of(compare(was, is)),
              ElementsAre("ALTER INDEX public.i RENAME TO i__old", "-- outside",
                          "CREATE INDEX CONCURRENTLY i ON public.orders USING btree (id)",
                          "-- outside", "DROP INDEX CONCURRENTLY public.i__old"));
}

TEST(Diff, AKeyThatChangesServesUntilTheIndexOfTheNewOneIsBuilt) {
  const auto with = [](const char* key, ConstraintType type) {
    return CatalogText()
        .table("t", {"a integer NOT NULL", "b integer NOT NULL"})
        .constraint("t", "k", type, key);
  };
  EXPECT_THAT(lines_of(compare(with("PRIMARY KEY (a)", ConstraintType::PrimaryKey),
                               with("PRIMARY KEY (a, b)", ConstraintType::PrimaryKey))),
              ElementsAre("ALTER TABLE public.t RENAME CONSTRAINT k TO k__old", "-- outside",
                          "CREATE UNIQUE INDEX CONCURRENTLY k ON public.t (a, b)", "--",
                          "ALTER TABLE public.t DROP CONSTRAINT k__old",
                          "ALTER TABLE public.t ADD CONSTRAINT k PRIMARY KEY USING INDEX k"));
  EXPECT_THAT(lines_of(compare(with("UNIQUE (a)", ConstraintType::Unique),
                               with("UNIQUE (b)", ConstraintType::Unique))),
              ElementsAre("ALTER TABLE public.t RENAME CONSTRAINT k TO k__old", "-- outside",
                          "CREATE UNIQUE INDEX CONCURRENTLY k ON public.t (b)", "--",
                          "ALTER TABLE public.t ADD CONSTRAINT k UNIQUE USING INDEX k",
                          "ALTER TABLE public.t DROP CONSTRAINT k__old"));
}

TEST(Diff, OfflineIsOneTransactionThatClaimsItsLocks) {
  DiffOptions offline = plain();
  offline.offline = true;
  const Diff plan = compare(kOrders, CatalogText(kOrders).index("orders", "i", "total"), offline);
  EXPECT_THAT(lines_of(plan), ElementsAre("CREATE INDEX i ON public.orders USING btree (total)"));
  EXPECT_THAT(hazards_of(plan), ElementsAre(lint::RuleId::CreateIndex));
}

TEST(Diff, NotNullGoesThroughACheck) {
  const Catalog is =
      CatalogText().table("orders", {"id integer NOT NULL", "total integer NOT NULL"});
  EXPECT_THAT(
      lines_of(compare(kOrders, is)),
      ElementsAre("ALTER TABLE public.orders ADD CONSTRAINT orders_total_not_null_check CHECK "
                  "(total IS NOT NULL) NOT VALID",
                  "--", "ALTER TABLE public.orders VALIDATE CONSTRAINT orders_total_not_null_check",
                  "--", "ALTER TABLE public.orders ALTER COLUMN total SET NOT NULL",
                  "ALTER TABLE public.orders DROP CONSTRAINT orders_total_not_null_check"));
}

CatalogText with_check(CatalogText schema, const std::string& table, const std::string& name) {
  return schema.constraint(table, name, ConstraintType::Check, "CHECK (id > 7)");
}

// What a killed run has left goes; what is wanted stays; neither has the new one's name.
TEST(Diff, TheCheckBeforeNotNullHasANameThatIsFree) {
  const CatalogText is =
      CatalogText().table("orders", {"id integer NOT NULL", "total integer NOT NULL"});
  const std::string name = "orders_total_not_null_check";
  const auto all = ElementsAre(
      "ALTER TABLE public.orders ADD CONSTRAINT orders_total_not_null_check1 CHECK (total IS NOT "
      "NULL) NOT VALID",
      "--", "ALTER TABLE public.orders VALIDATE CONSTRAINT orders_total_not_null_check1", "--",
      "ALTER TABLE public.orders ALTER COLUMN total SET NOT NULL",
      "ALTER TABLE public.orders DROP CONSTRAINT orders_total_not_null_check1");
  EXPECT_THAT(
      lines_of(compare(with_check(kOrders, "orders", name), with_check(is, "orders", name))), all);
  EXPECT_THAT(
      lines_of(compare(with_check(kOrders, "orders", name), is)),
      AllOf(Contains("ALTER TABLE public.orders DROP CONSTRAINT orders_total_not_null_check"),
            Contains(HasSubstr("ADD CONSTRAINT orders_total_not_null_check1 "))));
}

// The partitioned table `a`, and `p`.
CatalogText with_partition() {
  return CatalogText()
      .table("a", {"id integer"})
      .partition("p", "a", {"id integer"})
      .bound("p", "FOR VALUES FROM (0) TO (10)", "((id >= 0) AND (id < 10))");
}

TEST(Diff, TheCheckBeforeAPartitionIsAttachedHasANameThatIsFree) {
  const CatalogText was = CatalogText()
                              .table("a", {"id integer"})
                              .partitioned("a", "RANGE (id)")
                              .table("p", {"id integer"});
  const auto attached = [](const std::string& check) {
    return std::vector<std::string>{
        "ALTER TABLE public.p ADD CONSTRAINT " + check +
            " CHECK (((id >= 0) AND (id < 10))) NOT VALID",
        "--",
        "ALTER TABLE public.p VALIDATE CONSTRAINT " + check,
        "--",
        "ALTER TABLE ONLY public.a ATTACH PARTITION public.p FOR VALUES FROM (0) TO (10)",
        "ALTER TABLE public.p DROP CONSTRAINT " + check};
  };
  const CatalogText is = with_partition();
  EXPECT_EQ(lines_of(compare(was, is)), attached("p_bound_check"));
  const CatalogText left = with_check(was, "p", "p_bound_check");
  EXPECT_EQ(lines_of(compare(left, with_check(is, "p", "p_bound_check"))),
            attached("p_bound_check1"));
  EXPECT_THAT(lines_of(compare(left, is)),
              AllOf(Contains("ALTER TABLE public.p DROP CONSTRAINT p_bound_check"),
                    Contains(HasSubstr("ADD CONSTRAINT p_bound_check1 "))));
}

// Of those that say that the application sees no rows: the statement, and the hazard.
std::vector<std::string> unseen_rows(const Diff& diff) {
  std::vector<std::string> answer;
  for (const Group& group : diff.groups)
    for (const Statement& each : group.statements)
      for (const Hazard& hazard : each.hazards)
        if (lint::rule(hazard.rule).category == lint::Category::Breaks)
          answer.push_back(each.sql + ": " + hazard.text);
  return answer;
}

TEST(Diff, SaysThatRowsAreNotSeenUntilTheirPartitionIsAttachedAgain) {
  const CatalogText was = with_partition();
  const CatalogText by_list =
      with_partition().partitioned("a", "LIST (id)").bound("p", "FOR VALUES IN (1)", "(id = 1)");
  EXPECT_THAT(unseen_rows(compare(was, by_list)),
              ElementsAre("DROP TABLE public.a: rows of public.a are not to be seen there until "
                          "its partitions are attached again"));
  const CatalogText wider =
      with_partition().bound("p", "FOR VALUES FROM (0) TO (20)", "((id >= 0) AND (id < 20))");
  EXPECT_THAT(unseen_rows(compare(was, wider)),
              ElementsAre("ALTER TABLE public.a DETACH PARTITION public.p: rows of public.p are "
                          "not to be seen in public.a until it is attached again"));
  DiffOptions offline = plain();
  offline.offline = true;
  EXPECT_THAT(unseen_rows(compare(was, by_list, offline)), IsEmpty());
  EXPECT_THAT(unseen_rows(compare(was, wider, offline)), IsEmpty());
}

TEST(Diff, TypesThatHaveNoCastLoseTheColumn) {
  const Diff plan =
      compare(kOrders, CatalogText().table("orders", {"id integer NOT NULL", "total date"}));
  EXPECT_THAT(lines_of(plan), ElementsAre("ALTER TABLE public.orders DROP COLUMN total",
                                          "ALTER TABLE public.orders ADD COLUMN total date"));
  EXPECT_THAT(hazards_of(plan), ElementsAre(lint::RuleId::DropColumn));
}

TEST(Diff, ANameThatDiffersInCaseOnlyIsPointedOutAndNotAdded) {
  const Diff plan =
      compare(CatalogText().table("users", {"id integer", "email text"}),
              CatalogText().table("users", {"id integer", "Email text"}).index("users", "u", "id"));
  EXPECT_THAT(plan.warnings,
              ElementsAre("column Email of public.users is wanted, and column email of "
                          "public.users is there: they differ in case only; nothing was added"));
  EXPECT_THAT(
      lines_of(plan),
      ElementsAre("-- outside", "CREATE INDEX CONCURRENTLY u ON public.users USING btree (id)"));
  EXPECT_FALSE(plan.empty());
}

TEST(Additive, AddsAndNeverTakesAway) {
  const Catalog was = CatalogText()
                          .table("gone", {"id integer"})
                          .table("t", {"id integer", "n integer", "old text"});
  const Catalog is = CatalogText()
                         .table("t", {"id integer", "n bigint", "more text", "must text NOT NULL"})
                         .view("v", " SELECT must\n   FROM public.t", {"t.must"})
                         .table("u", {"id integer NOT NULL"});
  const Diff plan = compare(was, is, additive());
  EXPECT_THAT(lines_of(plan), ElementsAre("CREATE TABLE public.u (\n    id integer NOT NULL\n)",
                                          "ALTER TABLE public.t ADD COLUMN more text"));
  std::vector<std::string> left;
  for (const LeftUndone& each : plan.left_undone) {
    left.push_back(each.difference.identity);
    EXPECT_FALSE(each.reason.empty());
  }
  EXPECT_THAT(left, testing::UnorderedElementsAre("table public.gone", "column n of public.t",
                                                  "column old of public.t",
                                                  "column must of public.t", "view public.v"));
  for (const Group& group : plan.groups)
    for (const Statement& statement : group.statements) EXPECT_TRUE(statement.additive);
}

TEST(Additive, WhatIsLeftOfAColumnIsInTheWayOfWhatNeedsItsTypeAlone) {
  struct Case {
    const char* column;
    ConstraintType type;
    bool made;
  };
  for (const Case& each : std::vector<Case>{
           {"n integer NOT NULL", ConstraintType::Check, true},
           {"n integer = 7", ConstraintType::Check, true},
           {"n integer NOT NULL", ConstraintType::Unique, true},
           {"n integer NOT NULL", ConstraintType::PrimaryKey, false},
           {"n bigint", ConstraintType::Check, false},
           {"n bigint NOT NULL", ConstraintType::Unique, false},
       }) {
    const Catalog was = CatalogText().table("t", {"n integer"});
    const Catalog is =
        CatalogText().table("t", {each.column}).constraint("t", "c", each.type, "… (n)", {"t.n"});
    const Diff plan = compare(was, is, additive());
    EXPECT_EQ(!plan.groups.empty(), each.made) << each.column;
    EXPECT_EQ(plan.left_undone.size(), each.made ? 1U : 2U) << each.column;
  }
}

TEST(Rename, OfATableTakesWhatBelongsToItAlong) {
  DiffOptions options = plain();
  options.renames = {rename_of(Kind::Table, "", "client", "customer")};
  const auto with = [](const std::string& name) {
    return CatalogText()
        .table(name, {"id integer"})
        .constraint(name, name + "_pkey", ConstraintType::PrimaryKey, "PRIMARY KEY (id)",
                    {(name + ".id").c_str()})
        .index(name, name + "_i", "id");
  };
  const Diff plan = compare(with("client"), with("customer"), options);
  EXPECT_THAT(lines_of(plan),
              ElementsAre("ALTER TABLE public.client RENAME TO customer",
                          "ALTER TABLE public.customer RENAME CONSTRAINT client_pkey TO "
                          "customer_pkey",
                          "ALTER INDEX public.client_i RENAME TO customer_i"));
  // The hint may stay in the file.
  EXPECT_TRUE(compare(with("customer"), with("customer"), options).empty());
}

TEST(Rename, OfAColumnFollowsIntoItsChecks) {
  DiffOptions options = plain();
  options.renames = {rename_of(Kind::Column, "t", "nam", "name")};
  const auto with = [](const std::string& name) {
    return CatalogText()
        .table("t", {(name + " text").c_str()})
        .constraint("t", "c", ConstraintType::Check, "CHECK ((" + name + " <> 'nam'::text))",
                    {("t." + name).c_str()});
  };
  EXPECT_THAT(lines_of(compare(with("nam"), with("name"), options)),
              ElementsAre("ALTER TABLE public.t RENAME COLUMN nam TO name"));
}

TEST(Rename, OfWhatIsNotThereIsRefusedWithItsPlace) {
  DiffOptions options = plain();
  options.renames = {rename_of(Kind::Table, "", "missing", "found")};
  try {
    compare(kOrders, kOrders, options);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::Invalid);
    EXPECT_EQ(error.reason(), "RenameUnknown");
    EXPECT_THAT(error.message(), HasSubstr("schema.sql:3: table public.missing"));
  }
}

}  // namespace
}  // namespace sluice::schema
