#include "revisions/load.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "revisions/transactions.h"

namespace sluice::revisions {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

// Four calls to the system for each: directories may hold ten thousand. A pipe reads as empty.
std::string read_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  std::string bytes;
  std::array<char, 65536> piece;
  ssize_t count = -1;
  while (file >= 0 && bytes.size() <= kMaxRevisionBytes &&
         ((count = ::read(file, piece.data(), piece.size())) > 0 || (count < 0 && errno == EINTR)))
    if (count > 0) bytes.append(piece.data(), static_cast<size_t>(count));
  if (file >= 0) ::close(file);
  if (count < 0)
    throw Error(ErrorKind::Transient, "SourceMissing", path.string() + ": cannot be read",
                "check that it exists and its permissions");
  // Compressed or not, a file above the bound cannot be a revision.
  if (bytes.size() > kMaxRevisionBytes)
    throw Error(
        ErrorKind::Invalid, "RevisionInvalid",
        path.string() + ": larger than " + std::to_string(kMaxRevisionBytes >> 20U) + " MiB",
        "split it into several revisions");
  return bytes;
}

// A file that was meant, and would be passed over.
void refuse_capitals(const std::string& directory, const std::string& name) {
  if (is_revision_file(name)) return;
  std::string small = name;
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return std::tolower(c); });
  if (is_revision_file(small))
    throw Error(ErrorKind::Invalid, "RevisionInvalid",
                directory + "/" + name + ": the name of a revision file ends with .sql or .sql.gz",
                "rename it, in small letters, or move it out of the directory");
}

struct Found {
  std::string name;
  const std::string* directory;
};

}  // namespace

std::vector<Revision> load_directories(const std::vector<std::string>& directories,
                                       std::optional<Format> format) {
  std::vector<Found> files;
  for (const std::string& directory : directories) {
    std::error_code code;
    for (fs::directory_iterator entry(directory, code), end; !code && entry != end;
         entry.increment(code)) {
      std::error_code ignored;
      std::string name = entry->path().filename().string();
      if (entry->is_directory(ignored)) continue;
      refuse_capitals(directory, name);
      if (is_source_file(name)) files.push_back({std::move(name), &directory});
    }
    if (code)
      throw Error(ErrorKind::Transient, "SourceMissing",
                  "directory " + directory + ": " + code.message(),
                  "create it (`sluice init`), or name another with --dir");
  }
  if (std::ranges::none_of(files, is_revision_file, &Found::name))
    throw Error(ErrorKind::Invalid, "SourceEmpty",
                "no revision files in " + base::join(directories, ", "),
                "`sluice revision -m …` writes one; they are named <id>_<slug>.sql or .sql.gz");
  std::ranges::sort(files, {}, &Found::name);
  std::vector<SourceFile> sources;
  sources.reserve(files.size());
  for (const auto& [name, directory] : files) {
    const fs::path path = fs::path(*directory) / name;
    sources.push_back({directories.size() == 1 ? name : path.string(), read_file(path)});
  }
  Format read_as = Format::Sluice;
  std::vector<Revision> revisions = read_files(std::move(sources), format, &read_as);
  if (read_as == Format::GolangMigrate || read_as == Format::Flyway || read_as == Format::Numbered)
    settle_transactions(revisions);
  return revisions;
}

}  // namespace sluice::revisions
