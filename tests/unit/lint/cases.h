// The rules' cases: SQL, whether the rule fires there, and what came before.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "lint/lint.h"

namespace sluice::lint {

struct Case {
  RuleId rule;
  bool fires;
  const char* sql;
  const char* before = "";    // up section of the revision before
  bool transactional = true;  // of the revision with `sql`
};

// A table per family, in cases_*.cc.
const std::vector<Case>& rewrite_cases();
const std::vector<Case>& lock_cases();
const std::vector<Case>& breaking_cases();
const std::vector<Case>& data_cases();
const std::vector<Case>& brittle_cases();
const std::vector<Case>& revision_cases();

inline std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto* const cases : {&rewrite_cases(), &lock_cases(), &breaking_cases(), &data_cases(),
                                  &brittle_cases(), &revision_cases()})
    std::ranges::copy(*cases, std::back_inserter(all));
  return all;
}

inline revisions::Revision revision(const std::string& id, const std::string& revises,
                                    const std::string& up) {
  revisions::Revision made;
  made.id = id;
  made.file = id + ".sql";
  if (!revises.empty()) made.revises = {revises};
  made.up = {up, 4};
  made.down = revisions::Section{"SELECT 1;", 100};
  return made;
}

// What is found in a revision with this up section, after another.
inline std::vector<Finding> lint_after(const std::string& before, const std::string& sql,
                                       const Config& config = {}, bool transactional = true) {
  std::vector<revisions::Revision> revisions{revision("a", "", before), revision("b", "a", sql)};
  revisions.back().transactional = transactional;
  return lint(revisions::Graph(revisions), config, std::set<std::string>{"b"});
}

inline std::vector<std::string> names(const std::vector<Finding>& findings) {
  std::vector<std::string> names;
  for (const Finding& finding : findings) names.emplace_back(rule(finding.rule).name);
  return names;
}

inline bool has(const std::vector<Finding>& findings, RuleId id) {
  return std::ranges::find(findings, id, &Finding::rule) != findings.end();
}

// All rules on, so that what is off by default is judged too.
inline Config all_on() {
  Config config;
  for (const Rule& each : rules()) config.levels[each.id] = Level::Error;
  return config;
}

}  // namespace sluice::lint
