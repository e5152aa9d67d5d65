// A migration as the operator would have it run: a database, revision files, the Secret's file and
// a volume, and `sluice run` as a process of its own.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "postgres/session.h"
#include "runner/report.h"
#include "runner/spec.h"

namespace sluice::runner {

// What no output may hold: the password of the database's owner.
inline constexpr const char* kCanary = "canary-7f1c93e2";

struct Ended {
  int status = 0;
  Report report;  // from the last line of the output
  std::string output;
  std::string termination_message;
};

// One `sluice run`, started by exec. Killed, if need be, when it goes out of scope.
class RunProcess {
 public:
  RunProcess(std::vector<std::string> argv, std::vector<std::string> environment,
             std::filesystem::path output, std::filesystem::path termination_log);
  RunProcess(const RunProcess&) = delete;
  RunProcess& operator=(const RunProcess&) = delete;
  ~RunProcess();

  void signal(int number) const;
  std::string output() const;
  // The arguments of the process and of its children.
  std::string arguments() const;
  // Whether `condition` came true within 20 s.
  static bool wait_until(const std::function<bool()>& condition);
  // 128 + the signal, when one ended it.
  int wait();
  Ended end();

 private:
  int pid_;
  std::optional<int> status_;
  std::filesystem::path output_, termination_log_;
};

class RunnerBench : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // A revision `number` after `number - 1`.
  void revision(int number, const std::string& up, const std::string& down = "SELECT 1");
  void file(const std::string& name, const std::string& text);
  // Two revisions, applied; then `rows` rows of data that does not compress.
  void start_with_two_revisions(int rows = 100);
  void back_up(BackupWhen when = BackupWhen::Pending);
  // The digest over what is there now.
  void seal();

  std::unique_ptr<RunProcess> start();
  // seal() and one run to its end; also looks for the canary in all it wrote.
  Ended run();
  void expect_no_canary(const Ended& ended) const;

  // As a superuser; `database`: this test's own unless named.
  postgres::Session connect(const std::string& database = "") const;
  std::string value(const std::string& sql, const std::string& database = "") const;
  bool has_ledger() const;
  // The schema as pg_dump prints it, and a checksum of the rows of table trips.
  std::string schema(const std::string& database = "") const;
  std::string rows(const std::string& database = "") const;
  std::vector<std::filesystem::path> in_volume(bool finished) const;
  // A program that stands before all others in PATH.
  void shim(const std::string& name, const std::string& script);

  RunSpec spec_;
  std::filesystem::path root_, volume_, revisions_;
  std::string database_, owner_url_;
};

}  // namespace sluice::runner
