// Privileges on the two sides of a diff, whose owners are not the same role.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/diff.h"
#include "tests/unit/schema/catalog_text.h"

namespace sluice::schema {
namespace {

const std::string kTheOwner(kOwner);
const std::vector<Grant> kAll{{kTheOwner, "INSERT", false}, {kTheOwner, "SELECT", false}};
const std::vector<Grant> kOnlySelect{{kTheOwner, "SELECT", false}};

Catalog table_of(const std::string& owner, std::vector<Grant> grants,
                 std::vector<Grant> further = {}) {
  Catalog catalog = CatalogText().table("t", {});
  catalog.objects[0].owner = owner;
  catalog.objects[0].grants = std::move(grants);
  for (Grant& grant : further) catalog.objects[0].grants.push_back(std::move(grant));
  std::ranges::sort(catalog.objects[0].grants);
  return catalog;
}

struct Case {
  const char* says;
  Catalog from, to;
  std::vector<std::string> sql;
};

TEST(PrivilegesOfOwners, AreThoseOfWhoeverOwnsIt) {
  const std::vector<Case> cases = {
      {"owners alone", table_of("app", kAll), table_of("loader", kAll), {}},
      {"the owner has less, and the wanted schema says so by name",
       table_of("app", kOnlySelect),
       table_of("loader", kAll, {{"app", "SELECT", false}}),
       {}},
      {"the wanted schema names the owner, who has everything",
       table_of("app", kAll),
       table_of("loader", kAll, {{"app", "SELECT", false}}),
       {}},
      {"the owner gets what is said of it by name",
       table_of("app", kOnlySelect),
       table_of("loader", kAll, {{"app", "SELECT", false}, {"app", "INSERT", true}}),
       {"GRANT INSERT ON TABLE public.t TO app WITH GRANT OPTION"}},
      {"who owns the wanted table keeps its privileges on this one",
       table_of("app", kAll, {{"loader", "SELECT", false}}),
       table_of("loader", kAll),
       {}},
      {"others are as they are wanted",
       table_of("app", kAll, {{"reader", "SELECT", false}}),
       table_of("loader", kAll, {{"app", "SELECT", false}, {"writer", "INSERT", false}}),
       {"REVOKE SELECT ON TABLE public.t FROM reader", "GRANT INSERT ON TABLE public.t TO writer"}},
      {"of one owner, its own privileges count",
       table_of("app", kOnlySelect),
       table_of("app", kAll),
       {"GRANT INSERT ON TABLE public.t TO app"}},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.says);
    EXPECT_THAT(lines_of(diff(each.from, each.to)), testing::ElementsAreArray(each.sql));
  }
}

TEST(PrivilegesOfOwners, OfAColumnOfAViewToo) {
  ViewColumn column{"id", "integer", "", "", ""};
  Catalog from = CatalogText().view("v", " SELECT 1 AS id", {}, {column});
  column.grants = {{"app", "SELECT", false}};
  Catalog to = CatalogText().view("v", " SELECT 1 AS id", {}, {column});
  from.objects[0].owner = "app";
  to.objects[0].owner = "loader";
  std::get<View>(from.objects[0].details).columns[0].grants = {{kTheOwner, "SELECT", false}};
  EXPECT_TRUE(diff(from, to).empty());
}

}  // namespace
}  // namespace sluice::schema
