// The engine on a database and a directory of its own, by its interface and as a process.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/subprocess.h"
#include "engine/apply.h"
#include "ledger/ledger.h"
#include "postgres/session.h"
#include "tests/database/runner_bench.h"

namespace sluice::engine {

class EngineBench : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // A revision `r00<number>` after the one before it.
  void revision(int number, const std::string& up, const std::string& down = "SELECT 1;",
                const std::string& header = "");
  // The same without a transaction.
  void by_statement(int number, const std::string& up, const std::string& down = "SELECT 1;") {
    revision(number, up, down, "-- transaction: none\n");
  }
  // A file of that name.
  void file(const std::string& name, const std::string& text) const;

  // `sluice <arguments>`, with --dir for what takes it.
  base::CommandResult sluice(const std::vector<std::string>& arguments) const;
  std::unique_ptr<runner::RunProcess> start(const std::vector<std::string>& arguments) const;

  postgres::ConnectOptions options() const { return {url_, {}}; }
  // One value, by a session of its own.
  std::string value(const std::string& sql) const;
  // Waits at most 20 s until the value is `expected`.
  bool becomes(const std::string& sql, const std::string& expected) const;
  // The pid of the backend that runs a statement with this text.
  std::string backend_of(const std::string& text) const;

  revisions::Graph graph() const;
  // The whole way, in this process.
  Applied upgrade(ApplyOptions options = {}, const PlanPolicy& policy = {});
  Applied upgrade(Observer& observer, ApplyOptions options = {}, const PlanPolicy& policy = {});
  Applied downgrade(const std::string& target);
  // What it throws.
  base::Error failure(const ApplyOptions& options = {}, const PlanPolicy& policy = {});

  std::filesystem::path root_;
  std::string database_, url_;

 private:
  std::vector<std::string> command(const std::vector<std::string>& arguments) const;
};

}  // namespace sluice::engine
