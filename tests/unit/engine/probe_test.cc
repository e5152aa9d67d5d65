#include "engine/probe.h"

#include <gmock/gmock.h>

namespace sluice::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Probe, SaysWhatBecameOfAStatement) {
  struct Case {
    const char* statement;
    const char* before;
    const char* now;
    bool done;
    std::vector<std::string> repair;
  };
  const char* const create = "CREATE INDEX CONCURRENTLY i ON t (a)";
  const char* const drop = "DROP INDEX CONCURRENTLY s.i";
  const char* const reindex = "REINDEX TABLE CONCURRENTLY t";
  const char* const detach = "ALTER TABLE p DETACH PARTITION s.q CONCURRENTLY";
  for (const Case& test : std::vector<Case>{
           {create, "absent", "absent", false, {}},
           {create, "absent", "valid 7 i", true, {}},
           {create, "absent", "invalid 7 s.i", false, {"DROP INDEX CONCURRENTLY s.i"}},
           {create, "valid 7 i", "valid 7 i", false, {}},      // another's, from before
           {create, "invalid 7 i", "invalid 7 i", false, {}},  // likewise
           {create, "invalid 7 i", "invalid 8 i", false, {"DROP INDEX CONCURRENTLY i"}},
           {drop, "there 7", "there 7", false, {}},
           {drop, "there 7", "absent", true, {}},
           {drop, "absent", "absent", false, {}},
           {reindex, "", "", false, {}},
           {reindex,
            "5 x_ccnew",
            "5 x_ccnew\x1f"
            "7 s.y_ccold",
            false,
            {"DROP INDEX CONCURRENTLY s.y_ccold"}},
           {detach, "attached", "attached", false, {}},
           {detach, "attached", "detached", true, {}},
           {detach, "detached", "detached", false, {}},
           {detach,
            "attached",
            "pending",
            true,
            {"ALTER TABLE \"p\" DETACH PARTITION \"s\".\"q\" FINALIZE"}},
           {"CREATE DATABASE d", "absent", "there", true, {}},
           {"CREATE DATABASE d", "there", "there", false, {}},
           {"DROP DATABASE d", "there", "absent", true, {}},
           {"VACUUM t", "", "", false, {}},
       }) {
    const Aftermath aftermath = judge(sql::subject_of(test.statement), test.before, test.now);
    EXPECT_EQ(aftermath.done, test.done)
        << test.statement << ": " << test.before << " → " << test.now;
    EXPECT_EQ(aftermath.repair, test.repair) << test.statement;
  }
}

TEST(Probe, KnowsTheSubjectWhateverItsName) {
  const sql::Subject subject =
      sql::subject_of("CREATE INDEX CONCURRENTLY \"we\"\"ird\" ON \"S 1\".\"T\" (a)");
  EXPECT_EQ(subject.form, sql::Subject::Form::CreateIndex);
  EXPECT_EQ(subject.name, "we\"ird");
  EXPECT_EQ(subject.table, "\"S 1\".\"T\"");
  EXPECT_EQ(sql::subject_of("CREATE INDEX CONCURRENTLY ON t (a)").name, "");
  EXPECT_EQ(sql::subject_of("no sql at all").form, sql::Subject::Form::Repeatable);
}

TEST(Probe, IndexThatNobodyCanUseIsSeen) {
  const sql::Subject create = sql::subject_of("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)");
  EXPECT_TRUE(is_unusable(create, "invalid 7 i"));
  EXPECT_FALSE(is_unusable(create, "valid 7 i"));
  EXPECT_FALSE(is_unusable(sql::subject_of("DROP INDEX CONCURRENTLY i"), "invalid 7 i"));
}

}  // namespace
}  // namespace sluice::engine
