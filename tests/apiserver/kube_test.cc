// The client, the lists and the watches against a real API server: SLUICE_TEST_KUBECONFIG says
// which. SLUICE_TEST_CLUSTER is the command that manages its cluster; without it, nothing is
// restarted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <set>
#include <thread>

#include "base/error.h"
#include "kube/cache.h"
#include "kube/client.h"
#include "kube/config.h"
#include "kube/transport.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr Resource kNamespaces{"", "v1", "namespaces"};

json config_map(const std::string& name, const std::string& value, json labels = json::object()) {
  return {{"apiVersion", "v1"},
          {"kind", "ConfigMap"},
          {"metadata", {{"name", name}, {"labels", std::move(labels)}}},
          {"data", {{"key", value}}}};
}

json set_value(const std::string& version, const std::string& value) {
  return json::array({{{"op", "test"}, {"path", "/metadata/resourceVersion"}, {"value", version}},
                      {{"op", "replace"}, {"path", "/data/key"}, {"value", value}}});
}

class ApiServer : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* kubeconfig = std::getenv("SLUICE_TEST_KUBECONFIG");
    if (kubeconfig == nullptr) FAIL() << "SLUICE_TEST_KUBECONFIG is not set: run it by ctest";
    client_ = std::make_unique<Client>(make_transport(load_config(kubeconfig)));
    client_->create(kNamespaces, "",
                    {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name_}}}});
  }

  void TearDown() override {
    if (client_) client_->remove(kNamespaces, {"", name_});
  }

  template <class Call>
  Error failure_of(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    return {ErrorKind::Failed, "None", ""};
  }

  static inline int count_ = 0;
  const std::string name_ =
      "kube-test-" + std::to_string(getpid()) + "-" + std::to_string(count_++);
  std::unique_ptr<Client> client_;
};

TEST_F(ApiServer, AnObjectsLife) {
  const Address at{name_, "a"};
  EXPECT_EQ(client_->get(kConfigMaps, at), std::nullopt);
  const json created = client_->create(kConfigMaps, name_, config_map("a", "1"));
  const std::string version = metadata_text(created, "resourceVersion");
  EXPECT_EQ(client_->get(kConfigMaps, at)->at("data").at("key"), "1");
  const auto patched = client_->patch(kConfigMaps, at, set_value(version, "2"));
  EXPECT_EQ(patched->at("data").at("key"), "2");
  json changed = *patched;
  changed["data"]["key"] = "3";
  EXPECT_EQ(client_->replace(kConfigMaps, at, changed).at("data").at("key"), "3");
  EXPECT_EQ(client_->apply(kConfigMaps, at, config_map("a", "4"), "kube-test").at("data").at("key"),
            "4");
  EXPECT_TRUE(client_->remove(kConfigMaps, at));
  EXPECT_FALSE(client_->remove(kConfigMaps, at));
  EXPECT_EQ(client_->patch(kConfigMaps, at, set_value(version, "5")), std::nullopt);
}

TEST_F(ApiServer, WhatRestsOnAnOldVersionIsAConflict) {
  const Address at{name_, "a"};
  const json created = client_->create(kConfigMaps, name_, config_map("a", "1"));
  const std::string version = metadata_text(created, "resourceVersion");
  client_->patch(kConfigMaps, at, set_value(version, "2"));

  const Error patch = failure_of([&] { client_->patch(kConfigMaps, at, set_value(version, "3")); });
  EXPECT_EQ(patch.kind(), ErrorKind::Conflict) << patch.what();
  const Error put = failure_of([&] { client_->replace(kConfigMaps, at, created); });
  EXPECT_EQ(put.kind(), ErrorKind::Conflict) << put.what();
  const Error again =
      failure_of([&] { client_->create(kConfigMaps, name_, config_map("a", "1")); });
  EXPECT_EQ(again.kind(), ErrorKind::Conflict);
  EXPECT_EQ(again.reason(), "AlreadyExists");
  EXPECT_EQ(client_->get(kConfigMaps, at)->at("data").at("key"), "2");
}

