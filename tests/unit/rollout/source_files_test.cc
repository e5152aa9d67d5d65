// What the operator reads from ConfigMaps of revision files.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "rollout/observed.h"

namespace sluice::rollout {
namespace {

using nlohmann::json;

std::shared_ptr<const SourceFiles> part(const json& data) {
  return std::make_shared<const SourceFiles>(
      source_files_from_config_map({{"data", data}}).value());
}

TEST(SourceFiles, OfAnotherToolHangTogetherAcrossConfigMaps) {
  const auto first = part({{"V2__b.sql", "SELECT 1;"}, {"V10__c.sql", ""}, {"R__v.sql", ""}});
  const auto second = part({{"V1__a.sql", ""}, {"V1__a.sql.conf", "executeInTransaction=false"}});
  const auto none = part({{"README.md", "Hello"}});
  EXPECT_EQ(parents_of({first, none, second}),
            (revisions::Parents{{"1", {}}, {"2", {"1"}}, {"10", {"2"}}}));
  EXPECT_EQ(second->files.size(), 2U);
}

TEST(SourceFiles, KeepNoSql) {
  const auto own = part({{"a.sql", "-- revision: a\n-- migrate:up\nSELECT 1;\n"}});
  ASSERT_EQ(own->revisions.size(), 1U);
  EXPECT_TRUE(own->revisions[0].up.sql.empty());
  EXPECT_TRUE(own->revisions[0].text.empty());
}

TEST(SourceFiles, OneThatIsBrokenHidesNoOther) {
  const auto own = part({{"a.sql", "-- revision: a\n-- migrate:up\nSELECT 1;\n"},
                         {"b.sql", "-- revision: b\n-- revises: a\nSELECT 1;\n"}});
  EXPECT_EQ(parents_of({own}), (revisions::Parents{{"a", {}}}));
}

}  // namespace
}  // namespace sluice::rollout
