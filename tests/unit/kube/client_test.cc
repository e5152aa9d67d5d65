#include "kube/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>

#include "base/error.h"
#include "kube/transport.h"
#include "tests/unit/kube/http_imposter.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Answers from a list that a test wrote down, and keeps what was asked.
class Script : public Transport {
 public:
  explicit Script(std::deque<Response> answers) : answers_(std::move(answers)) {}

  Response send(const Request& request) override {
    asked.push_back(request);
    if (answers_.empty()) throw Error(ErrorKind::Failed, "ScriptEnded", "");
    Response answer = answers_.front();
    answers_.pop_front();
    if (answer.status == 0) throw Error(ErrorKind::Transient, answer.body, "");
    return answer;
  }
  StreamOutcome stream(const Request&, const std::function<void(std::string_view)>&) override {
    return {};
  }

  std::vector<Request> asked;

 private:
  std::deque<Response> answers_;
};

std::string status(const char* reason, const char* message, const char* details = "{}") {
  return std::string(R"({"kind":"Status","reason":")") + reason + R"(","message":")" + message +
         R"(","details":)" + details + "}";
}

const json kTested = json::parse(
    R"([{"op":"test","path":"/metadata/resourceVersion","value":"1"},{"op":"remove","path":"/a"}])");
const json kUntested = json::parse(R"([{"op":"remove","path":"/a"}])");
constexpr const char* kRejected = "the server rejected our request due to an error in our request";

TEST(Client, SendsEachVerb) {
  const auto script =
      std::make_shared<Script>(std::deque<Response>(6, Response{200, R"({"a":1})"}));
  Client client(script);
  EXPECT_EQ(client.get(kPods, {"n", "p"})->at("a"), 1);
  client.create(kJobs, "n", {{"x", 1}});
  client.patch(kDeployments, {"n", "d"}, kUntested);
  client.apply(kSchemaMigrations, {"n", "s", "status"}, {{"x", 1}}, "a b");
  client.replace(kSecrets, {"n", "s"}, {{"x", 1}});
  EXPECT_TRUE(client.remove(kMutatingWebhookConfigurations, {"", "w"}));
  std::vector<std::string> sent;
  for (const Request& request : script->asked)
    sent.push_back(request.method + " " + request.path_and_query + " " + request.content_type +
                   " " + request.body);
  EXPECT_THAT(
      sent,
      ElementsAre("GET /api/v1/namespaces/n/pods/p  ",
                  R"(POST /apis/batch/v1/namespaces/n/jobs application/json {"x":1})",
                  "PATCH /apis/apps/v1/namespaces/n/deployments/d application/json-patch+json "
                  R"([{"op":"remove","path":"/a"}])",
                  "PATCH /apis/sluice.dev/v1alpha1/namespaces/n/schemamigrations/s/status"
                  R"(?force=true&fieldManager=a%20b application/apply-patch+yaml {"x":1})",
                  R"(PUT /api/v1/namespaces/n/secrets/s application/json {"x":1})",
                  "DELETE /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/w"
                  "?propagationPolicy=Background  "));
}

TEST(Client, WhatIsNotThereIsNoErrorWhereThatCanBe) {
  Client client(std::make_shared<Script>(std::deque<Response>(4, {404, status("NotFound", "no")})));
  EXPECT_EQ(client.get(kPods, {"n", "p"}), std::nullopt);
  EXPECT_EQ(client.patch(kPods, {"n", "p"}, kTested), std::nullopt);
  EXPECT_FALSE(client.remove(kPods, {"n", "p"}));
  EXPECT_THROW(client.create(kPods, "n", {}), Error);
}

TEST(Client, StatusesMapToErrors) {
  enum Verb { Get, Create, Patch, PatchUntested };
  struct Case {
    Verb verb;
    int code;
    std::string body;
    ErrorKind kind;
    const char* reason;
  };
  const std::vector<Case> cases{
      {Get, 401, status("Unauthorized", "who?"), ErrorKind::Refused, "Unauthorized"},
      {Get, 403, status("Forbidden", "no"), ErrorKind::Refused, "Forbidden"},
      {Get, 410, status("Expired", "old"), ErrorKind::Gone, "Expired"},
      {Get, 429, status("TooManyRequests", "later"), ErrorKind::Transient, "TooManyRequests"},
      {Get, 500, "oops", ErrorKind::Transient, "ServerError"},
      {Get, 503, "", ErrorKind::Transient, "ServerError"},
      {Get, 418, "", ErrorKind::Failed, "UnexpectedStatus"},
      {Get, 200, "<html>", ErrorKind::Failed, "BadAnswer"},
      {Get, 200, "[]", ErrorKind::Failed, "BadAnswer"},
      {Create, 404, status("NotFound", "no namespace"), ErrorKind::Failed, "NotFound"},
      {Create, 409, status("AlreadyExists", "there"), ErrorKind::Conflict, "AlreadyExists"},
      {Create, 409, "", ErrorKind::Conflict, "AlreadyExists"},
      {Create, 409, status("Conflict", "quota changed"), ErrorKind::Conflict, "Conflict"},
      {Create, 422, status("Invalid", "testing is bad"), ErrorKind::Invalid, "Invalid"},
      {Create, 400, status("BadRequest", "x"), ErrorKind::Invalid, "Invalid"},
      {Patch, 409, status("Conflict", "x"), ErrorKind::Conflict, "Conflict"},
      {Patch, 422, status("", "Testing value /metadata/resourceVersion failed"),
       ErrorKind::Conflict, "Conflict"},
      {Patch, 422, status("", kRejected), ErrorKind::Conflict, "Conflict"},
      {Patch, 422, status("Invalid", "Pod \\\"p\\\" is invalid", R"({"name":"p"})"),
       ErrorKind::Invalid, "Invalid"},
      {Patch, 422, status("Invalid", kRejected, R"({"name":"p"})"), ErrorKind::Invalid, "Invalid"},
      {PatchUntested, 422, status("", kRejected), ErrorKind::Invalid, "Invalid"},
      {PatchUntested, 422, status("", "testing value x failed"), ErrorKind::Invalid, "Invalid"},
  };
  for (const Case& c : cases) {
    Client client(std::make_shared<Script>(
        std::deque<Response>{{c.code, c.body, std::chrono::seconds(3600)}}));
    const std::string what = std::to_string(c.code) + " " + c.body;
    try {
      if (c.verb == Get)
        client.get(kPods, {"n", "p"});
      else if (c.verb == Create)
        client.create(kPods, "n", {});
      else
        client.patch(kPods, {"n", "p"}, c.verb == Patch ? kTested : kUntested);
      ADD_FAILURE() << what;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), c.kind) << what;
      EXPECT_EQ(error.reason(), c.reason) << what;
      EXPECT_THAT(error.message(), HasSubstr("/api/v1/namespaces/n/pods")) << what;
    }
  }
}

