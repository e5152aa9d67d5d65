#include "kube/transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/unit/kube/authority.h"
#include "tests/unit/kube/files.h"
#include "tests/unit/kube/http_imposter.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;
using testing::Asked;
using testing::Authority;
using testing::Directory;
using testing::Exchange;
using ::testing::HasSubstr;
using testing::HttpImposter;
using testing::Identity;
using ::testing::Not;

Error failure_of(Transport& transport, const Request& request) {
  try {
    const Response response = transport.send(request);
    ADD_FAILURE() << "answered " << response.status << " " << response.body;
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::Failed, "None", ""};
}

std::shared_ptr<Transport> to(const HttpImposter& server, TransportOptions options = {}) {
  Config config;
  config.server = server.url();
  return make_transport(config, options);
}

Request post() {
  return {.method = "POST", .path_and_query = "/x", .body = "{}", .content_type = "text/x"};
}

TEST(Transport, SendsAndReceives) {
  HttpImposter server([](const Asked& asked, Exchange& exchange) {
    exchange.respond(201, asked.method + asked.target + asked.body);
  });
  const Response response = to(server)->send({.method = "PATCH",
                                              .path_and_query = "/a%2Fb?c=d%3De",
                                              .body = "{}",
                                              .content_type = "application/json-patch+json"});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "PATCH/a%2Fb?c=d%3De{}");
  EXPECT_EQ(server.asked().at(0).headers.at("content-type"), "application/json-patch+json");
}

TEST(Transport, KeepsThePathOfTheServersAddress) {
  HttpImposter server([](const Asked&, Exchange& exchange) { exchange.respond(200, ""); });
  Config config;
  config.server = server.url() + "/clusters/one";
  make_transport(config)->send({.method = "GET", .path_and_query = "/api/v1/pods?limit=1"});
  EXPECT_EQ(server.asked().at(0).target, "/clusters/one/api/v1/pods?limit=1");
}

TEST(Transport, ReportsRetryAfter) {
  HttpImposter server([](const Asked& asked, Exchange& exchange) {
    exchange.respond(429, "{}",
                     asked.target == "/date" ? "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n"
                                             : "Retry-After: 7\r\n");
  });
  const auto transport = to(server);
  EXPECT_EQ(transport->send({"GET", "/"}).retry_after, std::chrono::seconds(7));
  EXPECT_EQ(transport->send({"GET", "/date"}).retry_after, std::nullopt);
}

TEST(Transport, DoesNotFollowARedirectWithItsToken) {
  HttpImposter server([](const Asked&, Exchange& exchange) {
    exchange.respond(307, "", "Location: http://127.0.0.1:1/\r\n");
  });
  EXPECT_EQ(to(server)->send({"GET", "/"}).status, 307);
}

TEST(Transport, AWriteWhoseAnswerIsLostIsInDoubtAndAReadIsNot) {
  HttpImposter server([](const Asked&, Exchange& exchange) { exchange.reset(); });
  const auto transport = to(server);
  EXPECT_EQ(failure_of(*transport, post()).kind(), ErrorKind::InDoubt);
  EXPECT_EQ(failure_of(*transport, {"GET", "/"}).kind(), ErrorKind::Transient);
}

TEST(Transport, AnAnswerCutInItsMiddleIsLost) {
  HttpImposter server([](const Asked&, Exchange& exchange) {
    exchange.raw("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\nhalf");
    exchange.cut();
  });
  const auto transport = to(server);
  EXPECT_EQ(failure_of(*transport, post()).kind(), ErrorKind::InDoubt);
  EXPECT_EQ(failure_of(*transport, {"GET", "/"}).reason(), "ConnectionLost");
}

TEST(Transport, AWriteOnAClosedKeptConnectionMayArriveTwice) {
  std::atomic<int> dropped{0};
  HttpImposter server([&dropped](const Asked& asked, Exchange& exchange) {
    if (asked.on_connection == 0) return exchange.respond(200, "");
    ++dropped;
    exchange.reset();
  });
  const auto transport = to(server);
  // A connection returns to those that are kept a moment after its answer.
  for (int i = 0; i < 1000 && dropped == 0; ++i) EXPECT_EQ(transport->send(post()).status, 200);
  EXPECT_GE(dropped, 1);
}

