#include "desired/source.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"
#include "revisions/decode.h"
#include "revisions/formats.h"
#include "revisions/load.h"

namespace sluice::desired {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

constexpr size_t kMostBytes = size_t{256} << 20U;
constexpr const char* kStandardInput = "-";

[[noreturn]] void missing(const std::string& given, const std::string& why) {
  throw Error(ErrorKind::Invalid, "SourceMissing", given + ": " + why,
              "name a database's URL, a SQL file, `-` for standard input, or a directory");
}

std::string read_standard_input() {
  std::string bytes;
  std::array<char, 65536> piece;
  ssize_t count = -1;
  while ((count = ::read(STDIN_FILENO, piece.data(), piece.size())) > 0 ||
         (count < 0 && errno == EINTR)) {
    if (count > 0) bytes.append(piece.data(), static_cast<size_t>(count));
    if (bytes.size() > kMostBytes) missing("standard input", "larger than 256 MiB");
  }
  if (count < 0) missing("standard input", std::generic_category().message(errno));
  return bytes;
}

// Its way down, or the next one's, would undo what it makes.
void refuse_revision(const std::string& name, const std::string& bytes) {
  if (revisions::are_revisions({{name, bytes}}))
    throw Error(ErrorKind::Invalid, "SchemaInvalid",
                name + ": a revision of a migration tool, not a schema",
                "name the directory whose revisions it belongs to, without others around it; a "
                "schema's own files hold neither the comments nor the names of revisions");
}

File decoded(const std::string& name, const std::string& bytes) {
  refuse_revision(name, bytes);
  if (!name.ends_with(".gz")) return {name, revisions::normalise(name, bytes)};
  return {name, revisions::normalise(name, revisions::inflate(name, bytes))};
}

std::vector<std::string> files_below(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::recursive_directory_iterator entry(directory, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      if (name.starts_with('.')) entry.disable_recursion_pending();
    } else if (revisions::is_revision_file(name)) {
      names.push_back(entry->path().string());
    }
  }
  if (code) missing(directory.string(), code.message());
  std::ranges::sort(names);
  return names;
}

bool has_number(const std::string& path) {
  const std::string name = fs::path(path).filename().string();
  return name.front() >= '0' && name.front() <= '9';
}

// 2_b.sql before 10_a.sql.
bool is_numbered_before(const std::string& one, const std::string& other) {
  const auto number = [](const std::string& path) {
    const std::string name = fs::path(path).filename().string();
    return name.substr(0, name.find_first_not_of("0123456789"));
  };
  return revisions::is_version_before(number(one), number(other));
}

void read_directory(const std::string& directory, Source& source) {
  std::vector<revisions::SourceFile> top;
  std::vector<std::string> names = files_below(directory);
  if (names.empty())
    throw Error(ErrorKind::Invalid, "SourceEmpty", directory + ": no file *.sql in it",
                "name another directory, or a file");
  for (const std::string& name : names)
    if (fs::path(name).parent_path() == fs::path(directory) ||
        fs::path(name).parent_path() == fs::path(directory).parent_path())
      top.push_back({fs::path(name).filename().string(), base::read_file(name, kMostBytes)});
  if (revisions::are_revisions(top)) {
    source.kind = Source::Kind::Revisions;
    source.revisions = revisions::load_directories({directory});
    return;
  }
  if (std::ranges::all_of(names, has_number)) std::ranges::stable_sort(names, is_numbered_before);
  for (const std::string& name : names)
    source.files.push_back(decoded(name, base::read_file(name, kMostBytes)));
}

std::string digest_of(const Source& source) {
  base::Sha256 digest;
  for (const File& file : source.files) digest.update(file.sql).update("\n");
  for (const revisions::Revision& revision : source.revisions)
    digest.update(revision.id).update("\n").update(revision.text).update("\n");
  return digest.hex();
}

}  // namespace

bool is_database(std::string_view given) {
  if (given.starts_with("postgres://") || given.starts_with("postgresql://") ||
      given.starts_with("postgresql+") || given.starts_with("postgres+"))
    return true;
  std::error_code code;
  return given.find('=') != std::string_view::npos && !fs::exists(fs::path(given), code);
}

Source source_of(const std::string& given) {
  Source source;
  source.given = given;
  if (is_database(given)) {
    source.kind = Source::Kind::Database;
    source.database.url = given;
    source.given = postgres::describe(postgres::merged(source.database));
    return source;
  }
  std::error_code code;
  if (given == kStandardInput) {
    source.given = "standard input";
    source.files.push_back(decoded(source.given, read_standard_input()));
  } else if (fs::is_directory(given, code)) {
    read_directory(given, source);
  } else if (!fs::exists(given, code)) {
    missing(given, "there is no such file or directory");
  } else {
    source.files.push_back(decoded(given, base::read_file(given, kMostBytes)));
  }
  source.digest = digest_of(source);
  return source;
}

Source source_of(std::vector<revisions::Revision> revisions, std::string given) {
  Source source;
  source.kind = Source::Kind::Revisions;
  source.given = std::move(given);
  source.revisions = std::move(revisions);
  source.digest = digest_of(source);
  return source;
}

Source source_of(const ledger::State& state, std::string given) {
  Source source = source_of(ledger::stored_revisions(state), std::move(given));
  for (const ledger::AppliedRevision& repeatable : state.repeatables)
    if (repeatable.canonical_checksum.empty()) source.due.insert(repeatable.id);
  return source;
}

}  // namespace sluice::desired
