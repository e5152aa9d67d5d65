#include "webhook/trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/error.h"

namespace sluice::webhook {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;
using std::chrono::days;

const base::Timestamp kNow = *base::from_rfc3339("2026-11-21T10:00:00Z");
const std::vector<std::string> kNames = service_names("sluice-webhook", "sluice");

// An object of an API server, which raises the resourceVersion with every write and can be told to
// fail or to let another writer in first.
struct Stored {
  std::optional<json> object;
  int reads = 0;
  int writes = 0;
  std::function<void()> before_patch = [] {};
  std::function<void()> after_patch = [] {};

  void write(const json& operations) {
    *object = object->patch(operations);
    auto& version = (*object)["metadata"]["resourceVersion"];
    version = std::to_string(std::stoi(version.get<std::string>()) + 1);
    ++writes;
  }

  StoredObject access() {
    return {.read =
                [this] {
                  ++reads;
                  return object;
                },
            .patch = [this](const json& operations) -> std::optional<json> {
              std::exchange(before_patch, [] {})();
              if (!object) return std::nullopt;
              try {
                write(operations);
              } catch (const json::exception&) {
                throw Error(ErrorKind::Conflict, "Conflict", "the test of the patch failed");
              }
              std::exchange(after_patch, [] {})();
              return object;
            }};
  }
};

json empty_secret() { return {{"metadata", {{"name", "own"}, {"resourceVersion", "7"}}}}; }

json configuration() {
  const auto webhook = [](const char* name) {
    return json{{"name", name}, {"clientConfig", {{"service", {{"name", "sluice-webhook"}}}}}};
  };
  return {{"metadata", {{"name", "sluice"}, {"resourceVersion", "3"}}},
          {"webhooks", {webhook("deployments.sluice.dev"), webhook("pods.sluice.dev")}}};
}

// One replica of the operator among several that share the two objects.
struct Replica {
  std::vector<std::string> served;
  Trust trust;

  Replica(Stored& secret, Stored& config)
      : trust(secret.access(), config.access(), kNames,
              [this](const std::string& chain, const std::string& key) {
                EXPECT_TRUE(matches_key(chain, key));
                served.push_back(chain);
              }) {}
};

class TrustTest : public ::testing::Test {
 protected:
  Stored secret{.object = empty_secret()};
  Stored config{.object = configuration()};

  Material stored() { return read_material(*secret.object); }
  std::string bundle(size_t webhook) {
    const json& client = config.object->at("webhooks").at(webhook).at("clientConfig");
    return base::from_base64(client.at("caBundle").get<std::string>()).value();
  }
};

TEST_F(TrustTest, FillsAnEmptySecretThenTheConfigurationThenServes) {
  Replica replica(secret, config);
  replica.trust.ensure(kNow);
  EXPECT_EQ(decide(stored(), kNames, kNow).action, Action::Keep);
  EXPECT_EQ(bundle(0), stored().authorities);
  EXPECT_EQ(bundle(1), stored().authorities);
  EXPECT_EQ(replica.served, std::vector<std::string>{stored().certificate});
}

TEST_F(TrustTest, ASteadyStateWritesAndServesNothing) {
  Replica replica(secret, config);
  replica.trust.ensure(kNow);
  const int reads = secret.reads + config.reads;
  for (int hour = 1; hour <= 24; ++hour) replica.trust.ensure(kNow + std::chrono::hours(hour));
  EXPECT_EQ(secret.writes, 1);
  EXPECT_EQ(config.writes, 1);
  EXPECT_EQ(replica.served.size(), 1U);
  EXPECT_EQ(secret.reads + config.reads - reads, 24 * 2);
}

TEST_F(TrustTest, TheLoserOfTwoFirstStartsTakesTheWinnersCertificate) {
  Replica winner(secret, config);
  Replica loser(secret, config);
  secret.before_patch = [&] { winner.trust.ensure(kNow); };
  loser.trust.ensure(kNow);
  EXPECT_EQ(secret.writes, 1);
  EXPECT_EQ(config.writes, 1);
  EXPECT_EQ(winner.served, loser.served);
}

TEST_F(TrustTest, AWriteWhoseAnswerWasLostIsReadAgain) {
  Replica replica(secret, config);
  for (Stored* object : {&secret, &config})
    object->after_patch = [] { throw Error(ErrorKind::InDoubt, "InDoubt", "the line was cut"); };
  replica.trust.ensure(kNow);
  EXPECT_EQ(secret.writes, 1);
  EXPECT_EQ(config.writes, 1);
  EXPECT_EQ(replica.served, std::vector<std::string>{stored().certificate});
}

TEST_F(TrustTest, GivesUpWhenOthersKeepWriting) {
  std::function<void()> disturb = [&] {
    secret.write(json::array());
    secret.before_patch = disturb;
  };
  secret.before_patch = disturb;
  Replica replica(secret, config);
  try {
    replica.trust.ensure(kNow);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Conflict);
  }
  EXPECT_TRUE(replica.served.empty());
}