TEST(Transport, GarbageIsAFailure) {
  HttpImposter server([](const Asked&, Exchange& exchange) {
    exchange.raw("What do you want?\r\n\r\n");
    exchange.cut();
  });
  EXPECT_EQ(failure_of(*to(server), {"GET", "/"}).kind(), ErrorKind::Transient);
}

TEST(Transport, AServerThatIsNotThereIsNoDoubt) {
  uint16_t port = 0;
  {
    HttpImposter server([](const Asked&, Exchange&) {});
    port = server.port();
  }
  Config config;
  config.server = "http://127.0.0.1:" + std::to_string(port);
  const Error error = failure_of(*make_transport(config), post());
  EXPECT_EQ(error.kind(), ErrorKind::Transient);
  EXPECT_EQ(error.reason(), "Unreachable");
  EXPECT_THAT(error.message(), HasSubstr(config.server));
}

TEST(Transport, AnUnknownHostIsNoDoubt) {
  Config config;
  config.server = "http://no-such-host.invalid:1";
  const Error error = failure_of(*make_transport(config), post());
  EXPECT_EQ(error.kind(), ErrorKind::Transient) << error.what();
  EXPECT_EQ(error.reason(), "Unreachable");
}

TEST(Transport, SilenceEndsARequest) {
  HttpImposter server([](const Asked&, Exchange& exchange) { exchange.fall_silent(); });
  const auto transport = to(server, {.request_silence = milliseconds(50)});
  EXPECT_EQ(failure_of(*transport, {"GET", "/"}).reason(), "TimedOut");
  EXPECT_EQ(failure_of(*transport, post()).kind(), ErrorKind::InDoubt);
}

TEST(Transport, AStopEndsARequest) {
  std::stop_source stop;
  HttpImposter server([&stop](const Asked&, Exchange& exchange) {
    stop.request_stop();
    exchange.fall_silent();
  });
  const Request request{.method = "GET", .path_and_query = "/", .stop = stop.get_token()};
  const auto transport = to(server);
  EXPECT_EQ(failure_of(*transport, request).reason(), "Stopped");
  EXPECT_EQ(failure_of(*transport, request).reason(), "Stopped") << "stopped before it began";
}

TEST(Transport, AnswersAreBounded) {
  HttpImposter server([](const Asked& asked, Exchange& exchange) {
    exchange.respond(200, std::string(asked.target == "/large" ? 100001 : 100000, 'x'));
  });
  const auto transport = to(server, {.max_response = 100000});
  EXPECT_EQ(transport->send({"GET", "/"}).body.size(), 100000U);
  EXPECT_EQ(failure_of(*transport, {"GET", "/large"}).reason(), "ResponseTooLarge");
}

TEST(Transport, ManyThreadsShareIt) {
  HttpImposter server(
      [](const Asked& asked, Exchange& exchange) { exchange.respond(200, asked.target); });
  const auto transport = to(server);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&transport, i] {
      const std::string target = "/" + std::to_string(i);
      for (int n = 0; n < 20; ++n) EXPECT_EQ(transport->send({"GET", target}).body, target);
    });
}

class Tls : public ::testing::Test {
 protected:
  HttpImposter::Handler echo_ = [](const Asked& asked, Exchange& exchange) {
    const auto token = asked.headers.find("authorization");
    exchange.respond(200,
                     (token == asked.headers.end() ? "" : token->second) + "|" + asked.client_name,
                     "Connection: close\r\n");
  };
  Authority authority_;
  Identity identity_ = authority_.issue("localhost");
  HttpImposter server_{echo_, {identity_.certificate, identity_.key, authority_.certificate()}};

  Config config() const {
    Config config;
    config.server = server_.url();
    config.ca.text = authority_.certificate();
    return config;
  }
};

