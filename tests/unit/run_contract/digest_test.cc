#include "runner/digest.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/digest.h"
#include "base/error.h"

namespace sluice::runner {
namespace {

namespace fs = std::filesystem;

class Directories : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "sluice-digest-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string write(const std::string& path, const std::string& bytes) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << bytes;
    return (root_ / path).parent_path().string();
  }

  fs::path root_;
};

TEST(InputDigest, IsTheDocumentedEncoding) {
  EXPECT_EQ(input_digest("uid", "spec", {{"b.sql", "22"}, {"a.sql", "11"}}),
            base::sha256("15:sluice-inputs-13:uid4:spec5:a.sql2:115:b.sql2:22"));
}

TEST(InputDigest, DiffersForEachPartAndForEachSplitOfTheSameBytes) {
  const std::string digest = input_digest("ab", "c", {{"f", "1"}});
  EXPECT_NE(digest, input_digest("a", "bc", {{"f", "1"}}));
  EXPECT_NE(digest, input_digest("ab", "c", {{"f1", ""}}));
  EXPECT_NE(digest, input_digest("ab", "c", {{"g", "1"}}));
  EXPECT_NE(digest, input_digest("ab", "c", {}));
}

TEST_F(Directories, AreReadAsOneSet) {
  const std::string first = write("0/a.sql", "one");
  const std::string second = write("1/b.sql", "two");
  EXPECT_EQ(digest_directories({first, second}),
            (FileDigests{{"a.sql", base::sha256("one")}, {"b.sql", base::sha256("two")}}));
}

TEST_F(Directories, AreReadAsTheKubeletMountsThem) {
  write("0/..2026_11_21/a.sql", "one");
  fs::create_directory_symlink("..2026_11_21", root_ / "0/..data");
  fs::create_symlink("..data/a.sql", root_ / "0/a.sql");
  fs::create_directory(root_ / "0/lost+found");
  EXPECT_EQ(digest_directories({(root_ / "0").string()}),
            (FileDigests{{"a.sql", base::sha256("one")}}));
}

TEST_F(Directories, MayNotHoldOneNameTwice) {
  const std::string first = write("0/a.sql", "one");
  const std::string second = write("1/a.sql", "one");
  try {
    digest_directories({first, second});
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reason(), "RevisionDuplicate");
    EXPECT_EQ(error.kind(), base::ErrorKind::Invalid);
  }
}

TEST_F(Directories, ThatAreNotThereMayComeLater) {
  try {
    digest_directories({(root_ / "none").string()});
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reason(), "SourceMissing");
    EXPECT_EQ(error.kind(), base::ErrorKind::Transient);
  }
}

}  // namespace
}  // namespace sluice::runner
