#include "revisions/load.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "revisions/transactions.h"

namespace sluice::revisions {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

std::string read_file(const fs::path& path) {
  std::error_code code;
  // Compressed or not, a file above the bound cannot be a revision; one byte more shows that.
  const uintmax_t size = fs::file_size(path, code);
  if (!code && size > kMaxRevisionBytes)
    throw Error(
        ErrorKind::Invalid, "RevisionInvalid",
        path.string() + ": larger than " + std::to_string(kMaxRevisionBytes >> 20U) + " MiB",
        "split it into several revisions");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (file.peek() != std::ifstream::traits_type::eof()) bytes << file.rdbuf();
  if (code || !file.is_open() || file.bad())
    throw Error(ErrorKind::Transient, "SourceMissing", path.string() + ": cannot be read",
                "check that it exists and its permissions");
  return std::move(bytes).str();
}

}  // namespace

std::vector<Revision> load_directories(const std::vector<std::string>& directories,
                                       std::optional<Format> format) {
  std::vector<fs::path> files;
  for (const std::string& directory : directories) {
    std::error_code code;
    for (fs::directory_iterator entry(directory, code), end; !code && entry != end;
         entry.increment(code)) {
      std::error_code ignored;
      if (is_source_file(entry->path().filename().string()) &&
          !fs::is_directory(entry->status(ignored)))
        files.push_back(entry->path());
    }
    if (code)
      throw Error(ErrorKind::Transient, "SourceMissing",
                  "directory " + directory + ": " + code.message(),
                  "create it (`sluice init`), or name another with --dir");
  }
  const auto is_revision = [](const fs::path& path) {
    return is_revision_file(path.filename().string());
  };
  if (std::ranges::none_of(files, is_revision))
    throw Error(ErrorKind::Invalid, "SourceEmpty",
                "no revision files in " + base::join(directories, ", "),
                "`sluice revision -m …` writes one; they are named <id>_<slug>.sql or .sql.gz");
  std::ranges::sort(files, {}, [](const fs::path& path) { return path.filename().string(); });
  std::vector<SourceFile> sources;
  sources.reserve(files.size());
  for (const fs::path& path : files)
    sources.push_back(
        {directories.size() == 1 ? path.filename().string() : path.string(), read_file(path)});
  Format read_as = Format::Sluice;
  std::vector<Revision> revisions = read_files(sources, format, &read_as);
  if (read_as == Format::GolangMigrate || read_as == Format::Flyway || read_as == Format::Numbered)
    settle_transactions(revisions);
  return revisions;
}

}  // namespace sluice::revisions
