// What an archive says about itself: the file manifest.json, written last of all its files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace sluice::archive {

inline constexpr int kManifestFormat = 1;
inline constexpr const char* kManifestName = "manifest.json";

struct ArchivedFile {
  std::string path;  // relative to the archive's directory
  uint64_t bytes = 0;
  std::string sha256;
};

struct Manifest {
  std::string archive;  // the id: the directory's name
  std::string run;
  base::Timestamp created;         // before the dump began
  base::Timestamp finished;        // after its last file was written
  int server_version = 0;          // as PQserverVersion: 150018
  std::string tool_version;        // as `pg_dump --version` says it
  std::string database;            // its name
  std::vector<std::string> heads;  // the revisions it stood at
  uint64_t bytes = 0;              // of all files but the manifest
  std::vector<ArchivedFile> files;
};

// For people too: indented. Its field `checksum` is the SHA-256 of the rest, so that a damaged
// manifest is noticed like a damaged file.
std::string to_json(const Manifest& manifest);

// Throws Error{Invalid, "ArchiveInvalid"} naming the field.
Manifest manifest_from_json(std::string_view text);

}  // namespace sluice::archive
