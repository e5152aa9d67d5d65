#include "kube/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "kube/object_key.h"
#include "kube/path.h"

namespace sluice::kube {
namespace {

using base::Error;
using nlohmann::json;
using ::testing::ElementsAre;

std::vector<std::string> lines(const std::vector<std::string>& pieces, size_t longest = 100) {
  LineDecoder decoder(longest);
  std::vector<std::string> found;
  for (const std::string& piece : pieces)
    decoder.feed(piece, [&found](std::string_view line) { found.emplace_back(line); });
  return found;
}

TEST(LineDecoder, CutsAtLineEndsHoweverBytesArrive) {
  struct Case {
    const char* what;
    std::vector<std::string> pieces;
    std::vector<std::string> expected;
  };
  const std::vector<Case> cases{
      {"nothing", {""}, {}},
      {"one line", {"a\n"}, {"a"}},
      {"no end yet", {"a"}, {}},
      {"two in one piece", {"a\nb\n"}, {"a", "b"}},
      {"an end by itself", {"a", "\n"}, {"a"}},
      {"a line in three pieces", {"a", "b", "c\n"}, {"abc"}},
      {"an end, and a beginning", {"a\nb", "c\nd\n"}, {"a", "bc", "d"}},
      {"empty lines", {"\n\na\n", "\n"}, {"a"}},
      {"a character in two pieces", {"\xC3", "\xA4\n"}, {"\xC3\xA4"}},
      {"the last line without its end", {"a\nb"}, {"a"}},
  };
  for (const Case& c : cases) EXPECT_EQ(lines(c.pieces), c.expected) << c.what;
}

TEST(LineDecoder, BoundsALine) {
  EXPECT_THAT(lines({"1234\n1234\n"}, 4), ElementsAre("1234", "1234"));
  EXPECT_THROW(lines({"12345\n"}, 4), Error);
  EXPECT_THROW(lines({"12", "345"}, 4), Error);
  EXPECT_THROW(lines({"12", "3", "45\n"}, 4), Error);
}

TEST(DecodeEvent, LeavesOutManagedFieldsOfTheObjectOnly) {
  const WatchEvent event = decode_event(
      R"({"type":"ADDED","object":{"metadata":{"name":"a","managedFields":[{"x":{"y":1}}],"uid":"u"},
          "spec":{"managedFields":1,"metadata":{"managedFields":2}}}})");
  EXPECT_EQ(event.type, "ADDED");
  EXPECT_EQ(event.object, json::parse(R"({"metadata":{"name":"a","uid":"u"},
      "spec":{"managedFields":1,"metadata":{"managedFields":2}}})"));
}

TEST(DecodeEvent, RefusesWhatIsNoEvent) {
  for (const char* line : {"", "x", "[]", "1", "{}", R"({"type":1,"object":{}})",
                           R"({"type":"ADDED"})", R"({"type":"ADDED","object":{})"})
    EXPECT_THROW(decode_event(line), Error) << line;
}

TEST(DecodePage, GivesItemsOneByOne) {
  std::vector<json> items;
  const ListPage page = decode_page(
      R"({"metadata":{"resourceVersion":"7","continue":"more"},"items":[
          {"metadata":{"name":"a","managedFields":[1]},"data":{"k":[{"v":1}]}},
          {"metadata":{"name":"b"}}]})",
      [&items](const json& item) { items.push_back(item); });
  EXPECT_EQ(page.resource_version, "7");
  EXPECT_EQ(page.next, "more");
  EXPECT_THAT(items, ElementsAre(json::parse(R"({"metadata":{"name":"a"},"data":{"k":[{"v":1}]}})"),
                                 json::parse(R"({"metadata":{"name":"b"}})")));
}

TEST(DecodePage, RefusesWhatIsNoList) {
  for (const char* text : {"", "[]", "{}", R"({"items":[)", R"({"kind":"Status"})"})
    EXPECT_THROW(decode_page(text, [](const json&) {}), Error) << text;
}

TEST(DecodePage, AnEmptyListIsOne) {
  EXPECT_EQ(decode_page(R"({"items":[],"metadata":{"resourceVersion":"1"}})", [](const json&) {})
                .resource_version,
            "1");
  EXPECT_NO_THROW(decode_page(R"({"items":null})", [](const json&) {}));
}

TEST(KeyOf, NamesAnObject) {
  EXPECT_EQ(key_of(json::parse(R"({"metadata":{"namespace":"n","name":"a"}})")),
            (ObjectKey{"n", "a"}));
  EXPECT_EQ(key_of(json::parse(R"({"metadata":{"name":"a"}})")), (ObjectKey{"", "a"}));
  for (const char* odd : {"1", "{}", R"({"metadata":1})", R"({"metadata":{"name":1}})"})
    EXPECT_THROW(key_of(json::parse(odd)), Error) << odd;
}

TEST(Path, LeadsToWhatIsNamed) {
  EXPECT_EQ(collection_path(kPods, ""), "/api/v1/pods");
  EXPECT_EQ(collection_path(kDeployments, "a b"), "/apis/apps/v1/namespaces/a%20b/deployments");
  EXPECT_EQ(object_path(kDeployments, {"n", "d", "scale"}),
            "/apis/apps/v1/namespaces/n/deployments/d/scale");
  EXPECT_EQ(object_path(kConfigMaps, {"n", "../x"}), "/api/v1/namespaces/n/configmaps/..%2Fx");
  for (const char* odd : {"", ".", ".."}) EXPECT_THROW(object_path(kPods, {"n", odd}), Error);
}

}  // namespace
}  // namespace sluice::kube
