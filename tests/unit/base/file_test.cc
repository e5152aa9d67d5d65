#include "base/file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"

namespace sluice::base {
namespace {

namespace fs = std::filesystem;

class ReadFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "sluice-file-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(root_); }
  fs::path root_;
};

TEST_F(ReadFile, GivesAllBytes) {
  const std::string bytes = std::string(200000, 'x') + std::string("\0y", 2);
  std::ofstream(root_ / "file", std::ios::binary) << bytes;
  EXPECT_EQ(read_file(root_ / "file"), bytes);
  std::ofstream(root_ / "empty");
  EXPECT_EQ(read_file(root_ / "empty"), "");
}

TEST_F(ReadFile, RefusesWhatIsNoFileOrTooLarge) {
  std::ofstream(root_ / "file") << "12345";
  EXPECT_EQ(read_file(root_ / "file", 5), "12345");
  EXPECT_THROW(read_file(root_ / "file", 4), Error);
  EXPECT_THROW(read_file(root_), Error);
  EXPECT_THROW(read_file(root_ / "none"), Error);
}

}  // namespace
}  // namespace sluice::base
