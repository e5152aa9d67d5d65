#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <semaphore>
#include <thread>

#include "kube/transport.h"
#include "tests/unit/kube/authority.h"
#include "tests/unit/kube/http_imposter.h"

namespace sluice::kube {
namespace {

using std::chrono::milliseconds;
using testing::Asked;
using testing::Exchange;
using testing::HttpImposter;

std::shared_ptr<Transport> to(const HttpImposter& server, TransportOptions options = {}) {
  Config config;
  config.server = server.url();
  return make_transport(config, options);
}

StreamOutcome collect(Transport& transport, std::string& text) {
  return transport.stream({"GET", "/"}, [&text](std::string_view piece) { text += piece; });
}

TEST(Stream, DeliversPiecesAndItsEnd) {
  HttpImposter server([](const Asked&, Exchange& exchange) {
    exchange.begin();
    exchange.chunk("one ");
    exchange.chunk_in_pieces("two three", 1);
    exchange.end();
  });
  std::string text;
  EXPECT_EQ(collect(*to(server), text).end, StreamEnd::Complete);
  EXPECT_EQ(text, "one two three");
}

TEST(Stream, DeliversEachPieceWhenItArrivesOnTheCallersThread) {
  std::binary_semaphore seen(0);
  HttpImposter server([&seen](const Asked&, Exchange& exchange) {
    exchange.begin();
    for (const char* piece : {"a", "b"}) {
      exchange.chunk(piece);
      seen.acquire();
    }
    exchange.end();
  });
  const auto caller = std::this_thread::get_id();
  std::string text;
  const auto outcome = to(server)->stream({"GET", "/"}, [&](std::string_view piece) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    text += piece;
    seen.release();
  });
  EXPECT_EQ(outcome.end, StreamEnd::Complete);
  EXPECT_EQ(text, "ab");
}

TEST(Stream, ACutIsLost) {
  for (const bool hard : {false, true}) {
    HttpImposter server([hard](const Asked&, Exchange& exchange) {
      exchange.begin();
      exchange.chunk("begun");
      exchange.raw("5\r\nha");
      hard ? exchange.reset() : exchange.cut();
    });
    std::string text;
    EXPECT_EQ(collect(*to(server), text).end, StreamEnd::Lost);
  }
}

TEST(Stream, SilenceEndsIt) {
  HttpImposter server([](const Asked&, Exchange& exchange) {
    exchange.begin();
    exchange.chunk("begun");
    exchange.fall_silent();
  });
  std::string text;
  EXPECT_EQ(collect(*to(server, {.stream_silence = milliseconds(50)}), text).end,
            StreamEnd::Silent);
  EXPECT_EQ(text, "begun");
}

TEST(Stream, ARefusalIsNoContent) {
  HttpImposter server([](const Asked&, Exchange& exchange) {
    exchange.respond(410, "too old", "Retry-After: 3\r\n");
  });
  std::string text;
  const StreamOutcome outcome = collect(*to(server), text);
  EXPECT_EQ(outcome.end, StreamEnd::Refused);
  EXPECT_EQ(outcome.refusal.status, 410);
  EXPECT_EQ(outcome.refusal.body, "too old");
  EXPECT_EQ(outcome.refusal.retry_after, std::chrono::seconds(3));
  EXPECT_EQ(text, "");
}

TEST(Stream, ARefusalIsBounded) {
  HttpImposter server(
      [](const Asked&, Exchange& exchange) { exchange.respond(500, std::string(1000000, 'x')); });
  std::string text;
  EXPECT_LE(collect(*to(server), text).refusal.body.size(), 65536U);
}

TEST(Stream, AStopEndsItFromAnotherThread) {
  std::stop_source stop;
  HttpImposter server([&stop](const Asked&, Exchange& exchange) {
    exchange.begin();
    stop.request_stop();
    exchange.fall_silent();
  });
  const auto outcome = to(server)->stream(
      {.method = "GET", .path_and_query = "/", .stop = stop.get_token()}, [](std::string_view) {});
  EXPECT_EQ(outcome.end, StreamEnd::Stopped);
}

TEST(Stream, WhatTheReceiverThrowsComesOut) {
  HttpImposter server([](const Asked&, Exchange& exchange) {
    exchange.begin();
    exchange.chunk("x");
    exchange.fall_silent();
  });
  int calls = 0;
  EXPECT_THROW(to(server)->stream({"GET", "/"},
                                  [&calls](std::string_view) {
                                    ++calls;
                                    throw std::runtime_error("enough");
                                  }),
               std::runtime_error);
  EXPECT_EQ(calls, 1);
}

TEST(Stream, ReadsNoFurtherThanItsReceiver) {
  constexpr int64_t kPiece = 1 << 20;
  std::atomic<int64_t> sent{0};
  HttpImposter server([&sent](const Asked&, Exchange& exchange) {
    exchange.begin();
    const std::string piece(kPiece, 'x');
    for (int i = 0; i < 64; ++i) {
      exchange.chunk(piece);
      ++sent;
    }
    exchange.end();
  });
  int64_t received = 0;
  int64_t most_ahead = 0;
  EXPECT_EQ(to(server)
                ->stream({"GET", "/"},
                         [&](std::string_view piece) {
                           received += static_cast<int64_t>(piece.size());
                           most_ahead = std::max(most_ahead, sent - received / kPiece);
                         })
                .end,
            StreamEnd::Complete);
  EXPECT_EQ(received, 64 * kPiece);
  EXPECT_LT(most_ahead, 32) << "what the sockets hold, and a piece or two";
}

TEST(Stream, ATlsFailureIsAnEndNotAnException) {
  const testing::Authority authority;
  const testing::Identity identity = authority.issue("localhost");
  HttpImposter server([](const Asked&, Exchange&) {}, {identity.certificate, identity.key, ""});
  Config config;
  config.server = server.url();
  config.ca.text = testing::Authority().certificate();
  std::string text;
  const StreamOutcome outcome = collect(*make_transport(config), text);
  EXPECT_EQ(outcome.end, StreamEnd::Lost);
  EXPECT_THAT(outcome.detail, ::testing::HasSubstr("certificate verify failed"));
}

}  // namespace
}  // namespace sluice::kube
