#include "runner/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::runner {
namespace {

using base::Error;
using base::ErrorKind;

engine::Step step(const std::string& id, engine::Direction direction = engine::Direction::Up) {
  revisions::Revision revision;
  revision.id = id;
  engine::Step it;
  it.direction = direction;
  it.revision = std::make_shared<const revisions::Revision>(std::move(revision));
  return it;
}

engine::Plan plan(size_t steps, bool ahead = false) {
  engine::Plan it;
  for (size_t i = 0; i < steps; ++i) it.steps.push_back(step(std::to_string(i)));
  it.database_ahead = ahead;
  return it;
}

TEST(ShouldBackUp, FollowsItsTable) {
  struct Case {
    BackupWhen when;
    size_t steps;
    bool ahead;
    bool expected;
  };
  const Case table[] = {
      {BackupWhen::Never, 0, false, false},   {BackupWhen::Never, 2, false, false},
      {BackupWhen::Pending, 0, false, false}, {BackupWhen::Pending, 2, false, true},
      {BackupWhen::Pending, 0, true, false},  {BackupWhen::Always, 0, false, true},
      {BackupWhen::Always, 2, false, true},   {BackupWhen::Always, 0, true, false},
  };
  for (const Case& it : table)
    EXPECT_EQ(should_back_up(it.when, plan(it.steps, it.ahead)), it.expected)
        << int(it.when) << " " << it.steps << " " << it.ahead;
}

TEST(Failure, IsTriedAgainOrNotByItsTable) {
  struct Case {
    const char* stage;
    ErrorKind kind;
    const char* reason;
    bool retry;
    int status;
  };
  const Case table[] = {
      {"Source", ErrorKind::Transient, "InputsChanged", true, 5},
      {"Source", ErrorKind::Transient, "SourceMissing", true, 5},
      {"Source", ErrorKind::Invalid, "RevisionInvalid", false, 1},
      {"Source", ErrorKind::Invalid, "RevisionCycle", false, 1},
      {"Connect", ErrorKind::Transient, "SecretMissing", true, 5},
      {"Connect", ErrorKind::Transient, "AuthenticationFailed", true, 5},
      {"Connect", ErrorKind::Invalid, "DatabaseUrlInvalid", true, 5},
      {"Connect", ErrorKind::Refused, "PoolerInFront", true, 5},
      {"Plan", ErrorKind::Transient, "LockHeld", true, 5},
      {"Plan", ErrorKind::Invalid, "TargetUnknown", false, 1},
      {"Plan", ErrorKind::Refused, "RevisionChanged", false, 3},
      {"Plan", ErrorKind::Refused, "DatabaseDiverged", false, 3},
      {"Backup", ErrorKind::Transient, "BackupVolumeFull", true, 5},
      {"Backup", ErrorKind::Invalid, "BackupToolTooOld", false, 1},
      {"Backup", ErrorKind::Failed, "BackupFailed", false, 1},
      {"Apply", ErrorKind::Failed, "StatementFailed", false, 1},
      {"Apply", ErrorKind::Transient, "LockTimeout", true, 5},
      {"Apply", ErrorKind::InDoubt, "CommitInDoubt", true, 5},
      {"Apply", ErrorKind::Refused, "Fenced", true, 5},
      {"Verify", ErrorKind::Failed, "VerificationFailed", false, 1},
  };
  for (const Case& it : table) {
    const bool retry = may_retry(it.stage, Error(it.kind, it.reason, ""));
    EXPECT_EQ(retry, it.retry) << it.reason;
    EXPECT_EQ(failure_status(retry, it.kind), it.status) << it.reason;
  }
}

TEST(Failure, OfAStoppedRunIsInterruptedUnlessItHasACauseOfItsOwn) {
  const Error cancelled(ErrorKind::Transient, "Cancelled", "canceling statement");
  const Error broken(ErrorKind::Failed, "StatementFailed", "syntax error");
  const Error in_doubt(ErrorKind::InDoubt, "CommitInDoubt", "connection lost");
  EXPECT_EQ(as_seen(cancelled, true).reason(), "Interrupted");
  EXPECT_EQ(as_seen(cancelled, false).reason(), "Cancelled");
  EXPECT_EQ(as_seen(broken, true).reason(), "StatementFailed");
  EXPECT_EQ(as_seen(in_doubt, true).reason(), "CommitInDoubt");
}

TEST(AheadMessage, SaysWhatTheDatabaseHas) {
  EXPECT_FALSE(ahead_message(plan(1)));
  engine::Plan it = plan(0, true);
  it.target_text = "0003";
  EXPECT_THAT(*ahead_message(it), testing::HasSubstr("past the target 0003"));
  it.unknown = {"0008", "0009"};
  EXPECT_THAT(*ahead_message(it), testing::HasSubstr("(0008, 0009)"));
}

TEST(CheckApplied, ExpectsWhatWasThereAndThePlan) {
  engine::Plan up;
  up.steps = {step("b"), step("c")};
  EXPECT_NO_THROW(check_applied({"a"}, up, {"a", "b", "c"}));
  engine::Plan down;
  down.steps = {step("b", engine::Direction::Down)};
  EXPECT_NO_THROW(check_applied({"a", "b"}, down, {"a"}));
  try {
    check_applied({"a"}, up, {"a", "b", "x"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), "VerificationFailed");
    EXPECT_THAT(error.message(), testing::HasSubstr("c missing x too many"));
  }
}

}  // namespace
}  // namespace sluice::runner
