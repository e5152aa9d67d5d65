#include "archive/verify.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "workbench.h"

namespace sluice::archive {
namespace {

namespace fs = std::filesystem;

class Verify : public Workbench {
 protected:
  void SetUp() override {
    Workbench::SetUp();
    pg_dump_of_two_files();
    archive_ = volume_ / backup(request()).manifest.archive;
  }

  DamageKind only_damage() const {
    const Verification read = verify(archive_);
    EXPECT_EQ(read.damage.size(), 1U);
    EXPECT_FALSE(read.whole());
    return read.damage.at(0).kind;
  }
  void write(const char* name, const std::string& bytes) const {
    std::ofstream(archive_ / name, std::ios::binary) << bytes;
  }

  fs::path archive_;
};

TEST_F(Verify, FindsNothingWrongWithAWholeArchive) {
  EXPECT_TRUE(verify(archive_).whole());
  EXPECT_EQ(verify(archive_).manifest->files.size(), 2U);
}

TEST_F(Verify, FindsAMissingFile) {
  fs::remove(archive_ / "toc.dat");
  EXPECT_EQ(only_damage(), DamageKind::Missing);
}

TEST_F(Verify, FindsAnExtraFile) {
  fs::create_directory(archive_ / "inner");
  write("inner/x", "");
  EXPECT_EQ(only_damage(), DamageKind::Extra);
}

TEST_F(Verify, FindsATruncatedFile) {
  fs::resize_file(archive_ / "toc.dat", 1);
  EXPECT_EQ(only_damage(), DamageKind::Size);
}

TEST_F(Verify, FindsOneFlippedBit) {
  write("toc.dat", "tob");
  EXPECT_EQ(only_damage(), DamageKind::Checksum);
}

TEST_F(Verify, FollowsNoLink) {
  fs::rename(archive_ / "toc.dat", root_ / "toc.dat");
  fs::create_symlink(root_ / "toc.dat", archive_ / "toc.dat");
  EXPECT_EQ(only_damage(), DamageKind::Unreadable);
}

TEST_F(Verify, FindsThatTheManifestIsMissing) {
  fs::remove(archive_ / kManifestName);
  EXPECT_EQ(only_damage(), DamageKind::Missing);
}

TEST_F(Verify, FindsThatTheManifestIsDamaged) {
  fs::resize_file(archive_ / kManifestName, 100);
  EXPECT_EQ(only_damage(), DamageKind::Manifest);
}

TEST_F(Verify, FindsThatTheManifestIsADirectory) {
  fs::remove(archive_ / kManifestName);
  fs::create_directory(archive_ / kManifestName);
  EXPECT_EQ(only_damage(), DamageKind::Manifest);
}

TEST_F(Verify, AnswersForADirectoryThatIsNotThere) { EXPECT_FALSE(verify(root_ / "none").whole()); }

TEST_F(Verify, HeedsAStop) {
  std::stop_source source;
  source.request_stop();
  EXPECT_THROW(verify(archive_, source.get_token()), base::Error);
}

TEST(Describe, NamesAtMostFive) {
  const std::vector<Damage> many(7, {DamageKind::Missing, "a", "is missing"});
  EXPECT_THAT(describe(many), testing::EndsWith("a: is missing; and 2 more"));
}

}  // namespace
}  // namespace sluice::archive