TEST_F(Tls, TrustsTheClustersAuthority) {
  EXPECT_EQ(make_transport(config())->send({"GET", "/"}).status, 200);
}

TEST_F(Tls, AWrongAuthorityIsTransientAndSaysWhy) {
  Config wrong = config();
  wrong.ca.text = Authority().certificate();
  const Error error = failure_of(*make_transport(wrong), post());
  EXPECT_EQ(error.kind(), ErrorKind::Transient);
  EXPECT_EQ(error.reason(), "TlsFailed");
  EXPECT_THAT(error.what(), HasSubstr("certificate verify failed"));
  EXPECT_THAT(error.what(), HasSubstr("certificate authority"));
  EXPECT_TRUE(server_.asked().empty());
}

TEST_F(Tls, AServerOfAnotherNameIsNotTrusted) {
  const Identity other = authority_.issue("elsewhere");
  HttpImposter server(echo_, {other.certificate, other.key, ""});
  Config config = this->config();
  config.server = server.url();
  EXPECT_EQ(failure_of(*make_transport(config), {"GET", "/"}).reason(), "TlsFailed");
  config.tls_server_name = "elsewhere";
  EXPECT_EQ(make_transport(config)->send({"GET", "/"}).status, 200);
}

TEST_F(Tls, ShowsItsCertificateAlsoARotatedOne) {
  const Directory files;
  const auto rotate = [&](const char* name) {
    const Identity client = authority_.issue(name);
    files.write("tls.crt", client.certificate);
    files.write("tls.key", client.key);
  };
  rotate("first");
  Config with = config();
  with.client_certificate.file = files.path() / "tls.crt";
  with.client_key.file = files.path() / "tls.key";
  const auto transport = make_transport(with);
  EXPECT_EQ(transport->send({"GET", "/"}).body, "|first");
  rotate("second");
  EXPECT_EQ(transport->send({"GET", "/"}).body, "|second");
  files.write("tls.crt", authority_.issue("third").certificate);
  EXPECT_EQ(transport->send({"GET", "/"}).body, "|second") << "a key of another certificate";
}

TEST_F(Tls, ReadsAReplacedAuthorityAndKeepsTheFormerUntilItCanBeRead) {
  const Directory files;
  Config with = config();
  with.ca.file = files.write("ca.crt", authority_.certificate());
  const auto transport = make_transport(with);
  EXPECT_EQ(transport->send({"GET", "/"}).status, 200);
  files.write("ca.crt", "half a certi");
  EXPECT_EQ(transport->send({"GET", "/"}).status, 200);
  files.write("ca.crt", Authority().certificate());
  EXPECT_EQ(failure_of(*transport, {"GET", "/"}).reason(), "TlsFailed");
}

TEST_F(Tls, NoReadableAuthorityNeverMeansTheSystems) {
  const Directory files;
  Config with = config();
  with.ca.file = files.write("ca.crt", "no certificate");
  const auto transport = make_transport(with);
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(failure_of(*transport, {"GET", "/"}).reason(), "CredentialsUnreadable");
}

TEST_F(Tls, ReadsARotatedToken) {
  const Directory files;
  Config with = config();
  with.token.file = files.write("token", "one\n");
  const auto transport = make_transport(with);
  EXPECT_EQ(transport->send({"GET", "/"}).body, "Bearer one|");
  files.write("token", "two\n");
  EXPECT_EQ(transport->send({"GET", "/"}).body, "Bearer two|");
  std::filesystem::remove(with.token.file);
  EXPECT_EQ(transport->send({"GET", "/"}).body, "Bearer two|");
}

TEST_F(Tls, ATokenThatWouldForgeAHeaderIsNotSentAndNotShown) {
  Config with = config();
  with.token.text = "canary\r\nX-Evil: 1";
  const Error error = failure_of(*make_transport(with), {"GET", "/"});
  EXPECT_EQ(error.reason(), "CredentialsUnreadable");
  EXPECT_THAT(error.what(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace sluice::kube
