#include "runner/digest.h"

#include "base/digest.h"
#include "base/error.h"

namespace sluice::runner {
namespace {

using base::Error;
using base::ErrorKind;

void add(base::Sha256& digest, const std::string& text) {
  digest.update(std::to_string(text.size())).update(":").update(text);
}

[[noreturn]] void refuse_directory(const std::string& directory, const std::string& why) {
  throw Error(ErrorKind::Transient, "SourceMissing",
              "cannot read the directory of revisions " + directory + ": " + why,
              "mount the source of the revisions there");
}

// The digests of one directory, without those that the kubelet keeps for itself.
FileDigests digest_directory(const std::string& directory) {
  FileDigests files;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  if (error) refuse_directory(directory, error.message());
  while (entry != std::filesystem::directory_iterator()) {
    const std::string name = entry->path().filename().string();
    std::error_code unreadable;
    if (!name.starts_with('.') && entry->is_regular_file(unreadable))
      files.emplace(name, base::sha256_file(entry->path()));
    entry.increment(error);
    if (error) refuse_directory(directory, error.message());
  }
  return files;
}

}  // namespace

std::string input_digest(const std::string& uid, const std::string& spec_digest,
                         const FileDigests& files) {
  base::Sha256 digest;
  add(digest, "sluice-inputs-1");
  add(digest, uid);
  add(digest, spec_digest);
  for (const auto& [name, file_digest] : files) {
    add(digest, name);
    add(digest, file_digest);
  }
  return digest.hex();
}

FileDigests digest_directories(const std::vector<std::string>& directories) {
  FileDigests all;
  std::map<std::string, std::string> places;
  for (const std::string& directory : directories) {
    for (const auto& [name, digest] : digest_directory(directory)) {
      if (const auto [place, added] = places.emplace(name, directory); !added)
        throw Error(ErrorKind::Invalid, "RevisionDuplicate",
                    "the file " + name + " is in " + place->second + " and in " + directory,
                    "keep one of them, or rename one");
      all.emplace(name, digest);
    }
  }
  return all;
}

}  // namespace sluice::runner
