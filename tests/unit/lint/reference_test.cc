// docs/lint.md and the rules say the same: each rule has a section, and its examples do what the
// text says.
#include <fstream>
#include <optional>

#include "base/text.h"
#include "tests/unit/lint/cases.h"

namespace sluice::lint {
namespace {

struct Section {
  std::string name;
  std::string about;                // the line in italics
  std::vector<std::string> blocks;  // of SQL, indented in the text
};

std::vector<Section> read_reference() {
  std::ifstream file("docs/lint.md");
  std::vector<Section> sections;
  bool in_block = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#### ")) sections.push_back({line.substr(5), {}, {}});
    if (sections.empty()) continue;
    Section& section = sections.back();
    if (line.starts_with("*") && section.about.empty()) section.about = line;
    const bool indented = line.starts_with("    ");
    if (indented && !in_block) section.blocks.emplace_back();
    if (indented) section.blocks.back() += line.substr(4) + "\n";
    in_block = indented;
  }
  return sections;
}

// Revisions of one example, the last of which is judged.
std::vector<Finding> lint_example(const std::string& block) {
  std::vector<revisions::Revision> revisions;
  const auto begin = [&] {
    const std::string id = "r" + std::to_string(revisions.size());
    revisions.push_back(revision(id, revisions.empty() ? "" : revisions.back().id, ""));
  };
  begin();
  std::string rest = block;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    const std::string line = rest.substr(0, end);
    rest.erase(0, end + 1);
    if (line == "-- in an earlier revision:" || line == "-- in a later revision:" ||
        line == "-- now:") {
      if (!revisions.back().up.sql.empty()) begin();
    } else if (line == "-- transaction: none") {
      revisions.back().transactional = false;
    } else if (line == "-- phase: contract") {
      revisions.back().phase = revisions::Phase::Contract;
    } else {
      revisions.back().up.sql += line + "\n";
    }
  }
  Config config;
  for (const Rule& each : rules())
    if (each.level == Level::Off) config.levels[each.id] = Level::Note;
  return lint(revisions::Graph(revisions), config);
}

TEST(LintReference, HasEachRuleInOrderAndNoOther) {
  std::vector<std::string> sections;
  for (const Section& section : read_reference()) sections.push_back(section.name);
  std::vector<std::string> expected;
  for (const Rule& each : rules()) expected.emplace_back(each.name);
  EXPECT_EQ(sections, expected);
}

TEST(LintReference, SaysTheLevelAndTheCategory) {
  for (const Section& section : read_reference()) {
    const Rule* const found = find_rule(section.name);
    ASSERT_NE(found, nullptr) << section.name;
    const std::string about =
        std::string(to_string(found->level)) + ", " + std::string(to_string(found->category));
    EXPECT_TRUE(section.about.starts_with("*" + about + "*")) << section.name;
  }
}

TEST(LintReference, TheFirstExampleOfARuleIsFoundByIt) {
  size_t examples = 0;
  for (const Section& section : read_reference()) {
    if (section.blocks.empty()) continue;
    ++examples;
    const std::vector<Finding> findings = lint_example(section.blocks.front());
    EXPECT_TRUE(has(findings, find_rule(section.name)->id))
        << section.name << " is not among " << testing::PrintToString(names(findings));
  }
  EXPECT_GE(examples, rules().size() - 1);
}

// Rules about what is dropped say how to wait, not how to avoid it.
TEST(LintReference, TheSecondExampleOfARuleIsNotFoundByIt) {
  size_t examples = 0;
  for (const Section& section : read_reference()) {
    if (section.blocks.size() < 2) continue;
    ++examples;
    EXPECT_FALSE(has(lint_example(section.blocks[1]), find_rule(section.name)->id)) << section.name;
  }
  EXPECT_GE(examples, rules().size() - 8);
}

}  // namespace
}  // namespace sluice::lint
