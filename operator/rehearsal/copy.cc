#include "rehearsal/copy.h"

#include <stdlib.h>

#include <algorithm>
#include <system_error>
#include <thread>

#include "archive/dump.h"
#include "archive/verify.h"
#include "base/error.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "postgres/session.h"
#include "postgres/tool_environment.h"

namespace sluice::rehearsal {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

constexpr size_t kMostErrors = 2000;

void run_tool(const postgres::ConnectOptions& options, std::vector<std::string> argv,
              const std::string& reason, const std::stop_token& stop) {
  const std::string tool = argv.front();
  const std::map<std::string, std::string> parameters = postgres::merged(options);
  base::Command command;
  command.argv = std::move(argv);
  command.environment = postgres::tool_environment(parameters);
  command.environment["LC_ALL"] = "C";
  const base::CommandResult result = base::run(command, stop);
  if (stop.stop_requested())
    throw Error(ErrorKind::Transient, "Cancelled", "stopped on request", "run it again");
  if (result.status == 0) return;
  const auto password = parameters.find("password");
  const std::string said = base::without_secrets(
      result.errors, {options.url, password == parameters.end() ? "" : password->second});
  throw Error(ErrorKind::Failed, reason,
              tool + " failed: " + base::truncate_utf8(base::trim(said), kMostErrors));
}

void restore(const scratch::Database& scratch, const fs::path& from, std::vector<std::string> more,
             const std::stop_token& stop) {
  std::vector<std::string> argv{"pg_restore",      "--exit-on-error", "--no-owner",
                                "--no-privileges", "--no-password",   "--dbname=" + scratch.name()};
  argv.insert(argv.end(), more.begin(), more.end());
  argv.push_back(from.string());
  run_tool(scratch.options(), std::move(argv), "RestoreFailed", stop);
}

}  // namespace

Workspace::Workspace() {
  std::string pattern = (fs::temp_directory_path() / "sluice-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw Error(ErrorKind::Failed, "WriteFailed",
                pattern + ": " + std::generic_category().message(errno),
                "let TMPDIR name a directory that can be written to");
  path_ = pattern;
}

Workspace::~Workspace() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void expect_whole(const fs::path& archive, const std::stop_token& stop) {
  const archive::Verification found = archive::verify(archive, stop);
  if (!found.whole())
    throw Error(ErrorKind::Refused, "ArchiveDamaged",
                archive.string() + ": " + archive::describe(found.damage), "take another archive");
}

void restore_archive(const fs::path& archive, const scratch::Database& scratch,
                     const std::stop_token& stop) {
  const unsigned jobs = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
  restore(scratch, archive, {"--jobs=" + std::to_string(jobs)}, stop);
}

void copy_schema(const postgres::ConnectOptions& live, const scratch::Database& scratch,
                 const Workspace& workspace, const std::stop_token& stop) {
  postgres::Session session(live);
  archive::check_tool(archive::tool_version(), session.server_version());
  session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const std::string snapshot =
      session.query("SELECT pg_catalog.pg_export_snapshot()").at(0).at(0).value_or("");
  const bool has_ledger =
      session.query("SELECT pg_catalog.to_regnamespace('sluice') IS NOT NULL").at(0).at(0) == "t";
  const auto dump = [&](const char* name, std::vector<std::string> what) {
    const fs::path file = workspace.path() / name;
    std::vector<std::string> argv{"pg_dump",
                                  "--format=custom",
                                  "--no-password",
                                  "--snapshot=" + snapshot,
                                  "--lock-wait-timeout=2000",
                                  "--file=" + file.string()};
    argv.insert(argv.end(), what.begin(), what.end());
    run_tool(live, std::move(argv), "CopyFailed", stop);
    return file;
  };
  const fs::path schema = dump("schema.dump", {"--schema-only"});
  const fs::path ledger =
      has_ledger ? dump("ledger.dump", {"--data-only", "--schema=sluice"}) : fs::path();
  session.rollback();
  restore(scratch, schema, {}, stop);
  if (has_ledger) restore(scratch, ledger, {"--data-only"}, stop);
}

void write_schema(const scratch::Database& scratch, const fs::path& file,
                  const std::stop_token& stop) {
  run_tool(scratch.options(),
           {"pg_dump", "--schema-only", "--exclude-schema=sluice", "--no-password",
            "--file=" + file.string()},
           "CopyFailed", stop);
}

}  // namespace sluice::rehearsal
