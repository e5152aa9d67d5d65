#include "kube/cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kube/api_script.h"

namespace sluice::kube {
namespace {

using nlohmann::json;
using testing::answer;
using testing::ApiScript;
using testing::Asked;
using testing::bookmark;
using ::testing::ElementsAre;
using testing::event;
using testing::Exchange;
using testing::expired_event;
using testing::Journal;
using testing::object;
using testing::page;
using testing::Step;
using testing::stream;

// What the tests keep of an object: its version. Objects named "unwanted" are not kept, those named
// "broken" cannot be decoded from version 10 on.
struct Kept {
  std::string version;
};

std::optional<Kept> decode(const json& object) {
  const std::string name = metadata_text(object, "name");
  const std::string version = metadata_text(object, "resourceVersion");
  if (name == "unwanted") return std::nullopt;
  if (name == "broken" && std::stoi(version) >= 10) throw std::runtime_error("broken");
  return Kept{version};
}

class CacheTest : public ::testing::Test {
 protected:
  void start(std::vector<Step> steps) {
    api_ = std::make_unique<ApiScript>(std::move(steps));
    cache_ = std::make_unique<Cache<Kept>>(
        api_->client(), Collection{kConfigMaps, "n", ""}, decode,
        [this](const ObjectKey& key, const auto& before, const auto& after) {
          const auto now = cache_->get(key);
          EXPECT_EQ(now, after) << "the change can be read when it is told";
          told_.write(key.name + " " + (before ? before->version : "-") + ">" +
                      (after ? after->version : "-"));
        },
        api_->options());
    cache_->start();
  }

  Journal told_;
  std::unique_ptr<ApiScript> api_;
  std::unique_ptr<Cache<Kept>> cache_;
};

TEST_F(CacheTest, TellsAndHoldsWhatIsThere) {
  start({answer(200, page({{"a", 1}, {"unwanted", 2}}, 5)),
         stream(event("ADDED", "b", 6) + event("MODIFIED", "a", 7) + event("DELETED", "b", 8) +
                    event("ADDED", "unwanted", 9) + event("ADDED", "c", 10),
                &Exchange::fall_silent)});
  EXPECT_THAT(told_.wait_for(5), ElementsAre("a ->1", "b ->6", "a 1>7", "b 6>-", "c ->10"));
  EXPECT_TRUE(cache_->synced());
  EXPECT_EQ(cache_->get({"n", "a"})->version, "7");
  EXPECT_EQ(cache_->get({"n", "b"}), nullptr);
  EXPECT_EQ(cache_->all().size(), 2U);
  EXPECT_EQ(cache_->in_namespace("n").size(), 2U);
  EXPECT_TRUE(cache_->in_namespace("m").empty());
}

TEST_F(CacheTest, ARelistTellsOnlyWhatDiffersAndWhatVanished) {
  start({answer(200, page({{"gone", 1}, {"kept", 2}, {"moved", 3}}, 5)),
         stream(expired_event(), &Exchange::fall_silent),
         answer(200, page({{"kept", 2}, {"moved", 8}, {"new", 9}}, 10))});
  EXPECT_THAT(told_.wait_for(6),
              ElementsAre("gone ->1", "kept ->2", "moved ->3", "moved 3>8", "new ->9", "gone 1>-"));
}

TEST_F(CacheTest, WhatWasDeletedWhileAListStartedOverIsNotKept) {
  start({answer(200, page({{"a", 1}}, 5, "2")), answer(410, ""), answer(200, page({{"b", 1}}, 6))});
  EXPECT_THAT(told_.wait_for(3), ElementsAre("a ->1", "b ->1", "a 1>-"));
}

TEST_F(CacheTest, AListThatFailsHalfwayForgetsNothing) {
  start({answer(200, page({{"a", 1}, {"b", 2}}, 5)), answer(410, ""),
         answer(200, page({{"b", 3}}, 7, "2")), answer(500, ""),
         answer(200, page({{"a", 1}, {"b", 3}}, 8)),
         stream(event("ADDED", "c", 9), &Exchange::fall_silent)});
  EXPECT_THAT(told_.wait_for(4), ElementsAre("a ->1", "b ->2", "b 2>3", "c ->9"));
}

TEST_F(CacheTest, IsNotSyncedBeforeTheFirstListIsWhole) {
  start({answer(200, page({{"a", 1}}, 5, "2")), [this](const Asked&, Exchange& exchange) {
           told_.write(cache_->synced() ? "synced" : "not yet");
           exchange.respond(200, page({{"b", 1}}, 5));
         }});
  EXPECT_THAT(told_.wait_for(3), ElementsAre("a ->1", "not yet", "b ->1"));
}

TEST_F(CacheTest, MissedAndCoalescedEventsEndInTheSameState) {
  start({answer(200, page({{"a", 1}}, 5)),
         stream(
             event("DELETED", "never-seen", 6) + event("MODIFIED", "b", 7) + event("ADDED", "a", 8),
             &Exchange::fall_silent)});
  EXPECT_THAT(told_.wait_for(3), ElementsAre("a ->1", "b ->7", "a 1>8"));
}

TEST_F(CacheTest, AnEventThatIsRepeatedIsToldOnce) {
  start({answer(200, page({}, 5)),
         stream(event("ADDED", "a", 6) + event("ADDED", "a", 6) + event("ADDED", "b", 7),
                &Exchange::fall_silent)});
  EXPECT_THAT(told_.wait_for(2), ElementsAre("a ->6", "b ->7"));
}

TEST_F(CacheTest, WhatCannotBeDecodedLeavesWhatWasKept) {
  start({answer(200, page({{"broken", 1}}, 5)),
         stream(event("MODIFIED", "broken", 10) + event("ADDED", "a", 11) + expired_event(),
                &Exchange::fall_silent),
         answer(200, page({{"broken", 10}, {"a", 11}, {"b", 12}}, 15))});
  EXPECT_THAT(told_.wait_for(3), ElementsAre("broken ->1", "a ->11", "b ->12"));
  EXPECT_EQ(cache_->get({"n", "broken"})->version, "1");
}

TEST_F(CacheTest, TellsNothingAfterItStopped) {
  start({answer(200, page({{"a", 1}}, 5))});
  told_.wait_for(1);
  api_->requests().wait_for(2);
  const auto begin = std::chrono::steady_clock::now();
  cache_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  EXPECT_EQ(cache_->get({"n", "a"})->version, "1") << "what was seen stays";
}

}  // namespace
}  // namespace sluice::kube
