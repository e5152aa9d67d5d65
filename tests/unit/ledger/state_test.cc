#include "ledger/state.h"

#include <gtest/gtest.h>

#include "ledger/own_revisions.h"
#include "sql/split.h"

namespace sluice::ledger {
namespace {

TEST(State, HeadsAreWhatNothingAppliedRevises) {
  State state;
  for (const auto& [id, revises] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"a", {}}, {"b", {"a"}}, {"c", {"a"}}, {"m", {"b"}}}) {
    AppliedRevision revision;
    revision.id = id;
    revision.revises = revises;
    state.applied.push_back(revision);
  }
  EXPECT_EQ(state.heads(), (std::vector<std::string>{"c", "m"}));
  EXPECT_EQ(state.ids().size(), 4U);
  EXPECT_TRUE(State().heads().empty());
}

TEST(OwnRevisions, AreOneLineOfTransactionalRevisions) {
  EXPECT_EQ(own_revisions().heads().size(), 1U);
  for (const revisions::Revision& revision : own_revisions().revisions()) {
    EXPECT_TRUE(revision.transactional);
    for (const sql::Statement& statement : sql::split(revision.up.sql, revision.file).statements)
      EXPECT_EQ(statement.kind, sql::Kind::Plain) << statement.text;
  }
}

}  // namespace
}  // namespace sluice::ledger
