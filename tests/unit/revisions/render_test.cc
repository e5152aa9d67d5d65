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
  struct Case {
    std::string header, message;
  };
  const std::vector<Case> cases{
      {"-- revises: a1\n", "a.sql:2: a repeatable revision that revises"},
      {"-- created: today\n-- depends-on: a1\n", "a.sql:3: a repeatable revision that revises"},
      {"-- branch-labels: x\n", "a.sql:2: a repeatable revision that revises"},
      {"-- transaction: none\n", "a.sql:2: a repeatable revision without a transaction"},
      {"-- phase: contract\n", "a.sql:2: a repeatable revision of the phase contract"},
      {"-- revision: b\n", "a.sql:2: both `revision` and `repeatable`"},
      {"-- repeatable: b\n", "a.sql:2: `repeatable` a second time"},
  };
  for (const Case& test : cases) {
    try {
      parse_revision("a.sql", "-- repeatable: views\n" + test.header + "-- migrate:up\n");
      ADD_FAILURE() << "accepted: " << test.header;
    } catch (const base::Error& error) {
      EXPECT_TRUE(error.message().starts_with(test.message)) << error.message();
    }
  }
  for (const std::string id : {"", "a@b", "a b"})
    EXPECT_THROW(parse_revision("a.sql", "-- repeatable: " + id + "\n-- migrate:up\n"),
                 base::Error);
  // Nothing to revise is said as by any other revision.
  EXPECT_TRUE(
      parse_revision("a.sql", "-- repeatable: views\n-- revises:\n-- migrate:up\n").repeatable);
  const Revision one = parse_revision("a.sql", "-- repeatable: views\n-- migrate:up\n");
  EXPECT_THROW(Graph({one, one}), base::Error);
}

}  // namespace
}  // namespace sluice::revisions
