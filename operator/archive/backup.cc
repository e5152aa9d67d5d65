#include "archive/backup.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>

#include "archive/dump.h"
#include "archive/files.h"
#include "archive/names.h"
#include "archive/verify.h"
#include "base/error.h"
#include "base/text.h"

namespace sluice::archive {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

// Less than this counts as full when pg_dump failed without saying why.
constexpr uint64_t kLeastFree = 256 * 1024;

bool is_full(int code) { return code == ENOSPC || code == EDQUOT || code == EFBIG; }

bool has_no_room(const fs::path& volume) {
  struct statvfs facts {};
  return ::statvfs(volume.c_str(), &facts) == 0 &&
         (uint64_t{facts.f_bavail} * facts.f_frsize < kLeastFree ||
          (facts.f_files != 0 && facts.f_favail == 0));
}

std::string name_of(const BackupRequest& request) {
  return request.origin.empty() ? request.volume.string()
                                : request.origin + " (" + request.volume.string() + ")";
}

Error volume_error(const BackupRequest& request, const std::system_error& error) {
  if (is_full(error.code().value())) return dump_failure(0, {}, true, name_of(request));
  return {ErrorKind::Failed, "BackupFailed",
          "cannot write to " + name_of(request) + ": " + error.what()};
}

base::Timestamp last_change(const fs::path& directory) {
  base::Timestamp newest{};
  const auto look_at = [&newest](const fs::path& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) == 0)
      newest = std::max(newest, base::Timestamp(std::chrono::seconds(facts.st_mtim.tv_sec)));
  };
  look_at(directory);
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, ignored))
    look_at(entry.path());
  return newest;
}

void remove_stale(const BackupRequest& request) {
  const base::Timestamp now = base::now();
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(request.volume, error)) {
    std::error_code ignored;
    if (is_stale(entry.path().filename().string(), request.run, last_change(entry.path()), now))
      fs::remove_all(entry.path(), ignored);
  }
}

// Removes the directory unless it was renamed away.
class Temporary {
 public:
  Temporary(const BackupRequest& request, const std::string& id)
      : path_(request.volume / temporary_name(id)) {
    if (::mkdir(path_.c_str(), 0700) == 0) return;
    const int code = errno;
    if (is_full(code)) throw dump_failure(0, {}, true, name_of(request));
    throw Error(ErrorKind::Transient, "BackupVolumeMissing",
                name_of(request) + " is not there or cannot be written to: " +
                    std::generic_category().message(code),
                "make it, or mount it: the directory has to be there, and writable for this user");
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  void become(const fs::path& finished) {
    fs::rename(path_, finished);
    kept_ = true;
  }

 private:
  fs::path path_;
  bool kept_ = false;
};

[[noreturn]] void interrupted() {
  throw Error(ErrorKind::Transient, "Interrupted", "stopped while the backup was written");
}

void dump(const BackupRequest& request, const fs::path& directory, const std::stop_token& stop) {
  const base::CommandResult result = base::run(
      dump_command({directory, request.connection, request.parallelism, request.lock_wait}), stop);
  if (stop.stop_requested()) interrupted();
  if (result.status != 0)
    throw dump_failure(result.status, base::without_secrets(result.errors, request.secrets),
                       has_no_room(request.volume), name_of(request));
}

Manifest describe_dump(const fs::path& directory, Manifest manifest, const std::stop_token& stop) {
  for (const std::string& path : list_files(directory)) {
    manifest.files.push_back(describe_file(directory, path, stop));
    manifest.bytes += manifest.files.back().bytes;
  }
  manifest.finished = base::now();
  return manifest;
}

void check_readable(const fs::path& directory, const std::stop_token& stop) {
  const Verification read = verify(directory, stop);
  if (!read.whole())
    throw Error(ErrorKind::Transient, "BackupFailed",
                "the archive reads back differently than it was written: " + describe(read.damage));
}

Manifest write_archive(const BackupRequest& request, Manifest manifest,
                       const std::stop_token& stop) {
  remove_stale(request);
  Temporary temporary(request, manifest.archive);
  dump(request, temporary.path(), stop);
  manifest = describe_dump(temporary.path(), std::move(manifest), stop);
  write_file(temporary.path() / kManifestName, to_json(manifest));
  sync_tree(temporary.path());
  check_readable(temporary.path(), stop);
  temporary.become(request.volume / manifest.archive);
  sync_directory(request.volume);
  return manifest;
}

Manifest start_manifest(const BackupRequest& request) {
  Manifest manifest;
  manifest.tool_version = tool_version();
  check_tool(manifest.tool_version, request.server_version);
  manifest.created = base::now();
  // The same run may have finished an archive within this second, and died after it.
  while (fs::exists(request.volume / archive_id(manifest.created, request.run)))
    manifest.created += std::chrono::seconds(1);
  manifest.archive = archive_id(manifest.created, request.run);
  manifest.run = request.run;
  manifest.server_version = request.server_version;
  manifest.database = request.database;
  manifest.heads = request.heads;
  return manifest;
}

}  // namespace

Backup backup(const BackupRequest& request, const std::stop_token& stop) {
  const auto begin = std::chrono::steady_clock::now();
  if (stop.stop_requested()) interrupted();
  try {
    Backup made;
    made.manifest = write_archive(request, start_manifest(request), stop);
    made.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return made;
  } catch (const std::system_error& error) {
    throw volume_error(request, error);
  }
}

}  // namespace sluice::archive
