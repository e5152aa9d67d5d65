#include "archive/verify.h"

#include <algorithm>
#include <set>

#include "archive/files.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace sluice::archive {
namespace {

namespace fs = std::filesystem;
using base::Error;

constexpr size_t kMostDescribed = 5;
// A database of a million tables has one of about 200 MB.
constexpr size_t kMostManifest = size_t{1} << 30U;

std::optional<Damage> compare(const fs::path& archive, const ArchivedFile& wanted,
                              const std::stop_token& stop) {
  try {
    const ArchivedFile found = describe_file(archive, wanted.path, stop);
    if (found.bytes != wanted.bytes)
      return Damage{DamageKind::Size, wanted.path,
                    "has " + std::to_string(found.bytes) + " bytes instead of " +
                        std::to_string(wanted.bytes)};
    if (found.sha256 != wanted.sha256)
      return Damage{DamageKind::Checksum, wanted.path, "its SHA-256 differs"};
    return std::nullopt;
  } catch (const Error& error) {
    if (error.reason() == "Interrupted") throw;
    return Damage{DamageKind::Unreadable, wanted.path, error.message()};
  }
}

std::optional<Manifest> read_manifest(const fs::path& archive, std::vector<Damage>& damage) {
  std::error_code ignored;
  if (!fs::exists(archive / kManifestName, ignored)) {
    damage.push_back({DamageKind::Missing, kManifestName, "is missing"});
    return std::nullopt;
  }
  try {
    return manifest_from_json(base::read_file(archive / kManifestName, kMostManifest));
  } catch (const Error& error) {
    damage.push_back({DamageKind::Manifest, kManifestName, error.message()});
    return std::nullopt;
  }
}

std::set<std::string> present_files(const fs::path& archive, std::vector<Damage>& damage) {
  try {
    const std::vector<std::string> paths = list_files(archive);
    return {paths.begin(), paths.end()};
  } catch (const fs::filesystem_error& error) {
    damage.push_back({DamageKind::Unreadable, ".", error.code().message()});
    return {};
  }
}

}  // namespace

Verification verify(const fs::path& archive, const std::stop_token& stop) {
  Verification result;
  std::set<std::string> present = present_files(archive, result.damage);
  result.manifest = read_manifest(archive, result.damage);
  if (!result.manifest) return result;
  present.erase(kManifestName);
  for (const ArchivedFile& wanted : result.manifest->files) {
    if (present.erase(wanted.path) == 0)
      result.damage.push_back({DamageKind::Missing, wanted.path, "is missing"});
    else if (auto damage = compare(archive, wanted, stop))
      result.damage.push_back(std::move(*damage));
  }
  for (const std::string& extra : present)
    result.damage.push_back({DamageKind::Extra, extra, "is not in the manifest"});
  return result;
}

std::string describe(const std::vector<Damage>& damage) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < std::min(damage.size(), kMostDescribed); ++i)
    parts.push_back(damage[i].path + ": " + damage[i].message);
  if (damage.size() > kMostDescribed)
    parts.push_back("and " + std::to_string(damage.size() - kMostDescribed) + " more");
  return base::join(parts, "; ");
}

}  // namespace sluice::archive
