// The tables of other migration tools: which they are, and what a diff does with them.
#include "schema/foreign_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/diff.h"
#include "tests/unit/schema/catalog_text.h"

namespace sluice::schema {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kWarning =
    "table public.alembic_version is another tool's history: not compared";

CatalogText app() { return CatalogText().table("t", {"id integer"}); }
CatalogText with_history() {
  return app()
      .table("alembic_version", {"version_num varchar(32) NOT NULL"})
      .constraint("alembic_version", "alembic_version_pkc", ConstraintType::PrimaryKey,
                  "PRIMARY KEY (version_num)");
}

TEST(ForeignHistory, IsKnownByItsNameAndItsColumn) {
  struct Case {
    const char *table, *column;
    bool is;
  };
  for (const Case& each : std::vector<Case>{{"alembic_version", "version_num text", true},
                                            {"flyway_schema_history", "installed_rank int", true},
                                            {"goose_db_version", "version_id bigint", true},
                                            {"schema_migrations", "version text", true},
                                            {"django_migrations", "app text", true},
                                            {"schema_migrations", "number bigint", false},
                                            {"alembic_version", "version text", false},
                                            {"versions", "version_num text", false}}) {
    const Catalog catalog = CatalogText().table(each.table, {each.column});
    EXPECT_EQ(!foreign_histories(catalog).empty(), each.is) << each.table << " " << each.column;
  }
}

TEST(ForeignHistory, ThatOnlyTheLiveSideHasIsNoDifference) {
  for (const bool additive : {false, true}) {
    DiffOptions options;
    options.additive_only = additive;
    const Diff found = diff(with_history(), app(), options);
    EXPECT_THAT(lines_of(found), IsEmpty());
    EXPECT_TRUE(found.empty());
    EXPECT_THAT(found.left_undone, IsEmpty());
    EXPECT_THAT(found.warnings, ElementsAre(kWarning));
  }
}

TEST(ForeignHistory, ThatIsWantedIsMadeAndComparedAsAnyTable) {
  const Diff made = diff(app(), with_history());
  EXPECT_THAT(lines_of(made).front(), HasSubstr("CREATE TABLE public.alembic_version"));
  EXPECT_THAT(made.warnings, IsEmpty());
  const Catalog other = app().table("alembic_version", {"version_num varchar(32)"});
  EXPECT_THAT(lines_of(diff(with_history(), other)), testing::Not(IsEmpty()));
  EXPECT_TRUE(diff(with_history(), with_history()).empty());
}

TEST(ForeignHistory, IsDroppedWhereThatIsAskedFor) {
  DiffOptions options;
  options.foreign_histories = true;
  EXPECT_THAT(lines_of(diff(with_history(), app(), options)),
              ElementsAre("DROP TABLE public.alembic_version"));
}

TEST(ForeignHistory, StaysWithWhatItNeedsWhileWhatNeedsItGoes) {
  const Catalog live = app()
                           .sequence("ids")
                           .table("goose_db_version", {"version_id bigint"})
                           .column("goose_db_version", "id integer = nextval('ids')", {"ids"})
                           .view("v", "SELECT 1", {"goose_db_version.version_id"});
  EXPECT_THAT(lines_of(diff(live, app())), ElementsAre("DROP VIEW public.v"));
}

TEST(ForeignHistory, IsTakenOutOfACatalogWithWhatBelongsToIt) {
  const Catalog left = without_foreign_histories(with_history().table("z", {"id integer"}));
  EXPECT_THAT(left.warnings, ElementsAre(kWarning));
  Catalog plain = app().table("z", {"id integer"});
  ASSERT_EQ(left.objects.size(), plain.objects.size());
  for (size_t i = 0; i < plain.objects.size(); ++i) {
    EXPECT_EQ(left.objects[i].key, plain.objects[i].key);
    EXPECT_EQ(left.objects[i].owner_relation, plain.objects[i].owner_relation);
  }
}

TEST(ForeignHistory, ThatSomethingNeedsOrIsWantedStaysInACatalog) {
  const Catalog viewed = with_history().view("v", "SELECT 1", {"alembic_version.version_num"});
  EXPECT_EQ(without_foreign_histories(viewed).objects.size(), viewed.objects.size());
  const Catalog wanted = with_history();
  const Catalog kept = without_foreign_histories(wanted, &wanted);
  EXPECT_EQ(kept.objects.size(), wanted.objects.size());
  EXPECT_THAT(kept.warnings, IsEmpty());
}

}  // namespace
}  // namespace sluice::schema
