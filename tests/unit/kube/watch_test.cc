#include "kube/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/kube/api_script.h"

namespace sluice::kube {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::answer;
using testing::ApiScript;
using testing::Asked;
using testing::bookmark;
using ::testing::ElementsAre;
using testing::event;
using testing::Exchange;
using testing::expired_event;
using ::testing::HasSubstr;
using testing::Journal;
using testing::page;
using testing::Step;
using testing::stream;
using Lines = std::vector<std::string>;

std::string name_of(const json& object) { return object.at("metadata").at("name"); }

WatchSink written_to(Journal& journal) {
  return {[&journal] { journal.write("begin"); },
          [&journal](const json& object) { journal.write("listed " + name_of(object)); },
          [&journal] { journal.write("end"); },
          [&journal](const json& object) { journal.write("changed " + name_of(object)); },
          [&journal](const json& object) { journal.write("deleted " + name_of(object)); }};
}

const Collection kCollection{kConfigMaps, "n", "a=b"};

TEST(Watch, ListsThenTellsChanges) {
  Journal told;
  ApiScript api(
      {answer(200, page({{"a", 1}}, 5)), stream(event("ADDED", "b", 6) + event("MODIFIED", "a", 7) +
                                                    bookmark(8) + event("DELETED", "b", 9),
                                                &Exchange::fall_silent)});
  const Watch watch(api.client(), kCollection, written_to(told), api.options());
  EXPECT_THAT(told.wait_for(6),
              ElementsAre("begin", "listed a", "end", "changed b", "changed a", "deleted b"));
  EXPECT_THAT(api.requests().wait_for(2), ElementsAre("list", "watch 5"));
}

TEST(Watch, AsksForBookmarksAnEndAndTheSameSelection) {
  Journal told;
  Journal targets;
  ApiScript api({answer(200, page({}, 5)), [&targets](const Asked& asked, Exchange& exchange) {
                   targets.write(asked.target);
                   exchange.respond(200, "");
                 }});
  const Watch watch(api.client(), kCollection, written_to(told), api.options());
  EXPECT_THAT(targets.wait_for(1).at(0),
              ::testing::MatchesRegex("/api/v1/namespaces/n/configmaps\\?watch=true&"
                                      "allowWatchBookmarks=true&timeoutSeconds=3[0-6][0-9]&"
                                      "resourceVersion=5&labelSelector=a%3Db"));
}

// How a first stream ends, having said `bytes`, and what is asked then.
struct Ending {
  const char* what;
  Step first;
  Lines then;
};

TEST(Watch, GoesOnWhereItStoppedOrListsAgain) {
  const std::string heard = event("ADDED", "b", 6) + bookmark(8);
  const std::vector<Ending> endings{
      {"end", stream(heard, &Exchange::end), {"watch 8"}},
      {"end without a word", stream("", &Exchange::end), {"watch 5"}},
      {"cut", stream(heard, &Exchange::cut), {"watch 8"}},
      {"cut in the middle of an event",
       stream(heard + event("ADDED", "c", 9).substr(0, 20), &Exchange::reset),
       {"watch 8"}},
      {"silence with the socket open", stream(heard, &Exchange::fall_silent), {"watch 8"}},
      {"silence without an answer",
       [](const Asked&, Exchange& exchange) { exchange.fall_silent(); },
       {"watch 5"}},
      {"no answer", [](const Asked&, Exchange& exchange) { exchange.reset(); }, {"watch 5"}},
      {"500", answer(500, "oops"), {"watch 5"}},
      {"429", answer(429, "later"), {"watch 5"}},
      {"410", answer(410, "old"), {"list", "watch 15"}},
      {"403", answer(403, "no"), {"list", "watch 15"}},
      {"an ERROR event",
       stream(heard + expired_event(), &Exchange::fall_silent),
       {"list", "watch 15"}},
      {"garbage", stream(heard + "<html>\n", &Exchange::fall_silent), {"list", "watch 15"}},
      {"an event without a version",
       stream(R"({"type":"ADDED","object":{}})"
              "\n",
              &Exchange::fall_silent),
       {"list", "watch 15"}},
  };
  for (const Ending& ending : endings) {
    Journal told;
    ApiScript api({answer(200, page({{"a", 1}}, 5)), ending.first,
                   ending.then.size() == 1 ? Step() : answer(200, page({{"a", 1}}, 15))},
                  {.stream_silence = milliseconds(60)});
    const Watch watch(api.client(), kCollection, written_to(told), api.options());
    Lines expected{"list", "watch 5"};
    expected.insert(expected.end(), ending.then.begin(), ending.then.end());
    Lines asked = api.requests().wait_for(expected.size());
    asked.resize(std::min(asked.size(), expected.size()));
    EXPECT_EQ(asked, expected) << ending.what;
    EXPECT_GE(api.pauses().wait_for(1).size(), 1U) << ending.what;
  }
}

TEST(Watch, AnEventInPiecesIsOne) {
  Journal told;
  ApiScript api({answer(200, page({}, 5)), [](const Asked&, Exchange& exchange) {
                   exchange.begin();
                   exchange.chunk_in_pieces(event("ADDED", "b", 6), 3);
                   const std::string more = event("ADDED", "c", 7);
                   exchange.chunk(more.substr(0, 11));
                   exchange.chunk(more.substr(11));
                   exchange.fall_silent();
                 }});
  const Watch watch(api.client(), kCollection, written_to(told), api.options());
  EXPECT_THAT(told.wait_for(4), ElementsAre("begin", "end", "changed b", "changed c"));
}

TEST(Watch, AListThatStartsOverSaysSo) {
  Journal told;
  ApiScript api({answer(200, page({{"a", 1}}, 5, "2")), answer(410, "expired"),
                 answer(200, page({{"b", 1}}, 6))});
  const Watch watch(api.client(), kCollection, written_to(told), api.options());
  EXPECT_THAT(told.wait_for(5), ElementsAre("begin", "listed a", "begin", "listed b", "end"));
}

TEST(Watch, PausesGrowWithJitterToABound) {
  Journal told;
  ApiScript api(std::vector<Step>(12, answer(500, "oops")));
  const Watch watch(api.client(), kCollection, written_to(told), api.options());
  const Lines pauses = api.pauses().wait_for(12);
  ASSERT_GE(pauses.size(), 12U);
  int64_t least = 100;
  for (size_t i = 0; i < 12; ++i, least = std::min<int64_t>(2 * least, 30000)) {
    EXPECT_GE(std::stol(pauses[i]), least);
    EXPECT_LE(std::stol(pauses[i]), std::min<int64_t>(2 * least, 30000));
  }
}

TEST(Watch, PausesAreShortAgainOnlyAfterAnEvent) {
  Journal told;
  ApiScript api({answer(500, ""), answer(500, ""), answer(200, page({}, 5)),
                 stream("", &Exchange::end), stream(bookmark(6), &Exchange::end)});
  const Watch watch(api.client(), kCollection, written_to(told), api.options());
  const Lines pauses = api.pauses().wait_for(4);
  ASSERT_GE(pauses.size(), 4U);
  EXPECT_GE(std::stol(pauses[2]), 400) << "a list and an empty stream are no event";
  EXPECT_LE(std::stol(pauses[3]), 200);
}

TEST(Watch, PausesAsLongAsTheServerAsks) {
  Journal told;
  ApiScript api({answer(200, page({}, 5)), [](const Asked&, Exchange& exchange) {
                   exchange.respond(429, "", "Retry-After: 9\r\n");
                 }});
  const Watch watch(api.client(), kCollection, written_to(told), api.options());
  EXPECT_THAT(api.pauses().wait_for(1), ElementsAre("9000"));
}

TEST(Watch, AReceiverThatThrowsMissesOnlyThatCall) {
  Journal told;
  ApiScript api({answer(200, page({}, 5)),
                 stream(event("ADDED", "a", 6) + event("ADDED", "b", 7), &Exchange::fall_silent)});
  WatchSink sink = written_to(told);
  sink.changed = [&told](const json& object) {
    if (name_of(object) == "a") throw std::runtime_error("bad");
    told.write("changed " + name_of(object));
  };
  const Watch watch(api.client(), kCollection, sink, api.options());
  EXPECT_THAT(told.wait_for(3), ElementsAre("begin", "end", "changed b"));
}

// The time that the destructor takes, at worst.
template <class Ready>
milliseconds time_to_stop(ApiScript& api, const WatchOptions& options, Ready ready) {
  Journal told;
  auto watch = std::make_unique<Watch>(api.client(), kCollection, written_to(told), options);
  ready();
  const auto begin = std::chrono::steady_clock::now();
  watch.reset();
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
}

TEST(Watch, StopsAtOnceWhateverItWaitsFor) {
  const auto silent = [](const Asked&, Exchange& exchange) { exchange.fall_silent(); };
  {
    ApiScript api({answer(200, page({}, 5))});
    EXPECT_LT(time_to_stop(api, {}, [&] { api.requests().wait_for(2); }), std::chrono::seconds(30));
  }
  {
    ApiScript api({silent});
    EXPECT_LT(time_to_stop(api, {}, [&] { api.requests().wait_for(1); }), std::chrono::seconds(30));
  }
  {
    ApiScript api({});
    const WatchOptions patient{.least_pause = milliseconds(60000),
                               .most_pause = milliseconds(60000)};
    EXPECT_LT(time_to_stop(api, patient, [&] { api.requests().wait_for(1); }),
              std::chrono::seconds(30));
  }
}

}  // namespace
}  // namespace sluice::kube
