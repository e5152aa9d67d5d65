#include "runner/source.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "runner/digest.h"

namespace sluice::runner {
namespace {

namespace fs = std::filesystem;

class Source : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "sluice-source-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    spec_.uid = "uid";
    spec_.spec_digest = "spec";
    spec_.directories = {root_.string()};
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / name) << text;
  }
  std::string reason(bool digest = true) {
    if (digest)
      spec_.digest =
          input_digest(spec_.uid, spec_.spec_digest, digest_directories(spec_.directories));
    try {
      load_source(spec_);
      return "";
    } catch (const base::Error& error) {
      return error.reason();
    }
  }

  RunSpec spec_;
  fs::path root_;
};

constexpr const char* kFirst =
    "-- revision: aaaaaaaaaaaa\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n";

TEST_F(Source, OfTheDigestThatTheRunWasStartedForIsLoaded) {
  write("aaaaaaaaaaaa_first.sql", kFirst);
  EXPECT_EQ(reason(), "");
}

TEST_F(Source, OfAnotherDigestIsNotEvenRead) {
  write("aaaaaaaaaaaa_first.sql", kFirst);
  EXPECT_EQ(reason(), "");
  write("bbbbbbbbbbbb_broken.sql", "broken");
  EXPECT_EQ(reason(false), "InputsChanged");
}

TEST_F(Source, ThatCannotBeUsedSaysWhy) {
  EXPECT_EQ(reason(), "SourceEmpty");
  write("aaaaaaaaaaaa_first.sql",
        "-- revision: aaaaaaaaaaaa\n-- revises: aaaaaaaaaaaa\n-- migrate:up\nSELECT 1;\n");
  EXPECT_EQ(reason(), "RevisionSelf");
}

TEST_F(Source, OfAnotherToolIsLoadedAsItIs) {
  write("V1__first.sql", "CREATE TABLE t ();");
  write("V2__second.sql", "CREATE INDEX CONCURRENTLY i ON t ((1));");
  spec_.digest = input_digest(spec_.uid, spec_.spec_digest, digest_directories(spec_.directories));
  const revisions::Graph graph = load_source(spec_);
  EXPECT_EQ(graph.heads(), std::vector<std::string>{"2"});
  EXPECT_FALSE(graph.at(*graph.find("2")).transactional);
}

}  // namespace
}  // namespace sluice::runner
