#include "revisions/target.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/unit/revisions/shapes.h"

namespace sluice::revisions {
namespace {

//        b0001 (label left) - c0001 \            .
// a0001 <                            m0001 - z0001
//        b0002 (label right) - c0002 /
const std::vector<Shape> kDiamond{
    {"a0001", ""},      {"b0001", "a0001", "left"}, {"b0002", "a0001", "right"}, {"c0001", "b0001"},
    {"c0002", "b0002"}, {"m0001", "c0001, c0002"},  {"z0001", "m0001"}};

std::vector<Shape> fork() { return {kDiamond.begin(), kDiamond.begin() + 5}; }
const std::vector<Shape> kLine{{"abcd1", ""}, {"abcd2", "abcd1"}, {"abef3", "abcd2"}};

// "a b | target", or the reason of the error.
std::string answer(const std::vector<Shape>& shapes, const std::string& applied,
                   const std::string& target, bool up) {
  const Graph graph(make(shapes));
  std::set<std::string> ids;
  for (std::string& id : base::split_list(applied, ' ')) ids.insert(id);
  try {
    const Path path = up ? upgrade_path(graph, ids, target) : downgrade_path(graph, ids, target);
    std::vector<std::string> steps;
    for (const Node node : path.steps) steps.push_back(graph.at(node).id);
    return base::join(steps, " ") + " | " + base::join(path.target, " ");
  } catch (const base::Error& error) {
    return error.reason();
  }
}

struct Case {
  std::vector<Shape> shapes;
  std::string applied, target, expected;
};

TEST(Target, Upgrade) {
  const std::vector<Case> cases{
      {kLine, "", "head", "abcd1 abcd2 abef3 | abef3"},
      {kLine, "", "base", " | "},
      {kLine, "abcd1", "head", "abcd2 abef3 | abef3"},
      {kLine, "abcd1 abcd2 abef3", "head", " | abef3"},
      {kLine, "", "+1", "abcd1 | abcd1"},
      {kLine, "abcd1", "+1", "abcd2 | abcd2"},
      {kLine, "abcd1", "+2", "abcd2 abef3 | abef3"},
      {kLine, "abcd1", "+3", "TargetUnknown"},
      {kLine, "abcd1", "-1", "TargetUnknown"},
      {kLine, "", "abcd1+1", "abcd1 abcd2 | abcd2"},
      {kLine, "", "head-1", "abcd1 abcd2 | abcd2"},
      {kLine, "", "base+2", "abcd1 abcd2 | abcd2"},
      {kLine, "", "base+4", "TargetUnknown"},
      {kLine, "", "abef", "abcd1 abcd2 abef3 | abef3"},
      {kLine, "", "abcd", "TargetAmbiguous"},
      {kLine, "", "abe", "TargetUnknown"},
      {kLine, "", "nothing", "TargetUnknown"},
      {kLine, "", "", "TargetUnknown"},
      {kLine, "", "@head", "TargetUnknown"},
      {kLine, "", "+x", "TargetUnknown"},
      {kLine, "", "+1+1", "TargetUnknown"},
      {kLine, "", "+99999999999", "TargetUnknown"},
      {kDiamond, "", "head", "a0001 b0001 b0002 c0001 c0002 m0001 z0001 | z0001"},
      {kDiamond, "a0001 b0001", "head", "b0002 c0001 c0002 m0001 z0001 | z0001"},
      {fork(), "", "head", "TargetAmbiguous"},
      {fork(), "", "heads", "a0001 b0001 b0002 c0001 c0002 | c0001 c0002"},
      {fork(), "", "left@head", "a0001 b0001 c0001 | c0001"},
      {fork(), "a0001", "+1", "TargetAmbiguous"},
      {fork(), "a0001", "left@+1", "b0001 | b0001"},
      {fork(), "", "left@base+2", "a0001 b0001 | b0001"},
      {fork(), "", "b0002@head", "a0001 b0002 c0002 | c0002"},
      {fork(), "a0001 b0001 b0002", "+1", "TargetAmbiguous"},
      {fork(), "a0001 b0001 b0002", "right@+1", "c0002 | c0002"},
      {fork(), "", "left@c0002", "TargetUnknown"},
      {fork(), "", "left@c000", "a0001 b0001 c0001 | c0001"},
      {fork(), "", "nobody@head", "TargetUnknown"},
      {{{"a", ""}, {"x", "", "", "a"}}, "", "x", "a x | x"},
  };
  for (const Case& test : cases)
    EXPECT_EQ(answer(test.shapes, test.applied, test.target, true), test.expected)
        << "from '" << test.applied << "' to " << test.target;
}

TEST(Target, Downgrade) {
  const std::string all = "abcd1 abcd2 abef3";
  const std::vector<Case> cases{
      {kLine, all, "-1", "abef3 | abcd2"},
      {kLine, all, "-3", "abef3 abcd2 abcd1 | "},
      {kLine, all, "-4", "TargetUnknown"},
      {kLine, all, "+1", "TargetUnknown"},
      {kLine, "", "-1", "TargetUnknown"},
      {kLine, all, "base", "abef3 abcd2 abcd1 | "},
      {kLine, all, "abcd1", "abef3 abcd2 | abcd1"},
      {kLine, all, "abef3", " | abef3"},
      {kLine, all, "abef3-1", "abef3 | abcd2"},
      {kLine, "abcd1", "abef3", "TargetUnknown"},
      {kDiamond, "a0001 b0001 b0002 c0001 c0002 m0001", "b0001", "m0001 c0001 | b0001"},
      {kDiamond, "a0001 b0001 b0002 c0001 c0002 m0001", "-1", "TargetAmbiguous"},
      {{{"a", ""}, {"b", "a"}, {"x", "", "", "b"}}, "a b x", "a", "x b | a"},
      {{{"a", ""}, {"b", "a"}, {"x", "", "", "a"}}, "a b x", "a", "b | a"},
  };
  for (const Case& test : cases)
    EXPECT_EQ(answer(test.shapes, test.applied, test.target, false), test.expected)
        << "from '" << test.applied << "' to " << test.target;
}

}  // namespace
}  // namespace sluice::revisions
