// HTTP to the API server. The one place that knows which library speaks it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kube/config.h"

namespace sluice::kube {

struct Request {
  std::string method;          // "GET", "POST", "PATCH" …
  std::string path_and_query;  // begins with a slash, percent-encoded
  std::string body = {};
  std::string content_type = "application/json";
};

struct Response {
  int status = 0;
  std::string body;
  std::optional<std::chrono::seconds> retry_after;
};

// Ends a stream from another thread. May be used before the stream begins.
class Cancellation {
 public:
  Cancellation();
  ~Cancellation();
  void cancel();
  bool cancelled() const;

  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

// Thread safe. Errors, as base::Error: Transient "ApiServerUnreachable" when nothing was sent or a
// read failed; InDoubt "AnswerLost" when a write was sent and its answer did not come.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Response send(const Request& request) = 0;
  // Feeds the body of a successful answer to `bytes` piece by piece, on a thread of the transport,
  // until it ends, falls silent for 150 s, or is cancelled; returns when no more pieces will come.
  // The body of another answer is in the response. Throws Transient when the connection fails.
  virtual Response stream(const Request& request,
                          const std::function<void(std::string_view)>& bytes,
                          Cancellation& cancellation) = 0;
};

std::shared_ptr<Transport> make_transport(const Config& config);

// Few threads carry all I/O. Call once, before the first transport is made.
void start_io_threads();

}  // namespace sluice::kube
