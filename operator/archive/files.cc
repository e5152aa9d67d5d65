#include "archive/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/digest.h"
#include "base/error.h"

namespace sluice::archive {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

[[noreturn]] void fail(const char* call, const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), std::string(call) + " " + path.string());
}

class File {
 public:
  File(const fs::path& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }

 private:
  int number_;
};

void sync(const fs::path& path, int flags) {
  const File file(path, flags);
  if (file.get() < 0) fail("open", path);
  // Some network file systems cannot sync a directory and say EINVAL.
  if (::fsync(file.get()) != 0 && errno != EINVAL) fail("fsync", path);
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
}

[[noreturn]] void unreadable(const fs::path& path, const std::string& why) {
  throw Error(ErrorKind::Failed, "ReadFailed", "cannot read " + path.string() + ": " + why);
}

}  // namespace

std::vector<std::string> list_files(const fs::path& directory) {
  std::vector<std::string> paths;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory))
    if (entry.symlink_status().type() != fs::file_type::directory)
      paths.push_back(entry.path().lexically_relative(directory).string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

ArchivedFile describe_file(const fs::path& directory, const std::string& path,
                           const std::stop_token& stop) {
  const fs::path whole = directory / path;
  const File file(whole, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (file.get() < 0) unreadable(whole, std::strerror(errno));
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) unreadable(whole, std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) unreadable(whole, "it is not a regular file");
  base::Sha256 digest;
  std::vector<char> piece(size_t{1} << 18U);
  uint64_t bytes = 0;
  while (true) {
    if (stop.stop_requested())
      throw Error(ErrorKind::Transient, "Interrupted", "stopped while reading " + whole.string());
    const ssize_t count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) unreadable(whole, std::strerror(errno));
    if (count == 0) return {path, bytes, digest.hex()};
    digest.update({piece.data(), static_cast<size_t>(count)});
    bytes += static_cast<uint64_t>(count);
  }
}

void write_file(const fs::path& path, std::string_view bytes) {
  const File file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (file.get() < 0) fail("create", path);
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("write", path);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  if (::fsync(file.get()) != 0) fail("fsync", path);
}

void sync_tree(const fs::path& directory) {
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    const fs::file_type type = entry.symlink_status().type();
    if (type == fs::file_type::directory) sync_tree(entry.path());
    if (type == fs::file_type::regular) sync(entry.path(), O_RDONLY);
  }
  sync_directory(directory);
}

void sync_directory(const fs::path& directory) { sync(directory, O_RDONLY | O_DIRECTORY); }

}  // namespace sluice::archive
