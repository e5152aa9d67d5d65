#include "webhook/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/error.h"

namespace sluice::webhook {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

json review_of(json request) {
  return {{"apiVersion", "admission.k8s.io/v1"},
          {"kind", "AdmissionReview"},
          {"request", std::move(request)}};
}

json deployment(int replicas) {
  return {{"kind", "Deployment"},
          {"metadata", {{"name", "orders-api"}}},
          {"spec", {{"replicas", replicas}}}};
}

// As an API server writes it.
json update_request() {
  return {{"uid", "705ab4f5-6393-11e8-b7cc-42010a800002"},
          {"kind", {{"group", "apps"}, {"version", "v1"}, {"kind", "Deployment"}}},
          {"resource", {{"group", "apps"}, {"version", "v1"}, {"resource", "deployments"}}},
          {"name", "orders-api"},
          {"namespace", "shop"},
          {"operation", "UPDATE"},
          {"userInfo", {{"username", "alice"}, {"groups", {"system:authenticated"}}}},
          {"object", deployment(2)},
          {"oldObject", deployment(1)},
          {"dryRun", false},
          {"options", {{"kind", "UpdateOptions"}}}};
}

json with(const char* name, json value) {
  json request = update_request();
  request[name] = std::move(value);
  return request;
}

json without(const char* name) {
  json request = update_request();
  request.erase(name);
  return request;
}

Verdict allow(const AdmissionRequest&) { return {}; }

json response_to(const json& request, const Judge& judge = allow) {
  return json::parse(review(review_of(request).dump(), judge)).at("response");
}

TEST(Review, EchoesTheUidInAReviewOfTheSameVersion) {
  const json answer = json::parse(review(review_of(update_request()).dump(), allow));
  EXPECT_EQ(answer, json::parse(R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
    "response": {"uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "allowed": true}})"));
}

TEST(Review, HandsTheJudgeWhatWasAsked) {
  response_to(update_request(), [](const AdmissionRequest& asked) {
    EXPECT_EQ(asked.operation, "UPDATE");
    EXPECT_EQ(asked.kind, "Deployment");
    EXPECT_EQ(asked.name_space, "shop");
    EXPECT_EQ(asked.name, "orders-api");
    EXPECT_EQ(asked.user, "alice");
    EXPECT_EQ(asked.subresource, "");
    EXPECT_FALSE(asked.dry_run);
    EXPECT_EQ(*asked.object, deployment(2));
    EXPECT_EQ(*asked.old_object, deployment(1));
    return Verdict{};
  });
}

TEST(Review, GivesTheObjectsThatAnOperationHas) {
  struct Row {
    const char* operation;
    json object, old_object;
  };
  const Row table[] = {{"CREATE", deployment(1), nullptr},
                       {"UPDATE", deployment(2), deployment(1)},
                       {"DELETE", nullptr, deployment(1)},
                       {"CONNECT", nullptr, nullptr}};
  for (const Row& row : table) {
    json request = with("operation", row.operation);
    request["object"] = row.object;
    request["oldObject"] = row.old_object;
    response_to(request, [&](const AdmissionRequest& asked) {
      EXPECT_EQ(asked.operation, row.operation);
      EXPECT_EQ(asked.object != nullptr, !row.object.is_null()) << row.operation;
      EXPECT_EQ(asked.old_object != nullptr, !row.old_object.is_null()) << row.operation;
      return Verdict{};
    });
  }
}

TEST(Review, PassesOnDryRunAndSubresource) {
  json request = with("dryRun", true);
  request["subResource"] = "scale";
  response_to(request, [](const AdmissionRequest& asked) {
    EXPECT_TRUE(asked.dry_run);
    EXPECT_EQ(asked.subresource, "scale");
    return Verdict{};
  });
}

TEST(Review, DoesWithoutWhatAnApiServerMayLeaveOut) {
  for (const char* name :
       {"name", "namespace", "userInfo", "object", "oldObject", "dryRun", "options", "resource"})
    EXPECT_TRUE(response_to(without(name)).at("allowed")) << name;
}

TEST(Review, CarriesThePatchInBase64) {
  const json patch = json::parse(R"([{"op": "add", "path": "/spec/paused", "value": true},
    {"op": "add", "path": "/metadata/annotations/sluice.dev~1held", "value": "ünïcode"}])");
  const json response = response_to(
      update_request(), [&](const AdmissionRequest&) { return Verdict{.patch = patch}; });
  EXPECT_EQ(response.at("patchType"), "JSONPatch");
  EXPECT_EQ(json::parse(*base::from_base64(response.at("patch").get<std::string>())), patch);
}

TEST(Review, RefusesWithMessageAndCodeAndWithoutPatch) {
  const json response = response_to(update_request(), [](const AdmissionRequest&) {
    return Verdict{.allowed = false, .message = "not now", .patch = {{{"op", "remove"}}}};
  });
  EXPECT_EQ(response, json::parse(R"({"uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
    "allowed": false, "status": {"code": 403, "message": "not now"}})"));
}

TEST(Review, PassesOnWarnings) {
  const json response = response_to(update_request(), [](const AdmissionRequest&) {
    return Verdict{.warnings = {"held until 3f2a9c1b7d04 is applied"}};
  });
  EXPECT_EQ(response.at("warnings"), json({"held until 3f2a9c1b7d04 is applied"}));
}

TEST(Review, AJudgeThatThrowsRefuses) {
  const json known = response_to(update_request(), [](const AdmissionRequest&) -> Verdict {
    throw base::Error(base::ErrorKind::Invalid, "Odd", "the template is odd");
  });
  EXPECT_FALSE(known.at("allowed"));
  EXPECT_EQ(known.at("status").at("code"), 500);
  EXPECT_THAT(known.at("status").at("message").get<std::string>(), HasSubstr("template is odd"));

  const json foreign = response_to(update_request(), [](const AdmissionRequest&) -> Verdict {
    throw std::runtime_error("canary-password");
  });
  EXPECT_FALSE(foreign.at("allowed"));
  EXPECT_THAT(foreign.dump(), Not(HasSubstr("canary-password")));
}

TEST(Review, AMessageThatIsNotUtf8StaysJson) {
  const json response = response_to(update_request(), [](const AdmissionRequest&) {
    return Verdict{.allowed = false, .message = "\xff"};
  });
  EXPECT_FALSE(response.at("allowed"));
}

TEST(Review, RefusesWhatIsNotAReview) {
  json wrong_version = review_of(update_request());
  wrong_version["apiVersion"] = "admission.k8s.io/v1beta1";
  json wrong_kind = review_of(update_request());
  wrong_kind["kind"] = "Deployment";
  const std::pair<const char*, std::string> table[] = {
      {"empty", ""},
      {"broken", R"({"kind": "AdmissionReview", )"},
      {"not UTF-8", "{\"kind\": \"\xff\"}"},
      {"array", "[]"},
      {"number", "7"},
      {"number out of range", "1e9999"},
      {"other version", wrong_version.dump()},
      {"other kind", wrong_kind.dump()},
      {"no request", R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"})"},
      {"request a list", review_of(json::array()).dump()},
      {"no uid", review_of(without("uid")).dump()},
      {"uid a number", review_of(with("uid", 7)).dump()},
      {"no kind", review_of(without("kind")).dump()},
      {"kind a string", review_of(with("kind", "Deployment")).dump()},
      {"no operation", review_of(without("operation")).dump()},
      {"operation unknown", review_of(with("operation", "PATCH")).dump()},
      {"object a list", review_of(with("object", json::array())).dump()},
      {"dryRun a string", review_of(with("dryRun", "yes")).dump()},
      {"userInfo a string", review_of(with("userInfo", "alice")).dump()},
      {"deep", std::string(2'000'000, '[')},
      {"deep and closed", std::string(100'000, '[') + std::string(100'000, ']')},
  };
  for (const auto& [name, text] : table) {
    try {
      review(text, allow);
      ADD_FAILURE() << name << " was taken";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::Invalid) << name;
      EXPECT_EQ(error.reason(), "BadReview") << name;
    }
  }
}

TEST(Review, QuotesNothingOfABrokenBody) {
  try {
    review(R"({"password": "canary-password" oops)", allow);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("canary")));
  }
}

TEST(Review, BracketsInTextAreNotDepth) {
  const std::string brackets = "\\\"" + std::string(1000, '[') + "\\";
  EXPECT_TRUE(response_to(with("name", brackets)).at("allowed"));
}

TEST(Review, TakesTheLargestObjectsThatEtcdStores) {
  json request = update_request();
  for (const char* which : {"object", "oldObject"})
    for (int i = 0; i < 1400; ++i)
      request[which]["metadata"]["annotations"]["note-" + std::to_string(i)] =
          std::string(1000, 'x');
  EXPECT_TRUE(response_to(request).at("allowed"));
}

TEST(AnswerReview, SpeaksHttp) {
  EXPECT_EQ(answer_review({"GET", "/mutate", ""}, allow).status, 405);
  EXPECT_EQ(answer_review({"POST", "/mutate", "{"}, allow).status, 400);
  const Reply reply = answer_review({"POST", "/mutate", review_of(update_request()).dump()}, allow);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "application/json");
}

}  // namespace
}  // namespace sluice::webhook
