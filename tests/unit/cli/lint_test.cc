#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/cli.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;

// A directory of two revisions, the first of which is harmless, and what `sluice lint` answers.
class LintCommand : public testing::Test {
 protected:
  LintCommand() : root_(fs::temp_directory_path() / ("lint_" + std::to_string(getpid()))) {
    fs::create_directories(root_ / "migrations");
    write("migrations/a_one.sql",
          "-- revision: a\n-- migrate:up\nCREATE TABLE t (a varchar(3));\n-- migrate:down\n"
          "DROP TABLE t;\n");
    write("migrations/b_two.sql",
          "-- revision: b\n-- revises: a\n-- migrate:up\nALTER TABLE t ALTER a TYPE text;\n"
          "DROP INDEX i;\n-- migrate:down\nSELECT 1;\n");
  }
  ~LintCommand() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / name) << text;
  }
  std::string path(const std::string& name) const { return (root_ / name).string(); }

  int lint(const std::vector<std::string>& arguments) {
    std::vector<const char*> words{"sluice", "lint"};
    for (const std::string& argument : arguments) words.push_back(argument.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run(static_cast<int>(words.size()), words.data());
    output_ = testing::internal::GetCapturedStdout();
    errors_ = testing::internal::GetCapturedStderr();
    return status;
  }

  std::vector<std::string> found() const {
    std::vector<std::string> names;
    const nlohmann::json document = nlohmann::json::parse(output_);
    for (const auto& finding : document["findings"]) names.push_back(finding["rule"]);
    return names;
  }

  fs::path root_;
  std::string output_;
  std::string errors_;
};

using Names = std::vector<std::string>;

TEST_F(LintCommand, StatusFollowsTheLevelThatCounts) {
  const std::string dir = path("migrations");
  EXPECT_EQ(lint({"--dir", dir}), 0);
  EXPECT_NE(output_.find(dir + "/b_two.sql:5:1: warning: drop-index: "), std::string::npos);
  EXPECT_EQ(lint({"--dir", dir, "--fail-on", "warning"}), 3);
  EXPECT_EQ(lint({"--dir", dir, "--rule", "drop-index=error"}), 3);
  EXPECT_EQ(lint({"--dir", dir, "--rule", "drop-index=error", "--fail-on", "never"}), 0);
}

TEST_F(LintCommand, WrongUseIsTwoAndWhatCannotBeReadIsOne) {
  const std::string dir = path("migrations");
  EXPECT_EQ(lint({"--dir", dir, "--rule", "nonsense=off"}), 2);
  EXPECT_NE(errors_.find("add-foreign-key"), std::string::npos);
  EXPECT_EQ(lint({"--dir", dir, "--rule", "cluster"}), 2);
  EXPECT_EQ(lint({"--dir", dir, "--fail-on", "much"}), 2);
  EXPECT_EQ(lint({"--dir", dir, "--since", "zzz"}), 2);
  EXPECT_EQ(lint({"--dir", path("nowhere")}), 1);
  EXPECT_EQ(lint({path("nowhere.sql")}), 1);
  EXPECT_EQ(lint({"--dir", dir, "--config", path("nowhere.yaml")}), 1);
}

TEST_F(LintCommand, TheConfigurationIsInTheDirectoryOrBesideIt) {
  const std::string dir = path("migrations");
  write(".sluice-lint.yaml", "rules: {drop-index: error}\n");
  EXPECT_EQ(lint({"--dir", dir}), 3);
  write("migrations/.sluice-lint.yaml", "rules: {drop-index: off}\nfail-on: note\n");
  EXPECT_EQ(lint({"--dir", dir}), 0);
  EXPECT_EQ(lint({"--dir", dir, "--config", path(".sluice-lint.yaml")}), 3);
  EXPECT_EQ(lint({"--dir", dir, "--rule", "drop-index=note"}), 3);
  write("migrations/.sluice-lint.yaml", "rules: {drop-idex: off}\n");
  EXPECT_EQ(lint({"--dir", dir}), 1);
}

TEST_F(LintCommand, SinceLeavesOutWhatTheRevisionContains) {
  write(
      "migrations/c_three.sql",
      "-- revision: c\n-- revises: b\n-- migrate:up\nDROP TABLE t;\n-- migrate:down\nSELECT 1;\n");
  EXPECT_EQ(lint({"--dir", path("migrations"), "--since", "b", "--output", "json"}), 3);
  EXPECT_EQ(found(), Names{"drop-table"});
}

TEST_F(LintCommand, AFileIsJudgedWithItsDirectoryInMind) {
  EXPECT_EQ(lint({path("migrations/b_two.sql"), "--output", "json"}), 0);
  EXPECT_EQ(found(), Names{"drop-index"});
  EXPECT_EQ(lint({path("migrations/a_one.sql"), "--output", "json"}), 0);
  EXPECT_EQ(found(), Names{});
}

TEST_F(LintCommand, AFileThatIsNoRevisionIsJudgedAlone) {
  write("plain.sql", "ALTER TABLE t ALTER a TYPE text;\n");
  EXPECT_EQ(lint({path("plain.sql"), "--output", "json"}), 3);
  EXPECT_EQ(found(), Names{"change-column-type"});
}

TEST_F(LintCommand, PrintsForMachines) {
  const std::string dir = path("migrations");
  lint({"--dir", dir, "--output", "sarif"});
  EXPECT_EQ(nlohmann::json::parse(output_)["runs"][0]["results"].size(), 1U);
  lint({"--dir", dir, "--output", "github"});
  EXPECT_TRUE(output_.starts_with("::warning file=")) << output_;
  EXPECT_EQ(lint({"--list-rules", "--output", "json"}), 0);
  EXPECT_GT(nlohmann::json::parse(output_)["rules"].size(), 50U);
}

}  // namespace
}  // namespace sluice::cli
