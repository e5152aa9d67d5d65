#include "webhook/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "base/error.h"
#include "tests/unit/webhook/loopback.h"
#include "webhook/rotation.h"

namespace sluice::webhook {
namespace {

using std::chrono::milliseconds;
using testing::body;
using testing::Connection;
using testing::eventually;
using testing::get;
using ::testing::HasSubstr;
using testing::open_descriptors;
using testing::post;
using testing::status;

const std::vector<std::string> kNames = service_names("sluice-webhook", "sluice");
const std::string kHost = kNames[2];

Material make_material() { return renew({}, Action::RenewAll, kNames, base::now()); }

// A server on free ports that answers a plain request with its path, and a TLS one with the length
// of its body.
class ServerTest : public ::testing::Test {
 protected:
  ServerOptions options{.bind_address = "127.0.0.1"};
  Handler tls = [](const Request& request) {
    return Reply{.content_type = "application/json", .body = std::to_string(request.body.size())};
  };
  Handler plain = [](const Request& request) {
    if (request.path == "/throw") throw std::runtime_error("oops");
    if (request.path == "/refuse") throw base::Error(base::ErrorKind::Failed, "No", "no");
    if (request.path == "/ready") return Reply{.status = 503, .body = "not yet"};
    return Reply{.body = request.method + " " + request.path};
  };
  const Material material = make_material();
  std::unique_ptr<Server> server;

  void start() {
    server = std::make_unique<Server>(options, tls, plain);
    server->set_certificate(material.certificate, material.key);
    server->start();
  }

  std::string ask(const std::string& request) {
    Connection connection(server->plain_port());
    connection.send(request);
    return connection.receive();
  }

  std::string ask_tls(const std::string& request) {
    Connection connection(server->tls_port());
    if (!connection.secure(material.authorities, kHost)) return "no handshake";
    connection.send(request);
    return connection.receive();
  }

