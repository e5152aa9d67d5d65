#include "archive/backup.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "archive/verify.h"
#include "base/error.h"
#include "workbench.h"

namespace sluice::archive {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

class BackupTest : public Workbench {
 protected:
  base::Error failure(const BackupRequest& request, const std::stop_token& stop = {}) const {
    try {
      backup(request, stop);
    } catch (const base::Error& error) {
      return error;
    }
    ADD_FAILURE() << "it succeeded";
    return {ErrorKind::Failed, "", ""};
  }
};

TEST_F(BackupTest, LeavesOneWholeArchive) {
  pg_dump_of_two_files();
  const Backup made = backup(request());
  EXPECT_EQ(entries(), 1U);
  const Verification read = verify(volume_ / made.manifest.archive);
  ASSERT_TRUE(read.whole());
  EXPECT_EQ(read.manifest->run, "trips-1");
  EXPECT_EQ(read.manifest->database, "trips");
  EXPECT_EQ(read.manifest->heads, std::vector<std::string>{"0002"});
  EXPECT_EQ(read.manifest->bytes, 7U);
  EXPECT_EQ(read.manifest->tool_version, "pg_dump (PostgreSQL) 15.18");
}

TEST_F(BackupTest, TwiceInASecondLeavesTwo) {
  pg_dump_of_two_files();
  EXPECT_NE(backup(request()).manifest.archive, backup(request()).manifest.archive);
  EXPECT_EQ(entries(), 2U);
}

TEST_F(BackupTest, RemovesWhatADeadRunOfTheSameNameLeft) {
  pg_dump_of_two_files();
  fs::create_directories(volume_ / ".tmp-20260101T000000Z-trips-1/x");
  fs::create_directories(volume_ / ".tmp-20260101T000000Z-other-1/x");
  fs::create_directories(volume_ / "20260101T000000Z-trips-1");
  backup(request());
  EXPECT_FALSE(fs::exists(volume_ / ".tmp-20260101T000000Z-trips-1"));
  EXPECT_TRUE(fs::exists(volume_ / ".tmp-20260101T000000Z-other-1"));
  EXPECT_TRUE(fs::exists(volume_ / "20260101T000000Z-trips-1"));
}

TEST_F(BackupTest, PassesPasswordsByEnvironmentOnly) {
  pg_dump(
      "echo \"$@ $PGPASSWORD\" > $directory/toc.dat; tr '\\0' ' ' < /proc/$$/cmdline >> "
      "$directory/toc.dat");
  const Backup made = backup(request());
  std::ifstream file(volume_ / made.manifest.archive / "toc.dat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text.find("canary"), text.rfind("canary"));
  EXPECT_NE(text.find("canary"), std::string::npos);
}

TEST_F(BackupTest, FailureSaysWhatPgDumpSaidWithoutSecrets) {
  pg_dump("touch $directory/toc.dat; echo \"permission denied for $PGPASSWORD\" >&2; exit 1");
  const base::Error error = failure(request());
  EXPECT_EQ(error.reason(), "BackupFailed");
  EXPECT_THAT(error.what(), testing::HasSubstr("permission denied for ***"));
  EXPECT_EQ(entries(), 0U);
}

TEST_F(BackupTest, NeedsPgDump) {
  ::setenv("PATH", (root_ / "bin").c_str(), 1);
  EXPECT_EQ(failure(request()).reason(), "BackupToolMissing");
}

TEST_F(BackupTest, RefusesAnOldPgDumpBeforeItWritesAnything) {
  pg_dump("touch " + (root_ / "ran").string(), "14.2");
  EXPECT_EQ(failure(request()).reason(), "BackupToolTooOld");
  EXPECT_FALSE(fs::exists(root_ / "ran"));
  EXPECT_EQ(entries(), 0U);
}

TEST_F(BackupTest, NeedsItsVolume) {
  pg_dump_of_two_files();
  BackupRequest it = request();
  it.volume = root_ / "none";
  const base::Error error = failure(it);
  EXPECT_EQ(error.reason(), "BackupVolumeMissing");
  EXPECT_EQ(error.kind(), ErrorKind::Transient);
  EXPECT_THAT(error.what(), testing::HasSubstr("PersistentVolumeClaim \"backups\""));
}

TEST_F(BackupTest, OnAFullVolumeLeavesNothing) {
  pg_dump("echo 'pg_dump: error: could not write: No space left on device' >&2; exit 1");
  const base::Error error = failure(request());
  EXPECT_EQ(error.reason(), "BackupVolumeFull");
  EXPECT_EQ(error.kind(), ErrorKind::Transient);
  EXPECT_EQ(entries(), 0U);
}

TEST_F(BackupTest, NoticesThatOurOwnWritesFindNoRoom) {
  pg_dump_of_two_files();
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{64, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const base::Error error = failure(request());
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(error.reason(), "BackupVolumeFull");
  EXPECT_EQ(entries(), 0U);
}

TEST_F(BackupTest, IsStoppedWithinASecondAndLeavesNothing) {
  pg_dump("touch $directory/toc.dat; sleep 60");
  std::stop_source source;
  const auto begin = std::chrono::steady_clock::now();
  const std::jthread stopper([&source] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    source.request_stop();
  });
  const base::Error error = failure(request(), source.get_token());
  EXPECT_EQ(error.reason(), "Interrupted");
  EXPECT_EQ(error.kind(), ErrorKind::Transient);
  EXPECT_EQ(entries(), 0U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

}  // namespace
}  // namespace sluice::archive