TEST_F(ApiServer, WhatIsInvalidIsNoConflict) {
  const json created = client_->create(kConfigMaps, name_, config_map("a", "1"));
  const std::string version = metadata_text(created, "resourceVersion");
  EXPECT_EQ(failure_of([&] { client_->create(kConfigMaps, name_, config_map("A_", "1")); }).kind(),
            ErrorKind::Invalid);
  const json breaking =
      json::array({{{"op", "test"}, {"path", "/metadata/resourceVersion"}, {"value", version}},
                   {{"op", "add"}, {"path", "/data/not a key"}, {"value", "x"}}});
  const Error error = failure_of([&] { client_->patch(kConfigMaps, {name_, "a"}, breaking); });
  EXPECT_EQ(error.kind(), ErrorKind::Invalid) << error.what();
}

TEST_F(ApiServer, ListsPageByPage) {
  constexpr int kObjects = 1200;
  std::atomic<int> next{0};
  {
    std::vector<std::jthread> makers;
    for (int i = 0; i < 6; ++i)
      makers.emplace_back([&] {
        for (int n = next++; n < kObjects; n = next++)
          client_->create(
              kConfigMaps, name_,
              config_map("o" + std::to_string(n), "x", {{"half", n % 2 == 0 ? "even" : "odd"}}));
      });
  }
  std::set<std::string> names;
  const auto count = [&names](const json& object) {
    names.insert(metadata_text(object, "name"));
    EXPECT_FALSE(object.at("metadata").contains("managedFields"));
  };
  const std::string version = client_->list(kConfigMaps, name_, "half in (even, odd)", count);
  EXPECT_EQ(names.size(), static_cast<size_t>(kObjects));
  EXPECT_FALSE(version.empty());
  names.clear();
  client_->list(kConfigMaps, name_, "half=even", count);
  EXPECT_EQ(names.size(), static_cast<size_t>(kObjects) / 2);
}

// The values of the ConfigMaps with the label, as a cache tells of them.
class Followed {
 public:
  Followed(Client& client, const std::string& name_space)
      : cache_(
            client, {kConfigMaps, name_space, "followed=yes"},
            [](const json& object) { return std::optional(object.at("data").at("key").dump()); },
            [this](const ObjectKey& key, const auto& before, const auto& after) {
              const std::lock_guard lock(mutex_);
              told_.push_back(key.name + (before ? *before : "-") + (after ? *after : "-"));
              wake_.notify_all();
            }) {
    cache_.start();
  }

  // Waits until something was told that often.
  std::vector<std::string> wait_for(size_t count) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::seconds(60), [&] { return told_.size() >= count; });
    return told_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::string> told_;
  Cache<std::string> cache_;
};

using ::testing::ElementsAre;

TEST_F(ApiServer, AWatchSeesChanges) {
  const json label{{"followed", "yes"}};
  client_->create(kConfigMaps, name_, config_map("a", "1", label));
  client_->create(kConfigMaps, name_, config_map("b", "1"));
  Followed followed(*client_, name_);
  followed.wait_for(1);
  client_->apply(kConfigMaps, {name_, "a"}, config_map("a", "2", label), "kube-test");
  client_->apply(kConfigMaps, {name_, "b"}, config_map("b", "2", label), "kube-test");
  client_->remove(kConfigMaps, {name_, "a"});
  EXPECT_THAT(followed.wait_for(4), ElementsAre("a-\"1\"", "a\"1\"\"2\"", "b-\"2\"", "a\"2\"-"));
}

TEST_F(ApiServer, AWatchOutlivesTheApiServer) {
  const char* cluster = std::getenv("SLUICE_TEST_CLUSTER");
  if (cluster == nullptr) FAIL() << "SLUICE_TEST_CLUSTER is not set: run it by ctest";
  const std::string command(cluster);
  const size_t space = command.find(' ');
  const json label{{"followed", "yes"}};
  client_->create(kConfigMaps, name_, config_map("a", "1", label));
  Followed followed(*client_, name_);
  followed.wait_for(1);
  // The cluster starts it again.
  ASSERT_EQ(std::system((command.substr(0, space) + " exec" + command.substr(space) +
                         " -- sh -c 'kill -KILL $(pidof kube-apiserver)'")
                            .c_str()),
            0);
  for (int i = 0; i < 600; ++i) {
    const Error error = failure_of([&] {
      client_->apply(kConfigMaps, {name_, "a"}, config_map("a", "2", label), "kube-test");
    });
    if (error.reason() == "None") break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_THAT(followed.wait_for(2), ElementsAre("a-\"1\"", "a\"1\"\"2\""));
}

}  // namespace
}  // namespace sluice::kube
