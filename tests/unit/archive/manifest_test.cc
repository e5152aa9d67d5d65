#include "archive/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace sluice::archive {
namespace {

Manifest manifest() {
  Manifest it;
  it.archive = "20261121T100000Z-trips-1";
  it.run = "trips-1";
  it.created = *base::from_rfc3339("2026-11-21T10:00:00Z");
  it.finished = *base::from_rfc3339("2026-11-21T10:00:05Z");
  it.server_version = 150018;
  it.tool_version = "pg_dump (PostgreSQL) 15.18";
  it.database = "trips \"é";
  it.heads = {"0002", "side"};
  it.bytes = 30;
  it.files = {{"3001.dat.gz", 10, std::string(64, 'a')}, {"toc.dat", 20, std::string(64, 'b')}};
  return it;
}

std::string refusal(const std::string& text) {
  try {
    manifest_from_json(text);
    return "";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reason(), "ArchiveInvalid");
    return error.message();
  }
}

TEST(Manifest, ComesBackFromJsonAsItWas) {
  EXPECT_EQ(to_json(manifest_from_json(to_json(manifest()))), to_json(manifest()));
}

TEST(Manifest, MayBeLaidOutAnew) {
  EXPECT_EQ(refusal(nlohmann::json::parse(to_json(manifest())).dump()), "");
}

TEST(Manifest, NoticesEachFlippedBitOfItself) {
  const std::string whole = to_json(manifest());
  for (size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      // What passes is a change of white space alone.
      const bool passed = refusal(damaged).empty();
      EXPECT_TRUE(!passed || nlohmann::json::parse(damaged) == nlohmann::json::parse(whole)) << at;
    }
  }
}

TEST(Manifest, MayNotLeadOutOfItsArchive) {
  for (const char* path : {"/etc/passwd", "../x", "a/../../x", "./x", "..", "a//b"}) {
    Manifest it = manifest();
    it.files[0].path = path;
    EXPECT_THAT(refusal(to_json(it)), testing::HasSubstr("files[0].path")) << path;
  }
}

TEST(Manifest, OfANewerFormatIsRefused) {
  auto document = nlohmann::json::parse(to_json(manifest()));
  document["format"] = 2;
  EXPECT_THAT(refusal(document.dump()), testing::HasSubstr("use a newer one"));
}

}  // namespace
}  // namespace sluice::archive
