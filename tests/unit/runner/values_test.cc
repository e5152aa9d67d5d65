#include "runner/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace sluice::runner {
namespace {

namespace fs = std::filesystem;

class Values : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "sluice-values-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(root_); }

  ValueFile file(const std::string& name) const {
    return {(root_ / name).string(), "Secret \"trips-db\", key \"" + name + "\""};
  }
  ValueFile file(const std::string& name, const std::string& value) const {
    std::ofstream(root_ / name, std::ios::binary) << value;
    return file(name);
  }
  static std::string reason(const DatabaseSpec& spec) {
    try {
      read_values(spec);
      return "";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::Transient);
      EXPECT_THAT(error.what(), testing::HasSubstr("Secret \"trips-db\", key"));
      return error.reason();
    }
  }

  fs::path root_;
};

TEST_F(Values, AreReadWithoutTheirLineEnds) {
  DatabaseSpec spec;
  spec.url = file("url", "postgresql://u:canary1@db/trips\r\n");
  spec.parameters = {{"sslmode", "disable"}};
  spec.parameter_files = {{"password", file("password", " canary2\n")}};
  spec.path_parameters = {{"sslrootcert", file("ca.crt", "-----BEGIN\n")}};
  const Access access = read_values(spec);
  EXPECT_EQ(access.options.url, "postgresql://u:canary1@db/trips");
  EXPECT_EQ(access.options.parameters.at("password"), " canary2");
  EXPECT_EQ(access.options.parameters.at("sslmode"), "disable");
  EXPECT_EQ(access.options.parameters.at("sslrootcert"), (root_ / "ca.crt").string());
  EXPECT_THAT(access.secrets,
              testing::IsSupersetOf({"postgresql://u:canary1@db/trips", " canary2"}));
}

TEST_F(Values, PasswordOfAUrlIsASecretAsItIsDecoded) {
  DatabaseSpec spec;
  spec.url = file("url", "postgresql://u:can%61ry@db/trips");
  EXPECT_THAT(read_values(spec).secrets, testing::Contains("canary"));
}

TEST_F(Values, ThatAreNotThereNameTheirOrigin) {
  DatabaseSpec spec;
  spec.url = file("url");
  EXPECT_EQ(reason(spec), "SecretMissing");
  spec.url = file("url", "\n");
  EXPECT_EQ(reason(spec), "SecretEmpty");
  spec.url = file("url", std::string("a\0b", 3));
  EXPECT_EQ(reason(spec), "SecretInvalid");
  spec.url = ValueFile{root_.string(), "Secret \"trips-db\", key \"url\""};
  EXPECT_NE(reason(spec), "");
}

TEST_F(Values, FileWhosePathIsTheParameterMustBeThere) {
  DatabaseSpec spec;
  spec.url = file("url", "postgresql://db/trips");
  spec.path_parameters = {{"sslrootcert", file("ca.crt")}};
  EXPECT_EQ(reason(spec), "SecretMissing");
}

}  // namespace
}  // namespace sluice::runner
