#include <gmock/gmock.h>
#include <sys/stat.h>

#include "cli/new_file.h"
#include "tests/unit/cli/files.h"

namespace sluice::cli {
namespace {

using testing::HasSubstr;

class Author : public Files {
 protected:
  size_t count() const {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(directory_),
                                             std::filesystem::directory_iterator()));
  }
};

TEST_F(Author, InitMakesADirectoryAndTouchesNoOther) {
  const std::filesystem::path made = root_ / "new" / "migrations";
  EXPECT_EQ(sluice({"init", made.string()}).status, 0);
  EXPECT_TRUE(std::filesystem::exists(made / "README"));
  EXPECT_EQ(sluice({"init", "DIR"}).status, 0) << "an empty one will do";
  const Ran again = sluice({"init", made.string()});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.errors, HasSubstr("DirectoryNotEmpty"));
  std::ofstream(root_ / "file") << "x";
  EXPECT_EQ(sluice({"init", (root_ / "file").string()}).status, 1);
}

TEST_F(Author, TheFirstRevisionIsARootAndTheNextFollowsTheHead) {
  const nlohmann::json first =
      sluice({"revision", "-m", "Create <users>, now!", "DIR", "--output", "json"}).json();
  const std::string id = first.at("revision");
  EXPECT_THAT(id, testing::MatchesRegex("[0-9a-f]{12}"));
  EXPECT_EQ(first.at("file"), (directory_ / (id + "_create_users_now.sql")).string());
  EXPECT_EQ(first.at("revises"), nlohmann::json::array());
  const nlohmann::json next =
      sluice({"revision", "-m", "more", "DIR", "--output", "json", "--rev-id", "bbbb1"}).json();
  EXPECT_EQ(next.at("revises"), nlohmann::json::array({id}));
  EXPECT_THAT(read(directory_ / "bbbb1_more.sql"),
              testing::MatchesRegex("-- revision: bbbb1\n-- revises: " + id +
                                    "\n-- created: 20[^\n]*Z\n-- message: more\n"
                                    "-- migrate:up\n\n-- migrate:down\n\n"));
  EXPECT_EQ(sluice({"plan", "--at", "base", "DIR"}).status, 0);
}

TEST_F(Author, OptionsOfARevision) {
  fork();
  struct Case {
    std::vector<std::string> words;
    std::string expected;  // revises; labels; depends on; or the reason of the error
  };
  const std::vector<Case> cases{
      {{"--head", "left@head"}, "bbbb1;;"},
      {{"--head", "cccc"}, "cccc1;;"},
      {{"--head", "base", "--branch-label", "third"}, ";third;"},
      {{"--head", "aaaa1", "--splice"}, "aaaa1;;"},
      {{"--head", "heads"}, "cccc1;;"},
      {{"--head", "base", "--depends-on", "bbb", "--depends-on", "right"}, ";;bbbb1,right"},
      {{}, "TargetAmbiguous"},
      {{"--head", "aaaa1"}, "NotAHead"},
      {{"--head", "nope"}, "TargetUnknown"},
      {{"--head", "cccc1", "--branch-label", "left"}, "RevisionDuplicate"},
      {{"--head", "cccc1", "--depends-on", "nope"}, "TargetUnknown"},
      {{"--head", "cccc1", "--rev-id", "bbbb1"}, "RevisionDuplicate"},
      {{"--head", "cccc1", "--rev-id", "a-b"}, "RevisionInvalid"},
      {{"--head", "cccc1", "--rev-id", "../x"}, "RevisionInvalid"},
      {{"--head", "cccc1", "-m", "two\nlines"}, "RevisionInvalid"},
  };
  const auto list = [](const nlohmann::json& values) {
    std::string text;
    for (const nlohmann::json& value : values)
      text += (text.empty() ? "" : ",") + value.get<std::string>();
    return text;
  };
  for (const Case& test : cases) {
    std::vector<std::string> words{"revision", "DIR", "--output", "json"};
    words.insert(words.end(), test.words.begin(), test.words.end());
    const Ran ran = sluice(words);
    const nlohmann::json answer = ran.json();
    if (answer.contains("error")) {
      EXPECT_EQ(answer.at("error").at("reason"), test.expected);
      EXPECT_NE(ran.status, 0);
      EXPECT_EQ(count(), 3U);
    } else {
      EXPECT_EQ(list(answer.at("revises")) + ";" + list(answer.at("branchLabels")) + ";" +
                    list(answer.at("dependsOn")),
                test.expected);
      std::filesystem::remove(answer.at("file").get<std::string>());
    }
  }
}

TEST_F(Author, MergeTakesTheHeads) {
  revision("aaaa1");
  revision("bbbb1", "aaaa1");
  revision("cccc1", "aaaa1");
  const nlohmann::json merge =
      sluice({"merge", "DIR", "--rev-id", "dddd1", "--output", "json"}).json();
  EXPECT_EQ(merge.at("revises"), nlohmann::json::array({"bbbb1", "cccc1"}));
  EXPECT_EQ(merge.at("message"), "merge bbbb1 and cccc1");
  EXPECT_EQ(sluice({"heads", "DIR"}).output, "dddd1 (head)\n");
  EXPECT_THAT(sluice({"merge", "DIR"}).errors, HasSubstr("NothingToMerge"));
  EXPECT_THAT(sluice({"merge", "bbbb1", "dddd1", "DIR"}).errors, HasSubstr("NotAHead"));
}

TEST_F(Author, WritesNoFilesOfOtherTools) {
  std::ofstream(directory_ / "V1__one.sql") << "SELECT 1;\n";
  const Ran ran = sluice({"revision", "-m", "two", "DIR"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.errors, HasSubstr("flyway"));
  EXPECT_EQ(count(), 1U);
}

TEST_F(Author, AMissingDirectoryIsMadeByInit) {
  std::filesystem::remove(directory_);
  EXPECT_THAT(sluice({"revision", "-m", "x", "DIR"}).errors, HasSubstr("sluice init"));
}

TEST_F(Author, ANewFileNeverReplacesOne) {
  std::ofstream(directory_ / "x") << "mine";
  EXPECT_ANY_THROW(write_new_file(directory_ / "x", "other"));
  EXPECT_EQ(read(directory_ / "x"), "mine");
  EXPECT_EQ(count(), 1U) << "no draft is left";
}

TEST_F(Author, Slugs) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"add last_login to users", "add_last_login_to_users"},
      {"  Drop «x»; now ", "drop_x_now"},
      {"", ""},
      {"é", ""},
      {"one two three four five six seven eight nine", "one_two_three_four_five_six_seven_eight"},
      {std::string(50, 'a'), std::string(40, 'a')},
      {"../../etc/passwd", "etc_passwd"},
  };
  for (const auto& [message, slug] : cases) EXPECT_EQ(slug_of(message), slug);
}

}  // namespace
}  // namespace sluice::cli
