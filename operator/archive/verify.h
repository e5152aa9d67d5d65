// Reads an archive back and compares it with what its manifest says.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "archive/manifest.h"

namespace sluice::archive {

enum class DamageKind { Missing, Extra, Size, Checksum, Unreadable, Manifest };

struct Damage {
  DamageKind kind;
  std::string path;  // relative to the archive
  std::string message;
};

struct Verification {
  std::optional<Manifest> manifest;  // absent when it cannot be read
  std::vector<Damage> damage;        // empty: the archive is whole
  bool whole() const { return manifest && damage.empty(); }
};

// Reads every byte. What is wrong with the archive is an answer; only a requested `stop` throws,
// Error{Transient, "Interrupted"}. That the directory has the archive's name is not looked at: an
// archive may be copied or renamed.
Verification verify(const std::filesystem::path& archive, const std::stop_token& stop = {});

// "toc.dat: its SHA-256 differs; 12.dat.gz: is missing", at most five of them.
std::string describe(const std::vector<Damage>& damage);

}  // namespace sluice::archive
