#include "archive/dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::archive {
namespace {

using base::ErrorKind;

TEST(MajorVersion, IsReadFromWhatPgDumpSays) {
  const std::pair<const char*, std::optional<int>> table[] = {
      {"pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15},
      {"pg_dump (PostgreSQL) 9.6.24", 9},
      {"pg_dump (PostgreSQL) 18beta1", 18},
      {"pg_dump (PostgreSQL) 19devel", 19},
      {"pg_dump (PostgreSQL) ", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [text, major] : table) EXPECT_EQ(major_version(text), major) << text;
}

TEST(CheckTool, RefusesOneThatIsOlderThanTheServer) {
  const std::string tool = "pg_dump (PostgreSQL) 15.18";
  EXPECT_NO_THROW(check_tool(tool, 130004));
  EXPECT_NO_THROW(check_tool(tool, 159999));
  try {
    check_tool(tool, 160000);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reason(), "BackupToolTooOld");
    EXPECT_EQ(error.kind(), ErrorKind::Invalid);
    EXPECT_THAT(error.what(), testing::HasSubstr("16 or newer"));
  }
}

TEST(DumpCommand, HoldsTheConnectionInItsEnvironmentOnly) {
  const base::Command command = dump_command({"/backups/.tmp-x",
                                              {{"PGPASSWORD", "canary"}, {"PGHOST", "secret.host"}},
                                              4,
                                              std::chrono::seconds(10)});
  for (const std::string& argument : command.argv) {
    EXPECT_THAT(argument, testing::Not(testing::HasSubstr("canary")));
    EXPECT_THAT(argument, testing::Not(testing::HasSubstr("secret.host")));
  }
  EXPECT_EQ(command.environment.at("PGPASSWORD"), "canary");
  EXPECT_THAT(command.argv, testing::IsSupersetOf({"--jobs=4", "--lock-wait-timeout=10000"}));
}

TEST(DumpFailure, IsToldByWhatPgDumpSaid) {
  struct Case {
    int status;
    const char* errors;
    bool full;
    ErrorKind kind;
    const char* reason;
  };
  const Case table[] = {
      {1, "pg_dump: error: could not write to file: No space left on device", false,
       ErrorKind::Transient, "BackupVolumeFull"},
      {1, "pg_dump: error: could not close data file: Disk quota exceeded", false,
       ErrorKind::Transient, "BackupVolumeFull"},
      {1, "pg_dump: error: a worker process died unexpectedly", true, ErrorKind::Transient,
       "BackupVolumeFull"},
      {128 + 25, "", false, ErrorKind::Transient, "BackupVolumeFull"},
      {1, "ERROR:  canceling statement due to lock timeout", false, ErrorKind::Transient,
       "BackupFailed"},
      {1, "ERROR: could not obtain lock on relation \"public.trips\"", false, ErrorKind::Transient,
       "BackupFailed"},
      {1, "connection to server at \"db\" failed: Connection refused", false, ErrorKind::Transient,
       "BackupFailed"},
      {1, "ERROR:  permission denied for table trips", false, ErrorKind::Failed, "BackupFailed"},
      {128 + 9, "", false, ErrorKind::Failed, "BackupFailed"},
  };
  for (const Case& it : table) {
    const base::Error error = dump_failure(it.status, it.errors, it.full, "the volume");
    EXPECT_EQ(error.kind(), it.kind) << it.errors;
    EXPECT_EQ(error.reason(), it.reason) << it.errors;
  }
}

}  // namespace
}  // namespace sluice::archive
