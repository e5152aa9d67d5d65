#include "tests/unit/schema/ddl_case.h"

namespace sluice::schema {
namespace {

using lint::RuleId;
using testing::ElementsAre;

const DiffOptions kOptions;
const DdlContext kLive{kOptions};

ViewColumn column(const std::string& name, const std::string& type,
                  const std::string& default_value = "") {
  return {name, type, "", default_value, ""};
}

Object view_of(const std::string& query, std::vector<ViewColumn> columns, Options options = {}) {
  return object_of(Kind::View, View{query, std::move(columns), std::move(options)});
}

TEST(ViewDdl, IsCreatedWithOptionsAndDefaults) {
  EXPECT_THAT(
      sql_of(create_view(
          {},
          view_of(" SELECT 1 AS a", {column("a", "integer", "7")}, {{"security_barrier", "true"}}),
          kLive)),
      ElementsAre("CREATE OR REPLACE VIEW public.thing WITH (security_barrier = true) AS\n SELECT "
                  "1 AS a",
                  "ALTER VIEW public.thing ALTER COLUMN a SET DEFAULT 7"));
}

TEST(ViewDdl, AStubHasTheColumnsAndNoRows) {
  ViewColumn name = column("Name", "text");
  name.collation = "pg_catalog.\"C\"";
  EXPECT_EQ(create_view_stub({}, view_of(" SELECT f()", {column("a", "integer"), name}), kLive).sql,
            "CREATE VIEW public.thing AS\n SELECT NULL::integer AS a, NULL::text COLLATE "
            "pg_catalog.\"C\" AS \"Name\"");
}

TEST(ViewDdl, ReplacingKeepsTheColumnsAndAppends) {
  const std::vector<ViewColumn> one{column("a", "integer")};
  const std::vector<ViewColumn> two{column("a", "integer"), column("b", "text")};
  expect_alter(
      alter_view,
      {
          {"another query", view_of(" SELECT 1 AS a", one), view_of(" SELECT 2 AS a", one),
           Sql{"CREATE OR REPLACE VIEW public.thing AS\n SELECT 2 AS a"}},
          {"a column behind", view_of(" q", one), view_of(" r", two),
           Sql{"CREATE OR REPLACE VIEW public.thing AS\n r"}},
          {"a column gone", view_of(" r", two), view_of(" q", one), std::nullopt},
          {"another type", view_of(" q", one), view_of(" q", {column("a", "bigint")}),
           std::nullopt},
          {"another name", view_of(" q", one), view_of(" r", {column("b", "integer")}),
           std::nullopt},
          {"another order", view_of(" q", two),
           view_of(" r", {column("b", "text"), column("a", "integer")}), std::nullopt},
          {"options", view_of(" q", one, {{"check_option", "local"}}),
           view_of(" q", one, {{"security_barrier", "true"}}),
           Sql{"ALTER VIEW public.thing SET (security_barrier = true)",
               "ALTER VIEW public.thing RESET (check_option)"}},
          {"replacing sets the options", view_of(" q", one, {{"check_option", "local"}}),
           view_of(" r", one, {{"security_barrier", "true"}}),
           Sql{"CREATE OR REPLACE VIEW public.thing WITH (security_barrier = true) AS\n r"}},
          {"a default comes", view_of(" q", one), view_of(" q", {column("a", "integer", "1")}),
           Sql{"ALTER VIEW public.thing ALTER COLUMN a SET DEFAULT 1"}},
          {"a default goes", view_of(" q", {column("a", "integer", "1")}), view_of(" q", one),
           Sql{"ALTER VIEW public.thing ALTER COLUMN a DROP DEFAULT"}},
      });
}

Object materialized(const std::string& query, Options options = {},
                    const std::string& tablespace = "") {
  MaterializedView view;
  view.definition = query;
  view.columns = {column("a", "integer")};
  view.options = std::move(options);
  view.tablespace = tablespace;
  return object_of(Kind::MaterializedView, view);
}

TEST(MaterializedViewDdl, IsCreatedWithAllOfIt) {
  Object view = materialized(" q", {{"fillfactor", "70"}}, "fast");
  std::get<MaterializedView>(view.details).populated = false;
  EXPECT_THAT(sql_of(create_materialized_view({}, view, kLive)),
              ElementsAre("CREATE MATERIALIZED VIEW public.thing WITH (fillfactor = 70) TABLESPACE "
                          "fast AS\n q\n  WITH NO DATA"));
}

TEST(MaterializedViewDdl, ItsQueryIsNotAlteredItsStorageIs) {
  expect_alter(alter_materialized_view,
               {
                   {"another query", materialized(" q"), materialized(" r"), std::nullopt},
                   {"options", materialized(" q"), materialized(" q", {{"fillfactor", "70"}}),
                    Sql{"ALTER MATERIALIZED VIEW public.thing SET (fillfactor = 70)"}},
                   {"tablespace", materialized(" q"), materialized(" q", {}, "fast"),
                    Sql{"ALTER MATERIALIZED VIEW public.thing SET TABLESPACE fast"}},
                   {"back", materialized(" q", {}, "fast"), materialized(" q"),
                    Sql{"ALTER MATERIALIZED VIEW public.thing SET TABLESPACE pg_default"}},
               });
}

TEST(MaterializedViewDdl, MakingItAgainKeepsItsReadersWaiting) {
  EXPECT_EQ(create_materialized_view({}, materialized(" q"), kLive).at(0).hazards.at(0).rule,
            RuleId::RefreshMaterializedView);
  EXPECT_EQ(drop_materialized_view({}, materialized(" q"), kLive).at(0).hazards.at(0).rule,
            RuleId::DropView);
}

}  // namespace
}  // namespace sluice::schema
