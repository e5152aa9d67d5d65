#include "runner/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace sluice::runner {
namespace {

using nlohmann::json;

engine::Step step() {
  revisions::Revision revision;
  revision.id = "3f2a";
  revision.file = "3f2a_add.sql";
  engine::Step it;
  it.revision = std::make_shared<const revisions::Revision>(std::move(revision));
  return it;
}

json last_line(const std::ostringstream& out) {
  const std::string text = out.str();
  const size_t end = text.rfind('\n', text.size() - 2);
  return json::parse(text.substr(end == std::string::npos ? 0 : end + 1));
}

TEST(Progress, IsOneJsonObjectALine) {
  std::ostringstream out;
  Progress progress(out, "trips-1");
  progress.enter("Apply");
  progress.revision_started(step(), 2, 5);
  progress.statement_started(step(), 3, 4);
  const json line = last_line(out);
  EXPECT_EQ(line["run"], "trips-1");
  EXPECT_EQ(line["stage"], "Apply");
  EXPECT_EQ(line["event"], "statement_started");
  EXPECT_EQ(line["revision"], "3f2a");
  EXPECT_EQ(line["step"], 2);
  EXPECT_EQ(line["steps"], 5);
  EXPECT_EQ(line["statement"], 3);
  EXPECT_EQ(line["statements"], 4);
}

TEST(Progress, ShowsNoSecret) {
  std::ostringstream out;
  Progress progress(out, "trips-1");
  progress.hide({"canary"});
  progress.enter("Apply");
  progress.revision_waits(step(), "pid 7 password=canary", std::chrono::milliseconds(10));
  EXPECT_THAT(out.str(), testing::Not(testing::HasSubstr("canary")));
  EXPECT_EQ(last_line(out)["blockers"], "pid 7 password=***");
}

TEST(Progress, KeepsIdentifiersThatHappenToHoldAPassword) {
  std::ostringstream out;
  Progress progress(out, "trips-1");
  progress.hide({"3f"});
  progress.enter("Apply");
  progress.revision_started(step(), 1, 1);
  EXPECT_EQ(last_line(out)["revision"], "3f2a");
}

TEST(Progress, TellsOfBatchesNowAndThen) {
  std::ostringstream out;
  Progress progress(out, "trips-1");
  progress.batch_finished(step(), 2, {5000, 4000, 100000});
  EXPECT_EQ(last_line(out)["rows"], 5000);
  EXPECT_EQ(last_line(out)["total"], 100000);
  progress.batch_finished(step(), 2, {10000, 8000, 100000});
  EXPECT_EQ(last_line(out)["rows"], 5000);
}

TEST(Progress, CountsWhatWasApplied) {
  std::ostringstream out;
  Progress progress(out, "trips-1");
  progress.revision_finished(step(), std::chrono::milliseconds(5));
  progress.revision_finished(step(), std::chrono::milliseconds(5));
  EXPECT_EQ(progress.applied(), 2U);
}

}  // namespace
}  // namespace sluice::runner
