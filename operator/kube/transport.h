// HTTP to one API server. The library behind it shows nowhere but in transport.cc.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "kube/config.h"

namespace sluice::kube {

struct Request {
  std::string method;          // GET, POST …
  std::string path_and_query;  // percent-encoded, from the first slash
  std::string body = {};
  std::string content_type = {};
  std::stop_token stop = {};  // ends the request within milliseconds
};

struct Response {
  int status = 0;
  std::string body = {};
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
};

enum class StreamEnd {
  Complete,  // the server ended the body
  Lost,      // the connection could not be made, or broke
  Silent,    // nothing came for the time that a stream may be silent
  Stopped,   // as asked for
  Refused,   // the status was not 200
};

struct StreamOutcome {
  StreamEnd end = StreamEnd::Lost;
  Response refusal = {};    // of Refused
  std::string detail = {};  // of Lost, Silent and Refused: one line for the log
};

// Thread safe. Destroyed only when no call is under way.
class Transport {
 public:
  virtual ~Transport() = default;

  // Any answer, whatever its status. Throws base::Error: Transient when the request did not reach
  // the server or only reads (reasons Unreachable, TlsFailed, ConnectionLost, TimedOut, Stopped,
  // ResponseTooLarge, CredentialsUnreadable), InDoubt when a write may have been executed. A
  // request on a kept connection that the server has just closed is sent once more, writes
  // included, so that a write must be one that may arrive twice.
  virtual Response send(const Request& request) = 0;

  // Calls `on_bytes` on the calling thread with each piece of the body as it arrives, in order, and
  // reads no further until it returns; what it throws comes out after the connection has ended.
  virtual StreamOutcome stream(const Request& request,
                               const std::function<void(std::string_view)>& on_bytes) = 0;
};

struct TransportOptions {
  std::chrono::milliseconds request_silence{30000};
  std::chrono::milliseconds stream_silence{150000};  // API servers send a bookmark every minute
  size_t max_response = size_t{64} << 20U;           // bytes of an answer to send()
};

// Files named by the config are read again when they change. TLS is 1.2 or newer, and verified.
std::shared_ptr<Transport> make_transport(Config config, TransportOptions options = {});

// The threads on which all transports do their I/O: few, for each costs memory. Blocked signals are
// inherited. Called by make_transport unless it was called before; never ended.
void start_io_threads();

}  // namespace sluice::kube
