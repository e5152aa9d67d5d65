#include "cli/env_file.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "tests/unit/cli/files.h"

namespace sluice::cli {
namespace {

TEST(EnvFile, TakesWhatAShellWouldTake) {
  struct Case {
    const char* line;
    const char* value;
  };
  const std::vector<Case> cases{
      {"A=b", "b"},
      {"A = b ", "b"},
      {"export A=b", "b"},
      {"A=", ""},
      {"A=b # c", "b"},
      {"A=b#c", "b#c"},
      {"A=# c", ""},
      {"A='b $c \\n # d'", "b $c \\n # d"},
      {"A=\"b\\n\\\"c\\\" \\$d \\x\" # e", "b\n\"c\" $d \\x"},
      {"A=postgresql://u:p@h/d?x=y", "postgresql://u:p@h/d?x=y"},
      {"\xEF\xBB\xBF# c\r\n\r\nA=b\r\n", "b"},
  };
  for (const Case& test : cases) {
    const auto variables = parse_env_file("x", test.line);
    ASSERT_EQ(variables.size(), 1U) << test.line;
    EXPECT_EQ(variables[0], std::make_pair(std::string("A"), std::string(test.value)));
  }
}

TEST(EnvFile, NamesTheLineAndNeverAValue) {
  for (const char* line : {"canary", "=canary", "1A=canary", "A B=canary", "A='canary",
                           "A=\"canary\" canary", "exportA canary"}) {
    try {
      parse_env_file("some.env", std::string("# first\n") + line + "\n");
      ADD_FAILURE() << line;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reason(), "EnvFileInvalid");
      EXPECT_TRUE(error.message().starts_with("some.env:2: ")) << error.message();
      EXPECT_EQ(std::string(error.what()).find("canary"), std::string::npos);
    }
  }
}

TEST(EnvFile, TheEnvironmentWins) {
  std::string pattern = (std::filesystem::temp_directory_path() / "sluice-env-XXXXXX").string();
  const std::filesystem::path root = ::mkdtemp(pattern.data());
  std::ofstream(root / "env") << "SLUICE_TEST_SET=file\nSLUICE_TEST_NEW=old\nSLUICE_TEST_NEW=new\n";
  ::setenv("SLUICE_TEST_SET", "environment", 1);
  ::unsetenv("SLUICE_TEST_NEW");
  set_from_env_file(root / "env");
  EXPECT_STREQ(::getenv("SLUICE_TEST_SET"), "environment");
  EXPECT_STREQ(::getenv("SLUICE_TEST_NEW"), "new");
  EXPECT_THROW(set_from_env_file(root / "absent"), base::Error);
  std::filesystem::remove_all(root);
}

class EnvFileOption : public Files {};

TEST_F(EnvFileOption, IsReadOnlyWhenAskedFor) {
  std::ofstream(root_ / "env") << "DATABASE_URL=postgresql://someone:canary@127.0.0.1:1/place\n";
  const Ran ran = sluice({"current", "--env-file", (root_ / "env").string()});
  ::unsetenv("DATABASE_URL");
  EXPECT_EQ(ran.status, 5);
  EXPECT_THAT(ran.errors, testing::HasSubstr("127.0.0.1:1/place as someone"));
  EXPECT_THAT(ran.errors, testing::Not(testing::HasSubstr("canary")));
}

}  // namespace
}  // namespace sluice::cli
