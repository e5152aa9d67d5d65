// A directory of revision files, and `sluice` in this process with what it printed.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/cli.h"

namespace sluice::cli {

struct Ran {
  int status = 0;
  std::string output, errors;
  nlohmann::json json() const { return nlohmann::json::parse(output); }
};

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluice-cli-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    directory_ = root_ / "migrations";
    std::filesystem::create_directory(directory_);
    for (const char* name : {"DATABASE_URL", "POSTGRES_SERVER"}) ::unsetenv(name);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  // `header`: further lines, such as "branch-labels: left".
  void revision(const std::string& id, const std::string& revises = {},
                const std::vector<std::string>& header = {},
                const std::string& message = {}) const {
    std::ofstream file(directory_ / (id + "_" + id + ".sql"));
    file << "-- revision: " << id << "\n-- revises: " << revises
         << "\n-- message: " << (message.empty() ? "make " + id : message) << "\n";
    for (const std::string& line : header) file << "-- " << line << "\n";
    file << "-- migrate:up\nSELECT 1;\n";
  }

  // aaaa1 - bbbb1 (label left) and cccc1 (label right), of which the last depends on bbbb1.
  void fork() const {
    revision("aaaa1");
    revision("bbbb1", "aaaa1", {"branch-labels: left"});
    revision("cccc1", "aaaa1", {"branch-labels: right", "depends-on: bbbb1"});
  }

  // `sluice <words>`, with --dir in the place of "DIR".
  Ran sluice(const std::vector<std::string>& words) const {
    std::vector<std::string> all{"sluice"};
    for (const std::string& word : words) {
      if (word == "DIR") {
        all.insert(all.end(), {"--dir", directory_.string()});
      } else {
        all.push_back(word);
      }
    }
    std::vector<const char*> argv;
    for (const std::string& word : all) argv.push_back(word.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Ran ran;
    ran.status = run(static_cast<int>(argv.size()), argv.data());
    ran.output = testing::internal::GetCapturedStdout();
    ran.errors = testing::internal::GetCapturedStderr();
    return ran;
  }

  static std::string read(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  std::filesystem::path root_, directory_;
};

}  // namespace sluice::cli
