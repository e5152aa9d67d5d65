#include "schema/entities.h"

#include <algorithm>

#include "tests/unit/schema/ddl_case.h"

namespace sluice::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// A catalog, built a part at a time.
class Builder {
 public:
  Builder& table(const std::string& name, const std::string& partition_of = "") {
    Table table;
    table.partition_of = partition_of;
    Object object = object_of(Kind::Table, table);
    object.key.name = name;
    object.identity = "public." + name;
    catalog_.objects.push_back(object);
    table_ = name;
    position_ = 0;
    return *this;
  }
  Builder& column(const std::string& name, const std::string& type, bool required = false) {
    Column column;
    column.type = type;
    column.not_null = required;
    column.position = ++position_;
    part(Kind::Column, name, column);
    return *this;
  }
  Builder& constraint(const std::string& name, ConstraintType type,
                      const std::vector<std::string>& columns, const std::string& references = "") {
    Constraint constraint;
    constraint.type = type;
    constraint.columns = columns;
    constraint.references = references;
    part(Kind::Constraint, name, constraint);
    return *this;
  }
  Catalog build() {
    std::ranges::sort(catalog_.objects, {}, &Object::key);
    for (Object& object : catalog_.objects) {
      if (object.key.relation.empty()) continue;
      object.owner_relation = ref(Kind::Table, "", object.key.relation);
      if (const auto* constraint = std::get_if<Constraint>(&object.details)) {
        for (const std::string& column : constraint->columns)
          object.needs.push_back(ref(Kind::Column, object.key.relation, column));
        if (constraint->references.starts_with("public."))
          object.needs.push_back(ref(Kind::Table, "", constraint->references.substr(7)));
      }
    }
    return catalog_;
  }

 private:
  Ref ref(Kind kind, const std::string& relation, const std::string& name) const {
    return static_cast<Ref>(catalog_.find({kind, "public", relation, name, ""}) -
                            catalog_.objects.data());
  }

  template <class D>
  void part(Kind kind, const std::string& name, D details) {
    Object object = part_of(kind, std::move(details));
    object.key.relation = table_;
    object.key.name = name;
    object.relation = "public." + table_;
    catalog_.objects.push_back(std::move(object));
  }

  Catalog catalog_;
  std::string table_;
  uint32_t position_ = 0;
};

Builder shop() {
  Builder builder;
  builder.table("customers")
      .column("id", "bigint", true)
      .constraint("customers_pkey", ConstraintType::PrimaryKey, {"id"});
  builder.table("orders")
      .column("id", "bigint", true)
      .column("customer", "bigint", true)
      .constraint("orders_pkey", ConstraintType::PrimaryKey, {"id"})
      .constraint("orders_customer", ConstraintType::ForeignKey, {"customer"}, "public.customers");
  return builder;
}

TEST(Entities, TablesWithTheirColumnsKeysAndReferences) {
  const Entities found = entities_of(shop().build());
  ASSERT_THAT(found.entities, SizeIs(2));
  const Entity& orders = found.entities[1];
  EXPECT_EQ(orders.name, "orders");
  ASSERT_THAT(orders.attributes, SizeIs(2));
  EXPECT_EQ(orders.attributes[0].name, "id");
  EXPECT_TRUE(orders.attributes[0].primary);
  EXPECT_TRUE(orders.attributes[1].foreign);
  ASSERT_THAT(found.references, SizeIs(1));
  const Reference& reference = found.references[0];
  EXPECT_EQ(reference.from, 1U);
  EXPECT_EQ(reference.to, 0U);
  EXPECT_THAT(reference.attributes, ElementsAre(1U));
  EXPECT_FALSE(reference.optional);
  EXPECT_FALSE(reference.one_to_one);
}

TEST(Entities, AReferenceThatIsAKeyIsOneToOneAndANullableOneIsOptional) {
  Builder builder = shop();
  builder.table("profiles")
      .column("customer", "bigint")
      .constraint("profiles_key", ConstraintType::Unique, {"customer"})
      .constraint("profiles_customer", ConstraintType::ForeignKey, {"customer"},
                  "public.customers");
  const Entities found = entities_of(builder.build());
  EXPECT_TRUE(found.references.at(1).one_to_one);
  EXPECT_TRUE(found.references.at(1).optional);
}

TEST(Entities, APartitionIsPartOfItsTable) {
  EXPECT_THAT(entities_of(Builder()
                              .table("logs")
                              .column("at", "date")
                              .table("logs_2026", "public.logs")
                              .column("at", "date")
                              .build())
                  .entities,
              SizeIs(1));
}

TEST(Entities, APlanMarksWhatComesChangesAndGoes) {
  const Catalog now = shop().table("old").column("a", "text").build();
  Builder wanted;
  wanted.table("customers")
      .column("id", "bigint", true)
      .column("name", "text")
      .constraint("customers_pkey", ConstraintType::PrimaryKey, {"id"});
  wanted.table("new").column("a", "text");
  wanted.table("orders")
      .column("id", "uuid", true)
      .constraint("orders_pkey", ConstraintType::PrimaryKey, {"id"});
  const Catalog to = wanted.build();
  const Entities found = entities_of(now, to);
  const auto mark = [&](const std::string& table) {
    return std::ranges::find(found.entities, table, &Entity::name)->mark;
  };
  EXPECT_EQ(mark("customers"), Mark::Change);
  EXPECT_EQ(mark("new"), Mark::Add);
  EXPECT_EQ(mark("old"), Mark::Drop);
  EXPECT_EQ(mark("orders"), Mark::Change);
  const Entity& orders = *std::ranges::find(found.entities, "orders", &Entity::name);
  EXPECT_EQ(orders.attributes.at(0).mark, Mark::Change);
  EXPECT_EQ(orders.attributes.at(0).type, "uuid");
  EXPECT_EQ(orders.attributes.at(1).mark, Mark::Drop);
  EXPECT_EQ(found.references.at(0).mark, Mark::Drop);
  for (const Entity& same : entities_of(now, now).entities) EXPECT_EQ(same.mark, Mark::None);
}

TEST(Entities, WhatIsRenamedIsThereOnceAndChanged) {
  const Catalog now = shop().build();
  Builder wanted;
  wanted.table("clients")
      .column("id", "bigint", true)
      .constraint("customers_pkey", ConstraintType::PrimaryKey, {"id"});
  wanted.table("orders")
      .column("id", "bigint", true)
      .column("client", "bigint", true)
      .constraint("orders_pkey", ConstraintType::PrimaryKey, {"id"})
      .constraint("orders_customer", ConstraintType::ForeignKey, {"client"}, "public.clients");
  const Entities found =
      entities_of(now, wanted.build(),
                  {{Kind::Table, "public", "", "customers", "clients", "wanted.sql:1"},
                   {Kind::Column, "public", "orders", "customer", "client", "wanted.sql:2"}});
  ASSERT_THAT(found.entities, SizeIs(2));
  EXPECT_EQ(found.entities[0].name, "clients");
  EXPECT_EQ(found.entities[0].mark, Mark::Change);
  EXPECT_EQ(found.entities[0].attributes.at(0).mark, Mark::None);
  ASSERT_THAT(found.entities[1].attributes, SizeIs(2));
  EXPECT_EQ(found.entities[1].attributes[1].name, "client");
  EXPECT_EQ(found.entities[1].attributes[1].mark, Mark::Change);
  ASSERT_THAT(found.references, SizeIs(1));
  EXPECT_EQ(found.references[0].mark, Mark::None);
}

}  // namespace
}  // namespace sluice::schema
