#include "revisions/graph.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "revisions/closure.h"
#include "revisions/target.h"
#include "tests/unit/revisions/shapes.h"

namespace sluice::revisions {
namespace {

using Ids = std::vector<std::string>;

TEST(Graph, RefusesWhatIsNoGraph) {
  struct Case {
    const char* reason;
    std::vector<Shape> shapes;
    const char* message;
  };
  const std::vector<Case> cases{
      {"RevisionDuplicate", {{"a", ""}, {"a", ""}}, "revision a stands in two files"},
      {"RevisionDuplicate", {{"a", "", "x"}, {"b", "a", "x"}}, "branch label x"},
      {"RevisionDuplicate", {{"a", ""}, {"b", "a", "a"}}, "branch label a"},
      {"RevisionMissing", {{"b", "a"}}, "b.sql: revises a, which no file has"},
      {"RevisionMissing", {{"b", "", "", "zzzz"}}, "b.sql: depends-on zzzz"},
      {"RevisionSelf", {{"a", "a"}}, "a.sql: revision a revises itself"},
      {"DependencySelf", {{"a", "", "", "a"}}, "a.sql: revision a depends on itself"},
      {"DependencySelf", {{"a", "", "x", "x"}}, "a.sql: revision a depends on itself"},
      {"RevisionCycle", {{"a", "c"}, {"b", "a"}, {"c", "b"}, {"d", "c"}}, "the revisions form"},
      {"RevisionCycle",
       {{"a", ""}, {"b", "a, c"}, {"c", "b"}, {"d", "c", "", "a"}},
       "the revisions form a cycle: b (b.sql) revises c (c.sql) revises b (b.sql)"},
      {"DependencyCycle",
       {{"a", "", "", "b"}, {"b", "a"}},
       "the revisions' dependencies form a cycle: a (a.sql) needs b (b.sql) needs a (a.sql)"},
  };
  for (const Case& test : cases) {
    try {
      const Graph graph(make(test.shapes));
      ADD_FAILURE() << "accepted: " << test.message;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reason(), test.reason);
      EXPECT_TRUE(error.message().starts_with(test.message)) << error.message();
    }
  }
}

TEST(Graph, KnowsHeadsBasesAndBranchPoints) {
  const Graph graph(make({{"d", "b"}, {"a", ""}, {"c", "a"}, {"b", "a"}, {"x", "", "", "d"}}));
  EXPECT_EQ(graph.heads(), (Ids{"c", "d", "x"}));
  EXPECT_EQ(graph.bases(), (Ids{"a", "x"}));
  EXPECT_EQ(graph.branch_points(), (Ids{"a"}));
  EXPECT_EQ(heads_among(graph, {"a", "b", "unknown"}), (Ids{"b"}));
}

TEST(Graph, EffectiveHeadsLeaveOutWhatAnotherDependsOn) {
  const Graph graph(make({{"a", ""}, {"b", "a"}, {"x", "", "", "b"}}));
  EXPECT_EQ(graph.heads(), (Ids{"b", "x"}));
  EXPECT_EQ(graph.effective_heads(), (Ids{"x"}));
}

TEST(Graph, NamesMeanIdsLabelsAndUniquePrefixes) {
  const Graph graph(make(
      {{"abcd1", ""}, {"abcd2", "abcd1", "later"}, {"abx", "abcd2"}, {"lane1", "abx", "abc"}}));
  struct Case {
    const char* name;
    const char* expected;
  };
  const std::vector<Case> cases{
      {"abcd1", "abcd1"},          {"later", "abcd2"},    {"abc", "lane1"},
      {"abcd", "TargetAmbiguous"}, {"lat", "abcd2"},      {"lan", "lane1"},
      {"l", "TargetAmbiguous"},    {"abx", "abx"},        {"abx1", "TargetUnknown"},
      {"ab", "TargetAmbiguous"},   {"", "TargetUnknown"}, {"z", "TargetUnknown"},
  };
  for (const Case& test : cases) {
    std::string answer;
    try {
      answer = graph.at(graph.resolve(test.name)).id;
    } catch (const base::Error& error) {
      answer = error.reason();
    }
    EXPECT_EQ(answer, test.expected) << test.name;
  }
}

TEST(Graph, AShortIdIsNotFoundByAPrefix) {
  const Graph graph(make({{"abc", ""}, {"abcde", "abc"}}));
  EXPECT_EQ(graph.at(graph.resolve("ab")).id, "abcde");
}

TEST(Graph, BranchNamesReachUpToTheHeadsAndDownToTheFork) {
  const Graph graph(make({{"a", ""}, {"b", "a"}, {"c", "b", "left"}, {"d", "c"}, {"x", "a"}}));
  const std::vector<std::set<std::string>> by_node = graph.branch_names();
  std::string names;
  for (Node node = 0; node < graph.revisions().size(); ++node)
    for (const std::string& name : by_node[node]) names += graph.at(node).id + ":" + name + " ";
  EXPECT_EQ(names, "b:left c:left d:left ");
}

TEST(Graph, OrderDoesNotDependOnTheOrderOfFiles) {
  std::vector<Shape> shapes{{"m", "b, c"}, {"b", "a"}, {"c", "a"}, {"a", ""}, {"z", "", "", "b"}};
  const auto ids = [&] {
    Ids list;
    const Graph graph(make(shapes));
    for (const Revision& revision : graph.revisions()) list.push_back(revision.id);
    return list;
  };
  EXPECT_EQ(ids(), (Ids{"a", "b", "c", "m", "z"}));
  std::swap(shapes.front(), shapes.back());
  EXPECT_EQ(ids(), (Ids{"a", "b", "c", "m", "z"}));
}

TEST(Graph, ClosureTakesBrokenGraphs) {
  const Parents parents = parents_of(make({{"a", "b"},
                                           {"b", "a"},
                                           {"c", "missing", "", "label"},
                                           {"d", "", "label"},
                                           {"long1", "", "", "lab"},
                                           {"e", "", "", "lo"}}));
  EXPECT_EQ(closure(parents, {"e"}), (std::set<std::string>{"d", "e", "long1"}));
  EXPECT_EQ(closure(parents, {"a"}), (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(closure(parents, {"c"}), (std::set<std::string>{"c", "d", "missing"}));
  EXPECT_EQ(closure(parents, {"alien"}), (std::set<std::string>{"alien"}));
}

TEST(Graph, TenThousandRevisionsWithTwoThousandMerges) {
  std::vector<Shape> shapes{{"r00000", ""}};
  const auto name = [](size_t number) {
    std::string digits = std::to_string(number);
    return "r" + std::string(5 - digits.size(), '0') + digits;
  };
  // Five revisions a round, one of them a merge.
  for (size_t i = 0; shapes.size() < 10'000; ++i) {
    const std::string tip = shapes.back().id;
    const size_t n = shapes.size();
    shapes.push_back({name(n), tip});
    shapes.push_back({name(n + 1), tip});
    shapes.push_back({name(n + 2), name(n + 1)});
    shapes.push_back({name(n + 3), name(n) + "," + name(n + 2)});
    shapes.push_back({name(n + 4), name(n + 3)});
  }
  const Graph graph(make(shapes));
  const Path path = upgrade_path(graph, {}, "head");
  EXPECT_EQ(path.steps.size(), graph.revisions().size());
  std::set<std::string> applied;
  for (const Node node : path.steps) applied.insert(graph.at(node).id);
  EXPECT_EQ(downgrade_path(graph, applied, "base").steps.size(), applied.size());
}

}  // namespace
}  // namespace sluice::revisions