  void expect_serving() {
    EXPECT_EQ(status(ask(get("/"))), "200");
    EXPECT_EQ(body(ask_tls(post("/", "12345"))), "5");
  }
};

TEST_F(ServerTest, AnswersOnBothPorts) {
  start();
  EXPECT_EQ(body(ask(get("/healthz?verbose=1"))), "GET /healthz");
  EXPECT_EQ(status(ask(get("/ready"))), "503");
  const std::string answer = ask_tls(post("/mutate?timeout=10s", "12345"));
  EXPECT_EQ(body(answer), "5");
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/json"));
}

TEST_F(ServerTest, KeepsAConnectionForManyRequests) {
  start();
  Connection connection(server->tls_port());
  ASSERT_TRUE(connection.secure(material.authorities, kHost));
  for (size_t length : {0U, 1U, 100'000U, 3U}) {
    connection.send(post("/", std::string(length, 'x')));
    EXPECT_EQ(body(connection.receive()), std::to_string(length));
  }
}

TEST_F(ServerTest, AnswersRequestsThatComeInOnePiece) {
  start();
  Connection connection(server->plain_port());
  connection.send(get("/1") + get("/2"));
  EXPECT_EQ(body(connection.receive()), "GET /1");
  EXPECT_EQ(body(connection.receive()), "GET /2");
}

TEST_F(ServerTest, HeadHasALengthAndNoBody) {
  start();
  Connection connection(server->plain_port());
  connection.send("HEAD /x HTTP/1.1\r\n\r\n");
  EXPECT_THAT(connection.receive(false), HasSubstr("Content-Length: 7"));
  connection.send(get("/y"));
  EXPECT_EQ(body(connection.receive()), "GET /y");
}

TEST_F(ServerTest, ClosesWhenTheClientAsks) {
  start();
  Connection connection(server->plain_port());
  connection.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(status(connection.receive()), "200");
  EXPECT_TRUE(connection.is_closed());
}

TEST_F(ServerTest, AHandlerThatThrowsIsA500AndNoEnd) {
  start();
  Connection connection(server->plain_port());
  for (const char* path : {"/throw", "/refuse"}) {
    connection.send(get(path));
    const std::string answer = connection.receive();
    EXPECT_EQ(status(answer), "500");
    EXPECT_EQ(answer.find("oops"), std::string::npos);
  }
  expect_serving();
}

TEST_F(ServerTest, ABodyOverTheLimitIs413AndTheEnd) {
  options.plain_body_bytes = 1000;
  options.tls_body_bytes = 100'000;
  start();
  EXPECT_EQ(status(ask(post("/", std::string(1000, 'x')))), "200");
  Connection connection(server->plain_port());
  connection.send(post("/", std::string(1001, 'x')));
  EXPECT_EQ(status(connection.receive()), "413");
  EXPECT_TRUE(connection.is_closed());

  EXPECT_EQ(status(ask_tls(post("/", std::string(100'000, 'x')))), "200");
  Connection secure(server->tls_port());
  ASSERT_TRUE(secure.secure(material.authorities, kHost));
  secure.send(post("/", std::string(1'000'000, 'x')));
  EXPECT_EQ(status(secure.receive()), "413");
  EXPECT_TRUE(secure.is_closed());
}

TEST_F(ServerTest, AChunkedBodyOverTheLimitIs413) {
  options.plain_body_bytes = 1000;
  start();
  std::string request = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 5; ++i) request += "fa\r\n" + std::string(250, 'x') + "\r\n";
  EXPECT_EQ(status(ask(request)), "413");
}

TEST_F(ServerTest, HeadersOverTheLimitAre431) {
  start();
  EXPECT_EQ(status(ask("GET / HTTP/1.1\r\nNote: " + std::string(20'000, 'x') + "\r\n\r\n")), "431");
  EXPECT_EQ(status(ask("GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\n\r\n")), "431");
}

TEST_F(ServerTest, BodiesThatTogetherTakeTooMuchAre503) {
  options.total_body_bytes = 150'000;
  start();
  Connection slow(server->tls_port());
  ASSERT_TRUE(slow.secure(material.authorities, kHost));
  slow.send("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + std::string(99'999, 'x'));
  EXPECT_TRUE(
      eventually([&] { return status(ask_tls(post("/", std::string(100'000, 'x')))) == "503"; }));
  slow.send("x");
  EXPECT_EQ(status(slow.receive()), "200");
  EXPECT_EQ(status(ask_tls(post("/", std::string(100'000, 'x')))), "200");
}

TEST_F(ServerTest, GarbageIs400OrTheEnd) {
  start();
  for (const std::string& garbage :
       {std::string("\x16\x03\x01\x02 hello\r\n\r\n"), std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string(100, '\0'),
        std::string("POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")}) {
    Connection connection(server->plain_port());
    connection.send(garbage);
    const std::string got = status(connection.receive());
    EXPECT_TRUE(got == "400" || got == "413") << got << " for " << garbage;
    EXPECT_TRUE(connection.is_closed());
  }
  Connection tls_port(server->tls_port());
  tls_port.send(get("/") + std::string(10'000, 'x'));
  EXPECT_TRUE(tls_port.is_closed());
  expect_serving();
}

TEST_F(ServerTest, HalfARequestTimesOut) {
  options.exchange_timeout = milliseconds(50);
  start();
  for (const std::string& half :
       {std::string(), std::string("GET / HT"), std::string("GET / HTTP/1.1\r\nHost: x\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf")}) {
    Connection connection(server->plain_port());
    connection.send(half);
    EXPECT_TRUE(connection.is_closed()) << half;
    Connection handshake(server->tls_port());
    EXPECT_TRUE(handshake.is_closed());
  }
}

TEST_F(ServerTest, BytesThatDripDoNotExtendTheTime) {
  options.exchange_timeout = milliseconds(50);
  start();
  Connection connection(server->plain_port());
  connection.send("GET / HTTP/1.1\r\nNote: ");
  EXPECT_TRUE(eventually([&] { return !connection.send("x"); }));
}

TEST_F(ServerTest, AConnectionMayRestBetweenRequestsButNotForEver) {
  options.exchange_timeout = milliseconds(10'000);
  options.idle_timeout = milliseconds(50);
  start();
  Connection connection(server->plain_port());
  connection.send(get("/"));
  EXPECT_EQ(status(connection.receive()), "200");
  EXPECT_TRUE(connection.is_closed());
}

TEST_F(ServerTest, AClientThatDoesNotReadItsAnswerTimesOut) {
  options.exchange_timeout = milliseconds(50);
  std::atomic<bool> asked = false;
  plain = [&](const Request&) {
    asked = true;
    return Reply{.body = std::string(20'000'000, 'x')};
  };
  start();
  const size_t before = open_descriptors();
  Connection connection(server->plain_port());
  connection.send(get("/"));
  EXPECT_TRUE(eventually([&] { return asked && open_descriptors() == before + 1; }));
}

TEST_F(ServerTest, NoDescriptorIsLost) {
  options.exchange_timeout = milliseconds(2000);
  start();
  const size_t before = open_descriptors();
  expect_serving();
  for (int i = 0; i < 500; ++i) {
    Connection connection(i % 2 ? server->plain_port() : server->tls_port());
    if (i % 5 == 1) connection.send("GET / HT");
    if (i % 5 == 2) connection.send("\x16\x03\x01\x02\x00\x01garbage");
    if (i % 5 == 3) connection.close_write();
    if (i % 3 == 0) connection.reset();
  }
  for (int i = 0; i < 20; ++i) {
    Connection connection(server->tls_port());
    EXPECT_TRUE(connection.secure(material.authorities, kHost));
    if (i % 2) connection.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf");
    if (i % 3 == 0) connection.reset();
  }
  EXPECT_TRUE(eventually([&] { return open_descriptors() == before; })) << open_descriptors();
  expect_serving();
}

TEST_F(ServerTest, AFullDoorClosesNewConnectionsAndTheOtherDoorStaysOpen) {
  options.connections = 8;
  start();
  std::vector<std::unique_ptr<Connection>> crowd;
  for (size_t i = 0; i < options.connections; ++i) {
    crowd.push_back(std::make_unique<Connection>(server->plain_port()));
    crowd.back()->send(get("/"));
    ASSERT_EQ(status(crowd.back()->receive()), "200");
  }
  Connection one_more(server->plain_port());
  EXPECT_TRUE(one_more.is_closed());
  EXPECT_EQ(body(ask_tls(post("/", "12345"))), "5");
  crowd.clear();
  EXPECT_TRUE(eventually([&] { return status(ask(get("/"))) == "200"; }));
}

TEST_F(ServerTest, TlsIsVerifiable) {
  start();
  const Material other = make_material();
  for (const std::string& name : kNames)
    EXPECT_TRUE(Connection(server->tls_port()).secure(material.authorities, name)) << name;
  EXPECT_FALSE(Connection(server->tls_port()).secure(material.authorities, "other.sluice.svc"));
  EXPECT_FALSE(Connection(server->tls_port()).secure(other.authorities, kHost));
}

TEST_F(ServerTest, TlsIsAtLeast12) {
  start();
  EXPECT_TRUE(Connection(server->tls_port()).secure(material.authorities, kHost, TLS1_3_VERSION));
  EXPECT_TRUE(Connection(server->tls_port()).secure(material.authorities, kHost, TLS1_2_VERSION));
  EXPECT_FALSE(Connection(server->tls_port()).secure(material.authorities, kHost, TLS1_1_VERSION));
  EXPECT_FALSE(Connection(server->tls_port()).secure(material.authorities, kHost, TLS1_VERSION));
}

TEST_F(ServerTest, ANewCertificateIsForNewConnections) {
  start();
  Connection standing(server->tls_port());
  ASSERT_TRUE(standing.secure(material.authorities, kHost));
  const Material next = make_material();
  server->set_certificate(next.certificate, next.key);
  EXPECT_TRUE(Connection(server->tls_port()).secure(next.authorities, kHost));
  EXPECT_FALSE(Connection(server->tls_port()).secure(material.authorities, kHost));
  standing.send(post("/", "123"));
  EXPECT_EQ(body(standing.receive()), "3");
}

TEST_F(ServerTest, ACertificateThatDoesNotFitIsRefusedAndTheFormerStays) {
  start();
  const Material other = make_material();
  const std::pair<std::string, std::string> table[] = {{material.certificate, other.key},
                                                       {"garbage", material.key},
                                                       {material.certificate, ""},
                                                       {"", ""}};
  for (const auto& [chain, key] : table) {
    try {
      server->set_certificate(chain, key);
      ADD_FAILURE();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::Invalid);
      EXPECT_EQ(error.reason(), "BadCertificate");
    }
  }
  expect_serving();
}

TEST_F(ServerTest, WithoutACertificateTheTlsDoorClosesAndHealthAnswers) {
  server = std::make_unique<Server>(options, tls, plain);
  server->start();
  EXPECT_FALSE(Connection(server->tls_port()).secure(material.authorities, kHost));
  EXPECT_EQ(status(ask(get("/"))), "200");
}

TEST_F(ServerTest, CertificatesMayChangeWhileClientsConnect) {
  start();
  std::thread rotation([&] {
    for (int i = 0; i < 200; ++i) server->set_certificate(material.certificate, material.key);
  });
  for (int i = 0; i < 50; ++i) EXPECT_EQ(body(ask_tls(post("/", "12345"))), "5");
  rotation.join();
}

TEST_F(ServerTest, StopsWhileConnectionsStandOpen) {
  const size_t before = open_descriptors();
  start();
  {
    Connection silent(server->plain_port());
    Connection half(server->plain_port());
    half.send("GET / HT");
    Connection idle(server->tls_port());
    ASSERT_TRUE(idle.secure(material.authorities, kHost));
    idle.send(post("/", "123"));
    EXPECT_EQ(body(idle.receive()), "3");
    Connection shaking(server->tls_port());
    server->stop();
    server->stop();
    for (Connection* each : {&silent, &half, &idle, &shaking}) EXPECT_TRUE(each->is_closed());
    server.reset();
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(ServerTest, MayBeDroppedWithoutStart) {
  Server(options, tls, plain).stop();
  SUCCEED();
}

TEST_F(ServerTest, APortInUseIsAnError) {
  start();
  for (const bool tls_taken : {true, false}) {
    ServerOptions same = options;
    (tls_taken ? same.tls_port : same.plain_port) = server->plain_port();
    Server second(same, tls, plain);
    try {
      second.start();
      ADD_FAILURE();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reason(), "ListenFailed");
    }
  }
}

TEST_F(ServerTest, ListensOnEveryAddressByDefault) {
  options.bind_address.clear();
  start();
  expect_serving();
}

}  // namespace
}  // namespace sluice::webhook
