#include "tests/unit/schema/ddl_case.h"

namespace sluice::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kTheOwner(kOwner);

std::vector<Grant> owner_of_table() {
  std::vector<Grant> grants;
  for (const char* privilege :
       {"DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"})
    grants.push_back({kTheOwner, privilege, false});
  return grants;
}

Object table_with(std::vector<Grant> further) {
  Object table = object_of(Kind::Table, Table{});
  table.grants = owner_of_table();
  table.grants.insert(table.grants.end(), further.begin(), further.end());
  table.default_grants = further.empty();
  return table;
}

TEST(Grants, NothingForWhatAnewTableHas) {
  EXPECT_THAT(grants(nullptr, table_with({})), IsEmpty());
}

TEST(Grants, OfANewTable) {
  EXPECT_THAT(sql_of(grants(nullptr, table_with({{"", "SELECT", false},
                                                 {"app", "INSERT", false},
                                                 {"app", "SELECT", false},
                                                 {"boss", "SELECT", true}}))),
              ElementsAre("GRANT SELECT ON TABLE public.thing TO PUBLIC",
                          "GRANT INSERT, SELECT ON TABLE public.thing TO app",
                          "GRANT SELECT ON TABLE public.thing TO boss WITH GRANT OPTION"));
}

TEST(Grants, Deltas) {
  const Object was = table_with({{"app", "INSERT", false}, {"boss", "SELECT", true}});
  const Object is = table_with({{"app", "INSERT", true}, {"boss", "SELECT", false}});
  EXPECT_THAT(sql_of(grants(&was, is)),
              ElementsAre("REVOKE GRANT OPTION FOR SELECT ON TABLE public.thing FROM boss",
                          "GRANT INSERT ON TABLE public.thing TO app WITH GRANT OPTION"));
  const Object nothing = table_with({});
  const auto revoked = grants(&was, nothing);
  EXPECT_THAT(sql_of(revoked), ElementsAre("REVOKE INSERT ON TABLE public.thing FROM app",
                                           "REVOKE SELECT ON TABLE public.thing FROM boss"));
  EXPECT_FALSE(revoked.at(0).additive);
  EXPECT_TRUE(grants(&nothing, was).at(0).additive);
}

TEST(Grants, TheOwnerIsNamed) {
  const Object was = table_with({});
  Object is = table_with({{"app", "SELECT", false}});
  is.grants.erase(is.grants.begin());
  is.owner = "somebody of the scratch database";
  EXPECT_THAT(sql_of(grants(&was, is)),
              ElementsAre("REVOKE DELETE ON TABLE public.thing FROM admin",
                          "GRANT SELECT ON TABLE public.thing TO app"));
}

TEST(Grants, OfAColumnAndAFunction) {
  Object column = part_of(Kind::Column, Column{});
  column.grants = {{"app", "SELECT", false}, {"app", "UPDATE", false}};
  EXPECT_THAT(sql_of(grants(nullptr, column)),
              ElementsAre("GRANT SELECT (thing), UPDATE (thing) ON TABLE public.orders TO app"));
  Object function = object_of(Kind::Function, Function{});
  function.identity = "public.thing(integer)";
  function.grants = {{kTheOwner, "EXECUTE", false}};
  EXPECT_THAT(sql_of(grants(nullptr, function)),
              ElementsAre("REVOKE EXECUTE ON FUNCTION public.thing(integer) FROM PUBLIC"));
  std::get<Function>(function.details).function_kind = FunctionKind::Aggregate;
  function.identity = "public.thing(*)";
  EXPECT_THAT(sql_of(grants(nullptr, function)),
              ElementsAre("REVOKE EXECUTE ON FUNCTION public.thing() FROM PUBLIC"));
}

Object defaults_of(const std::string& name, std::vector<Grant> grants) {
  Object object = object_of(Kind::DefaultPrivileges, DefaultPrivileges{});
  object.key = {Kind::DefaultPrivileges, "", "", name, ""};
  object.grants = std::move(grants);
  object.default_grants = false;
  return object;
}

TEST(DefaultPrivilegesDdl, OfASchemaStartFromNothing) {
  const Object entry = defaults_of("admin|app|TABLES", {{"reader", "SELECT", false}});
  EXPECT_THAT(sql_of(grants(nullptr, entry)),
              ElementsAre("ALTER DEFAULT PRIVILEGES FOR ROLE admin IN SCHEMA app GRANT SELECT ON "
                          "TABLES TO reader"));
  EXPECT_THAT(sql_of(drop_default_privileges({}, entry, {DiffOptions{}})),
              ElementsAre("ALTER DEFAULT PRIVILEGES FOR ROLE admin IN SCHEMA app REVOKE SELECT ON "
                          "TABLES FROM reader"));
}

TEST(DefaultPrivilegesDdl, OfAllSchemasTakeTheBuiltInOnesPlace) {
  const Object entry = defaults_of("admin||FUNCTIONS", {{"admin", "EXECUTE", false}});
  EXPECT_THAT(sql_of(grants(nullptr, entry)),
              ElementsAre("ALTER DEFAULT PRIVILEGES FOR ROLE admin REVOKE EXECUTE ON FUNCTIONS "
                          "FROM PUBLIC"));
  EXPECT_THAT(sql_of(drop_default_privileges({}, entry, {DiffOptions{}})),
              ElementsAre("ALTER DEFAULT PRIVILEGES FOR ROLE admin GRANT EXECUTE ON FUNCTIONS TO "
                          "PUBLIC"));
}

TEST(Grants, OfANewTableWithoutWhatDefaultPrivilegesGiveIt) {
  Catalog from;
  from.objects = {defaults_of("admin|other|TABLES", {{"stranger", "SELECT", false}}),
                  defaults_of("admin|public|TABLES", {{"reader", "SELECT", false}})};
  EXPECT_THAT(sql_of(grants(nullptr, table_with({}), &from)),
              ElementsAre("REVOKE SELECT ON TABLE public.thing FROM reader"));
  EXPECT_THAT(sql_of(grants(nullptr, table_with({{"reader", "SELECT", false}}), &from)),
              ElementsAre("GRANT SELECT ON TABLE public.thing TO reader"));
}

TEST(Owner, WhereThereIsOne) {
  const Object table = table_with({});
  EXPECT_THAT(sql_of(owner(nullptr, table)),
              ElementsAre("ALTER TABLE public.thing OWNER TO admin"));
  EXPECT_THAT(owner(&table, table), IsEmpty());
  EXPECT_THAT(owner(nullptr, part_of(Kind::Column, Column{})), IsEmpty());
  Sequence sequence;
  sequence.owner_table = "orders";
  EXPECT_THAT(owner(nullptr, object_of(Kind::Sequence, sequence)), IsEmpty());
}

}  // namespace
}  // namespace sluice::schema
