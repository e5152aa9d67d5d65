#include "tests/unit/schema/ddl_case.h"

namespace sluice::schema {
namespace {

using testing::ElementsAre;

const DiffOptions kOptions;
const DdlContext kLive{kOptions};

Object publication_of(std::vector<PublicationTable> tables, std::vector<std::string> schemas = {},
                      Options options = {}, bool all = false) {
  Object object = object_of(Kind::Publication, Publication{all, std::move(tables),
                                                           std::move(schemas), std::move(options)});
  object.key.schema = "";
  object.identity = "thing";
  return object;
}

TEST(PublicationDdl, IsCreatedWithItsMembers) {
  EXPECT_THAT(sql_of(create_publication({}, publication_of({}, {}, {}, true), kLive)),
              ElementsAre("CREATE PUBLICATION thing FOR ALL TABLES"));
  EXPECT_THAT(sql_of(create_publication({}, publication_of({}), kLive)),
              ElementsAre("CREATE PUBLICATION thing"));
  EXPECT_THAT(
      sql_of(create_publication({},
                                publication_of({{"public.a", "(x, y)", ""}, {"public.b", "", "x"}},
                                               {"app"}, {{"publish", "insert, update"}}),
                                kLive)),
      ElementsAre("CREATE PUBLICATION thing FOR TABLE public.a (x, y), TABLE public.b WHERE (x), "
                  "TABLES IN SCHEMA app WITH (publish = 'insert, update')"));
}

TEST(PublicationDdl, Changes) {
  const PublicationTable a{"public.a", "", ""};
  const PublicationTable part_of_a{"public.a", "(x)", ""};
  const PublicationTable b{"public.b", "", ""};
  expect_alter(
      alter_publication,
      {
          {"members come and go", publication_of({a}), publication_of({b}, {"app"}),
           Sql{"ALTER PUBLICATION thing DROP TABLE public.a",
               "ALTER PUBLICATION thing ADD TABLE public.b, TABLES IN SCHEMA app"}},
          {"a member changes", publication_of({a, b}), publication_of({part_of_a, b}),
           Sql{"ALTER PUBLICATION thing SET TABLE public.a (x), TABLE public.b"}},
          {"an option", publication_of({a}), publication_of({a}, {}, {{"publish", "insert"}}),
           Sql{"ALTER PUBLICATION thing SET (publish = 'insert')"}},
          {"no option", publication_of({a}, {}, {{"publish", "insert"}}), publication_of({a}),
           Sql{"ALTER PUBLICATION thing SET (publish = 'insert, update, delete, truncate')"}},
          {"all tables", publication_of({a}), publication_of({}, {}, {}, true), std::nullopt},
      });
}

}  // namespace
}  // namespace sluice::schema