TEST(Client, TheMessageSaysWhatTheServerSaid) {
  Client client(std::make_shared<Script>(
      std::deque<Response>{{403, status("Forbidden", "pods is forbidden: User")}}));
  try {
    client.get(kPods, {"n", "p"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "GET /api/v1/namespaces/n/pods/p: 403 pods is forbidden: User");
  }
}

TEST(Client, WaitsOnceWhereTheServerAsksForAShortWait) {
  const Response busy{429, "", std::chrono::seconds(0)};
  const auto script =
      std::make_shared<Script>(std::deque<Response>{busy, {201, "{}"}, busy, busy, {200, "{}"}});
  Client client(script);
  EXPECT_NO_THROW(client.create(kPods, "n", {}));
  EXPECT_THROW(client.create(kPods, "n", {}), Error);
  EXPECT_EQ(script->asked.size(), 4U);
}

TEST(Client, DoesNotWaitForLong) {
  const auto script = std::make_shared<Script>(
      std::deque<Response>{{429, "", std::chrono::seconds(60)}, {200, "{}"}});
  Client client(script);
  EXPECT_THROW(client.get(kPods, {"n", "p"}), Error);
  EXPECT_EQ(script->asked.size(), 1U);
}

TEST(Client, NeverRepeatsAWriteInDoubt) {
  std::atomic<int> executed = 0;
  testing::HttpImposter server([&executed](const testing::Asked&, testing::Exchange& exchange) {
    ++executed;
    exchange.reset();
  });
  Config config;
  config.server = server.url();
  Client client(make_transport(config));
  try {
    client.create(kJobs, "n", {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::InDoubt);
  }
  EXPECT_EQ(executed, 1);
}

std::string page(const std::vector<const char*>& names, const char* next, const char* version) {
  json items = json::array();
  for (const char* name : names) items.push_back({{"metadata", {{"name", name}}}});
  return json{{"items", items}, {"metadata", {{"continue", next}, {"resourceVersion", version}}}}
      .dump();
}

struct Listed {
  std::vector<std::string> names;
  std::string version;
};

Listed list(Client& client) {
  Listed listed;
  listed.version = client.list(kPods, "n", "a=b", [&listed](const json& object) {
    listed.names.push_back(object.at("metadata").at("name"));
  });
  return listed;
}

TEST(ClientList, GoesThroughThePages) {
  const auto script = std::make_shared<Script>(
      std::deque<Response>{{200, page({"a", "b"}, "n/2", "5")}, {200, page({"c"}, "", "5")}});
  Client client(script);
  const Listed listed = list(client);
  EXPECT_THAT(listed.names, ElementsAre("a", "b", "c"));
  EXPECT_EQ(listed.version, "5");
  EXPECT_EQ(script->asked.at(0).path_and_query,
            "/api/v1/namespaces/n/pods?limit=500&labelSelector=a%3Db");
  EXPECT_EQ(script->asked.at(1).path_and_query,
            "/api/v1/namespaces/n/pods?limit=500&labelSelector=a%3Db&continue=n%2F2");
}

TEST(ClientList, BeginsAgainWhenItsTokenExpired) {
  Client client(std::make_shared<Script>(std::deque<Response>{{200, page({"a"}, "2", "5")},
                                                              {410, status("Expired", "")},
                                                              {200, page({"a", "b"}, "", "6")}}));
  const Listed listed = list(client);
  EXPECT_THAT(listed.names, ElementsAre("a", "a", "b"));
  EXPECT_EQ(listed.version, "6");
}

TEST(ClientList, GivesUpWhereEveryTokenExpires) {
  std::deque<Response> answers;
  for (int i = 0; i < 20; ++i) {
    answers.push_back({200, page({"a"}, "2", "5")});
    answers.push_back({410, ""});
  }
  Client client(std::make_shared<Script>(answers));
  EXPECT_THROW(list(client), Error);
}

TEST(ClientList, AsksForSmallerPagesWhereTheyAreTooLarge) {
  const auto script = std::make_shared<Script>(std::deque<Response>{
      {0, "ResponseTooLarge"}, {0, "ResponseTooLarge"}, {200, page({"a"}, "", "5")}});
  Client client(script);
  EXPECT_THAT(list(client).names, ElementsAre("a"));
  EXPECT_THAT(script->asked.back().path_and_query, HasSubstr("limit=20&"));
}

}  // namespace
}  // namespace sluice::kube
