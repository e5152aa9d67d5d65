// Was and is, and the SQL that leads from one to the other.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "schema/ddl_kinds.h"

namespace sluice::schema {

// public.thing; what belongs to a relation: of public.orders.
template <class D>
Object object_of(Kind kind, D details) {
  Object object;
  object.key = {kind, "public", "", "thing", ""};
  object.identity = "public.thing";
  object.owner = "admin";
  object.details = std::move(details);
  return object;
}

template <class D>
Object part_of(Kind kind, D details) {
  Object object = object_of(kind, std::move(details));
  object.key.relation = "orders";
  object.identity = "thing";
  object.relation = "public.orders";
  return object;
}

using Sql = std::vector<std::string>;

inline Sql sql_of(const std::vector<Statement>& statements) {
  Sql sql;
  for (const Statement& statement : statements) sql.push_back(statement.sql);
  return sql;
}

// nullopt: only dropping and creating works.
struct AlterCase {
  const char* says;
  Object was, is;
  std::optional<Sql> sql;
};

inline void expect_alter(Alter* alter, const std::vector<AlterCase>& cases,
                         const DdlContext& how = {DiffOptions{}}) {
  for (const AlterCase& each : cases) {
    SCOPED_TRACE(each.says);
    const auto statements = alter({}, each.was, {}, each.is, how);
    ASSERT_EQ(statements.has_value(), each.sql.has_value());
    if (statements) {
      EXPECT_THAT(sql_of(*statements), testing::ElementsAreArray(*each.sql));
    }
  }
}

}  // namespace sluice::schema
