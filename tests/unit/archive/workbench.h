// A volume, a directory of programs that stands first in PATH, and a pg_dump of a few lines.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "archive/backup.h"

namespace sluice::archive {

class Workbench : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluice-archive-XXXXXX");
    root_ = ::mkdtemp(pattern.data());
    volume_ = root_ / "volume";
    std::filesystem::create_directories(volume_);
    std::filesystem::create_directories(root_ / "bin");
    path_ = std::getenv("PATH");
    ::setenv("PATH", ((root_ / "bin").string() + ":" + path_).c_str(), 1);
  }
  void TearDown() override {
    ::setenv("PATH", path_.c_str(), 1);
    std::filesystem::remove_all(root_);
  }

  // `body` runs with $directory, the directory that is to be filled.
  void pg_dump(const std::string& body, const std::string& version = "15.18") {
    const std::filesystem::path file = root_ / "bin/pg_dump";
    std::ofstream(file) << "#!/bin/sh\n"
                        << "if [ \"$1\" = --version ]; then echo \"pg_dump (PostgreSQL) " << version
                        << "\"; exit; fi\n"
                        << "for a; do case $a in --file=*) directory=${a#--file=};; esac; done\n"
                        << body << "\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  void pg_dump_of_two_files() {
    pg_dump("printf toc > $directory/toc.dat; printf rows > $directory/1.dat.gz");
  }

  BackupRequest request() const {
    BackupRequest it;
    it.volume = volume_;
    it.origin = "PersistentVolumeClaim \"backups\"";
    it.run = "trips-1";
    it.connection = {{"PGPASSWORD", "canary"}};
    it.secrets = {"canary"};
    it.database = "trips";
    it.server_version = 150018;
    it.heads = {"0002"};
    return it;
  }

  size_t entries() const {
    using Iterator = std::filesystem::directory_iterator;
    return static_cast<size_t>(std::distance(Iterator(volume_), Iterator()));
  }

  std::filesystem::path root_, volume_;
  std::string path_;
};

}  // namespace sluice::archive