TEST_F(TrustTest, RenewsTheLeafInTimeWithoutTouchingTheConfiguration) {
  Replica replica(secret, config);
  replica.trust.ensure(kNow);
  replica.trust.ensure(kNow + days(250));
  EXPECT_EQ(config.writes, 1);
  EXPECT_EQ(replica.served.size(), 2U);
  EXPECT_EQ(replica.served.back(), stored().certificate);
}

TEST_F(TrustTest, TheOtherReplicaPicksUpARenewal) {
  Replica one(secret, config);
  Replica two(secret, config);
  one.trust.ensure(kNow);
  two.trust.ensure(kNow);
  one.trust.ensure(kNow + days(250));
  two.trust.ensure(kNow + days(250));
  EXPECT_EQ(secret.writes, 2);
  EXPECT_EQ(one.served, two.served);
}

TEST_F(TrustTest, ANewAuthorityIsPublishedARoundBeforeItsLeafIsServed) {
  Replica replica(secret, config);
  const auto late = kNow + days(2430);
  replica.trust.ensure(kNow);
  replica.trust.ensure(late);  // a new leaf
  const auto served = replica.served;
  replica.trust.ensure(late + days(7));  // a new authority
  EXPECT_EQ(split_chain(bundle(0)).size(), 2U);
  EXPECT_EQ(replica.served, served);
  EXPECT_TRUE(is_trusted(served.back(), bundle(0), late + days(7)));
  replica.trust.ensure(late + days(7));
  EXPECT_EQ(replica.served.back(), stored().certificate);
}

TEST_F(TrustTest, AnEmptiedSecretIsServedAtOnceSinceNobodyTrustsTheOldLeaf) {
  Replica replica(secret, config);
  replica.trust.ensure(kNow);
  secret.object->erase("data");
  replica.trust.ensure(kNow);
  EXPECT_EQ(replica.served.size(), 2U);
  EXPECT_EQ(split_chain(bundle(0)).size(), 1U);
}

TEST_F(TrustTest, RestoresABundleThatSomebodyEmptied) {
  Replica replica(secret, config);
  replica.trust.ensure(kNow);
  (*config.object)["webhooks"][1]["clientConfig"].erase("caBundle");
  replica.trust.ensure(kNow);
  EXPECT_EQ(bundle(1), stored().authorities);
  EXPECT_EQ(config.writes, 2);
}

TEST_F(TrustTest, ServesAlthoughTheConfigurationIsOutOfReach) {
  config.object.reset();
  Replica replica(secret, config);
  try {
    replica.trust.ensure(kNow);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), "WebhookConfigurationMissing");
    EXPECT_EQ(error.kind(), ErrorKind::Transient);
  }
  EXPECT_EQ(replica.served.size(), 1U);
}

TEST_F(TrustTest, AMissingSecretIsWaitedFor) {
  secret.object.reset();
  Replica replica(secret, config);
  try {
    replica.trust.ensure(kNow);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), "SecretMissing");
    EXPECT_EQ(error.kind(), ErrorKind::Transient);
  }
  secret.object = empty_secret();
  replica.trust.ensure(kNow);
  EXPECT_EQ(replica.served.size(), 1U);
}

TEST_F(TrustTest, FillsABundleThatIsNull) {
  (*config.object)["webhooks"][0]["clientConfig"]["caBundle"] = nullptr;
  Replica replica(secret, config);
  replica.trust.ensure(kNow);
  EXPECT_EQ(bundle(0), stored().authorities);
}

TEST_F(TrustTest, AnObjectOfAnotherShapeIsAnErrorOfOurs) {
  const json other_shapes[] = {
      {{"metadata", {{"resourceVersion", "3"}}}, {"webhooks", {{{"name", "no client"}}}}},
      {{"webhooks", json::array()}},
      json::array()};
  for (const json& shape : other_shapes) {
    config.object = shape;
    Replica replica(secret, config);
    EXPECT_THROW(replica.trust.ensure(kNow), Error) << shape;
    EXPECT_EQ(replica.served.size(), 1U);
  }
}

TEST_F(TrustTest, LeavesOtherKeysOfTheSecretAlone) {
  (*secret.object)["data"] = {{"note", "bWluZQ=="}, {"tls.crt", "%%%"}, {"tls.key", nullptr}};
  Replica replica(secret, config);
  replica.trust.ensure(kNow);
  EXPECT_EQ(secret.object->at("data").at("note"), "bWluZQ==");
  EXPECT_EQ(decide(stored(), kNames, kNow).action, Action::Keep);
}

TEST(TrustPatches, BeginWithATestOnTheResourceVersion) {
  const json test{{"op", "test"}, {"path", "/metadata/resourceVersion"}, {"value", "7"}};
  EXPECT_EQ(secret_patch(empty_secret(), {}).at(0), test);
  json config = configuration();
  config["metadata"]["resourceVersion"] = "7";
  EXPECT_EQ(configuration_patch(config, "pem").at(0), test);
}

TEST(TrustPatches, AConfigurationWithoutWebhooksNeedsNone) {
  EXPECT_EQ(configuration_patch(empty_secret(), "pem"), json::array());
}

}  // namespace
}  // namespace sluice::webhook
