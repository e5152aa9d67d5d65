// The operator's two doors: HTTPS for the API server's admission calls, plain HTTP for health and
// metrics. HTTP/1.1 with keep-alive, TLS 1.2 and newer, one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "webhook/http.h"

namespace sluice::webhook {

struct ServerOptions {
  // An address in digits; empty: every address, IPv6 too where the host has it.
  std::string bind_address = {};
  uint16_t tls_port = 0;  // 0: any that is free
  uint16_t plain_port = 0;
  // From the first byte of a request to its last, the same for an answer and a TLS handshake.
  std::chrono::milliseconds exchange_timeout{10'000};
  std::chrono::milliseconds idle_timeout{60'000};  // between two requests of a connection
  size_t connections = 256;  // at each door; one more is accepted and closed at once
  // An update carries a Deployment twice, and etcd takes objects of 1.5 MB.
  size_t tls_body_bytes = 4U << 20U;
  size_t plain_body_bytes = 64U << 10U;
  // Of all requests being received; what comes on top gets 503.
  size_t total_body_bytes = 64U << 20U;
};

// Owns its thread from start() to stop(). Handlers run on that thread and so never at the same
// time; one that throws is answered with 500 and logged. A request that breaks a limit is answered
// with 413, 431, 400 or 503, and its connection closed. Ignores SIGPIPE for the process.
class Server {
 public:
  Server(ServerOptions options, Handler tls, Handler plain);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens. Throws base::Error{Failed, "ListenFailed"}. Call it once.
  void start();
  // Cuts every connection and joins the thread; it waits for a handler that runs. May be repeated.
  void stop();

  // For connections from now on; those that stand keep theirs. Until the first call the TLS door
  // closes every connection. PEM, the server's certificate first. Throws base::Error{Invalid,
  // "BadCertificate"} and then keeps the former. Thread safe, before start() too.
  void set_certificate(const std::string& chain, const std::string& key);

  // Where it listens, after start().
  uint16_t tls_port() const;
  uint16_t plain_port() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::webhook
