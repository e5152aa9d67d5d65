#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "api/status.h"
#include "tests/unit/api/documents.h"

namespace sluice::api {
namespace {

using nlohmann::json;

TEST(SchemaMigration, IsReadWithItsMetadata) {
  json object = object_with(small_spec());
  object["metadata"]["resourceVersion"] = "12";
  object["metadata"]["finalizers"] = {"other", kFinalizer};
  object["metadata"]["annotations"] = {{kRetryAnnotation, "now"}};
  object["status"] = {{"observedGeneration", 6}};
  const SchemaMigration migration = schema_migration_from_json(object);
  EXPECT_EQ(migration.name, "trips");
  EXPECT_EQ(migration.name_space, "shop");
  EXPECT_EQ(migration.uid, "u-1");
  EXPECT_EQ(migration.resource_version, "12");
  EXPECT_EQ(migration.generation, 7);
  EXPECT_FALSE(migration.deleting);
  EXPECT_TRUE(migration.has_finalizer);
  EXPECT_THAT(migration.finalizers, testing::ElementsAre("other", kFinalizer));
  EXPECT_EQ(migration.retry_request, "now");
  EXPECT_EQ(migration.status.observed_generation, 6);
}

TEST(SchemaMigration, IsDeletingOnceItHasADeletionTimestamp) {
  json object = object_with(small_spec());
  object["metadata"]["deletionTimestamp"] = "2026-11-21T10:00:00Z";
  EXPECT_TRUE(schema_migration_from_json(object).deleting);
}

TEST(SchemaMigration, KeepsItsStatusWhenItsSpecIsRefused) {
  json object = object_with({{"tool", {{"image", "x"}}}});
  object["status"] = {{"phase", "Ready"}};
  const SchemaMigration migration = schema_migration_from_json(object);
  EXPECT_TRUE(migration.refusal);
  EXPECT_EQ(migration.status.phase, "Ready");
}

// Each value of the document, at whatever depth, takes each of these shapes in turn.
void for_each_damage(const json& document, const std::function<void(const json&)>& look) {
  const json kShapes[] = {nullptr,
                          true,
                          -1,
                          18446744073709551615U,
                          1e300,
                          "",
                          "\xff\xfe",
                          "x\n",
                          json::array(),
                          json::array({nullptr}),
                          json::object(),
                          json{{"name", 1}, {"key", json::array()}}};
  const json flat = document.flatten();
  std::set<std::string> pointers{""};
  for (const auto& [leaf, value] : flat.items()) {
    std::string pointer = leaf;
    while (!pointer.empty()) {
      pointers.insert(pointer);
      pointer.erase(pointer.rfind('/'));
    }
  }
  for (const std::string& pointer : pointers)
    for (const json& shape : kShapes) {
      json damaged = document;
      damaged[json::json_pointer(pointer)] = shape;
      look(damaged);
    }
}

TEST(SchemaMigration, IsNeverToldByAnException) {
  json object = object_with(whole_spec());
  object["status"] = json::parse(R"({"observedGeneration": 1, "conditions": [{"type": "Ready",
      "status": "True", "lastTransitionTime": "2026-11-21T10:00:00Z"}],
      "revision": {"current": "a", "pending": 1, "known": ["a"]}, "plan": {"steps": 1},
      "run": {"name": "r", "attempt": 1, "state": "Running", "startedAt": "x", "lost": 1},
      "backup": {"archive": "a", "bytes": 1}, "gates": [{"kind": "Deployment", "name": "d"}]})");
  object["metadata"]["annotations"] = {{kRetryAnnotation, "now"}};
  object["metadata"]["finalizers"] = {kFinalizer};
  for_each_damage(object, [](const json& damaged) {
    EXPECT_NO_THROW({
      const SchemaMigration migration = schema_migration_from_json(damaged);
      const std::string status =
          to_json(migration.status).dump(-1, ' ', false, json::error_handler_t::replace);
      EXPECT_FALSE(status.empty());
    }) << damaged.dump(-1, ' ', false, json::error_handler_t::replace);
  });
}

}  // namespace
}  // namespace sluice::api
