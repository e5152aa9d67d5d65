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
// `applied` may end with "; a b": the order of the current heads.
std::string answer(const std::vector<Shape>& shapes, const std::string& applied,
                   const std::string& target, bool up) {
  const Graph graph(make(shapes));
  const size_t end = applied.find(';');
  std::set<std::string> ids;
  for (std::string& id : base::split_list(applied.substr(0, end), ' ')) ids.insert(id);
  const std::vector<std::string> order = end == std::string::npos
                                             ? std::vector<std::string>()
                                             : base::split_list(applied.substr(end + 1), ' ');
  try {
    const Path path =
        up ? upgrade_path(graph, ids, target, order) : downgrade_path(graph, ids, target, order);
    std::vector<std::string> steps;
    for (const Node node : path.steps) steps.push_back(graph.at(node).id);
    return base::join(steps, " ") + " | " + base::join(path.target, " ") +
           (path.warnings.empty() ? "" : " | warns");
  } catch (const base::Error& error) {
    return error.reason();
  }
}

// Two roots: a0001 - a0002, and b0001 - b0002 (label beta), of which the last depends on a0002.
const std::vector<Shape> kTwo{
    {"a0001", ""}, {"a0002", "a0001"}, {"b0001", "", "beta"}, {"b0002", "b0001", "", "a0002"}};

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
      {kLine, "", "abe", "abcd1 abcd2 abef3 | abef3"},
      {kLine, "", "head+1", "TargetUnknown"},
      {kLine, "", "abcd1-1", "TargetUnknown"},
      {kLine, "", "base-1", "TargetUnknown"},
      {kLine, "", "base+0", "TargetUnknown"},
      {kLine, "", "+0", "TargetUnknown"},
      {kLine, "", "abcd2+0", "abcd1 abcd2 | abcd2"},
      {kLine, "abcd1", "-2", "TargetUnknown"},
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
      {fork(), "", "left", "a0001 b0001 | b0001"},
      {fork(), "", "lef", "a0001 b0001 | b0001"},
      {fork(), "", "left@heads", "a0001 b0001 c0001 | c0001"},
      {fork(), "", "left@head-1", "a0001 b0001 | b0001"},
      {fork(), "", "left@head+1", "TargetAmbiguous"},
      {fork(), "", "left@-1", "TargetUnknown"},
      {fork(), "", "left@base", " | "},
      {fork(), "", "nobody@base", "TargetUnknown"},
      {fork(), "", "a0001@head", "TargetAmbiguous"},
      {fork(), "a0001 b0002", "left@+1", "b0001 | b0001"},
      {fork(), "a0001 b0002", "left@+2", "b0001 c0001 | c0001"},
      {kDiamond, "", "m0001-1", "TargetAmbiguous"},
      {kTwo, "", "heads", "a0001 a0002 b0001 b0002 | b0002"},
      {kTwo, "", "head", "TargetAmbiguous"},
      {kTwo, "", "heads-1", "b0001 | b0001"},
      {kTwo, "", "base+1", "TargetAmbiguous"},
      {kTwo, "", "beta@base+2", "a0001 a0002 b0001 b0002 | b0002"},
      {kTwo, "a0001 a0002 b0001 b0002", "+1", "TargetUnknown"},
      {{{"a", ""}, {"x", "", "", "a"}}, "", "x", "a x | x"},
  };
  for (const Case& test : cases)
    EXPECT_EQ(answer(test.shapes, test.applied, test.target, true), test.expected)
        << "from '" << test.applied << "' to " << test.target;
}

TEST(Target, Downgrade) {
  const std::string kAllOfFork = "a0001 b0001 b0002 c0001 c0002";
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
      {{{"a", ""}, {"b", "a"}, {"x", "", "", "a"}}, "a x", "a", "TargetUnknown"},
      {kLine, all, "head-1", "abef3 | abcd2"},
      {kLine, all, "base+1", "abef3 abcd2 | abcd1"},
      {kLine, all, "abcd1+1", "abef3 | abcd2"},
      {kLine, all, "abcd1-1", "abef3 abcd2 abcd1 | "},
      {kLine, all, "abcd1-2", "TargetUnknown"},
      {kLine, all, "base-1", "TargetUnknown"},
      {kLine, all, "+2", "TargetUnknown"},
      {kLine, "", "base", " | "},
      {kLine, "", "abcd1", "TargetUnknown"},
      {kLine, "abcd1", "abcd1", " | abcd1"},
      {fork(), kAllOfFork, "-1", "c0001 | b0001 | warns"},
      {fork(), kAllOfFork + "; c0002 c0001", "-1", "c0002 | b0002 | warns"},
      {fork(), kAllOfFork, "-2", "c0001 b0001 | a0001 | warns"},
      {fork(), kAllOfFork, "right@-1", "c0002 | b0002"},
      {fork(), kAllOfFork, "right@-2", "c0002 b0002 | a0001"},
      {fork(), kAllOfFork, "right@a0001", "c0002 b0002 | a0001"},
      {fork(), kAllOfFork, "a0001", "c0002 c0001 b0002 b0001 | a0001"},
      {fork(), kAllOfFork, "right@base", "c0002 c0001 b0002 b0001 a0001 | "},
      {fork(), kAllOfFork, "nobody@b0001", "TargetUnknown"},
      {fork(), "a0001 b0001", "right@-1", "TargetUnknown"},
      {kTwo, "a0001 a0002 b0001 b0002", "-1", "b0002 | b0001"},
      {kTwo, "a0001 a0002 b0001 b0002", "a0001@base", "b0002 a0002 a0001 | "},
      {kTwo, "a0001 a0002 b0001 b0002", "beta@base", "b0002 b0001 | "},
      {kTwo, "a0001 a0002 b0001 b0002", "a0001@-1", "b0002 a0002 | a0001"},
      {kTwo, "a0001 a0002 b0001 b0002", "a0001", "b0002 a0002 | a0001"},
      {kTwo, "a0001 b0001", "-1", "a0001 |  | warns"},
      {kTwo, "a0001 b0001; b0001", "-1", "b0001 |  | warns"},
  };
  for (const Case& test : cases)
    EXPECT_EQ(answer(test.shapes, test.applied, test.target, false), test.expected)
        << "from '" << test.applied << "' to " << test.target;
}

}  // namespace
}  // namespace sluice::revisions
