#include <gtest/gtest.h>

#include <map>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "cli/exit_status.h"

namespace sluice::cli {
namespace {

using base::Error;
using base::ErrorKind;

TEST(CommandLine, ExitStatusFollowsTheError) {
  struct Case {
    ErrorKind kind;
    const char* reason;
    int status;
  };
  const std::vector<Case> cases{
      {ErrorKind::Refused, "RevisionChanged", 3},       {ErrorKind::Transient, "LockHeld", 5},
      {ErrorKind::Transient, "DatabaseUnreachable", 5}, {ErrorKind::Transient, "SourceMissing", 1},
      {ErrorKind::InDoubt, "CommitInDoubt", 5},         {ErrorKind::Invalid, "TargetUnknown", 2},
      {ErrorKind::Invalid, "RevisionInvalid", 1},       {ErrorKind::Failed, "StatementFailed", 1}};
  for (const Case& test : cases)
    EXPECT_EQ(exit_status(Error(test.kind, test.reason, "")), test.status) << test.reason;
}

TEST(CommandLine, RelativeTargetsAreNoOptions) {
  const std::vector<std::string> marked = mark_relative({"downgrade", "-1", "--dir", "-x", "+2"});
  EXPECT_EQ(target_of(marked[1]), "-1");
  EXPECT_NE(marked[1].front(), '-');
  EXPECT_EQ(marked[3], "-x");
  EXPECT_EQ(target_of(marked[4]), "+2");
}

TEST(CommandLine, DatabaseComesFromTheFirstThatSaysIt) {
  std::map<std::string, std::string> environment{{"DATABASE_URL", "postgresql://b"},
                                                 {"POSTGRES_SERVER", "c"},
                                                 {"POSTGRES_PASSWORD", "secret"}};
  const auto get = [&](const std::string& name) { return environment[name]; };
  EXPECT_EQ(connect_options("postgresql://a", get).url, "postgresql://a");
  EXPECT_EQ(connect_options("", get).url, "postgresql://b");
  environment.erase("DATABASE_URL");
  EXPECT_EQ(connect_options("", get).parameters,
            (std::map<std::string, std::string>{{"host", "c"}, {"password", "secret"}}));
  environment.clear();
  EXPECT_TRUE(connect_options("", get).parameters.empty());
}

TEST(CommandLine, WrongUseIsTwo) {
  for (const std::vector<const char*>& words : {std::vector<const char*>{"sluice"},
                                                {"sluice", "nonsense"},
                                                {"sluice", "current", "--output", "xml"}})
    EXPECT_EQ(run(static_cast<int>(words.size()), words.data()), 2);
}

}  // namespace
}  // namespace sluice::cli
