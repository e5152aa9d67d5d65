#include "revisions/render.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "revisions/graph.h"

namespace sluice::revisions {
namespace {

TEST(Render, GivesBackTheFile) {
  for (const std::string text : {
           "-- revision: a1\n-- revises: b2, c3\n-- created: 2026-11-21T10:00:00Z\n"
           "-- message: a merge\n-- branch-labels: x, y\n-- depends-on: d4\n-- transaction: none\n"
           "-- phase: contract\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n",
           "-- revision: a1\n-- revises:\n-- migrate:up\n",
           "-- revision: a1\n-- revises:\n-- migrate:up\nSELECT 1;\n-- migrate:down\n",
           "-- repeatable: views\n-- migrate:up\nSELECT 1;\n",
       })
    EXPECT_EQ(render(parse_revision("a.sql", text)), text);
}

TEST(Render, EndsASectionWithItsLine) {
  Revision revision = parse_revision("a.sql", "-- revision: a1\n-- migrate:up\nSELECT 1");
  EXPECT_EQ(render(revision), "-- revision: a1\n-- revises:\n-- migrate:up\nSELECT 1\n");
}

TEST(Render, RefusesWhatWouldNotReadBack) {
  Revision revision = parse_revision("a.sql", "-- revision: a1\n-- migrate:up\nSELECT 1;\n");
  revision.up.sql = "SELECT 1;\n  --  migrate:down\n";
  try {
    render(revision);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reason(), "RevisionInvalid");
    EXPECT_TRUE(error.message().starts_with("a.sql:4:")) << error.message();
  }
  revision.up.sql = "SELECT 1;\n";
  revision.message = "two\nlines";
  EXPECT_THROW(render(revision), base::Error);
}

TEST(Repeatable, StandsBesideTheGraph) {
  const Graph graph({
      parse_revision("z.sql", "-- repeatable: views\n-- migrate:up\nSELECT 1;\n"),
      parse_revision("b.sql", "-- repeatable: grants\n-- migrate:up\nSELECT 1;\n"),
      parse_revision("a.sql", "-- revision: a1\n-- migrate:up\nSELECT 1;\n"),
  });
  EXPECT_EQ(graph.heads(), std::vector<std::string>{"a1"});
  ASSERT_EQ(graph.repeatables().size(), 2U);
  EXPECT_EQ(graph.repeatables()[0].id, "grants");
  EXPECT_EQ(graph.repeatables()[1].id, "views");
}

TEST(Repeatable, RefusesWhatOnlyTheGraphHas) {
  for (const std::string header :
       {"-- revises: a1\n", "-- depends-on: a1\n", "-- branch-labels: x\n",
        "-- transaction: none\n", "-- phase: contract\n", "-- revision: b\n"})
    EXPECT_THROW(parse_revision("a.sql", "-- repeatable: views\n" + header + "-- migrate:up\n"),
                 base::Error)
        << header;
  const Revision one = parse_revision("a.sql", "-- repeatable: views\n-- migrate:up\n");
  EXPECT_THROW(Graph({one, one}), base::Error);
}

}  // namespace
}  // namespace sluice::revisions
