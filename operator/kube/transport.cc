#include "kube/transport.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

// cpprestsdk and what it includes do not compile under this project's warnings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <cpprest/http_client.h>
#include <openssl/err.h>
#include <pplx/threadpool.h>
#pragma GCC diagnostic pop

#include "base/error.h"
#include "kube/credentials.h"
#include "kube/sink.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;

constexpr size_t kMaxRefusal = size_t{64} << 10U;  // bytes kept of a stream's refusal

// Why no answer came, or not all of it.
struct Failure {
  const char* reason;
  std::string text;
  bool sent = true;  // the request may have reached the server
};

// cpprestsdk's codes are taken at their word only where they were seen to be right; how far a
// request came shows only in its texts, which are frozen with it.
Failure from_http(const web::http::http_exception& error) {
  const std::string text = error.what();
  const auto at = [&text](std::string_view phase) { return text.find(phase) != std::string::npos; };
  if (at("SSL handshake")) {
    // The value is OpenSSL's own, whatever its category says.
    const char* why =
        ERR_reason_error_string(static_cast<unsigned long>(error.error_code().value()));
    return {"TlsFailed", why == nullptr ? text : text + ": " + why, false};
  }
  const bool unsent = at("Failed to connect") || at("Error resolving address");
  if (error.error_code().value() == ETIMEDOUT) return {"TimedOut", text, !unsent};
  return unsent ? Failure{"Unreachable", text, false} : Failure{"ConnectionLost", text, true};
}

struct Nothing {};

// The result of a task, or why there is none. Each task of the library ends here: one that nobody
// asks for its failure ends the process.
template <class T>
std::optional<T> await(const pplx::task<T>& task, Failure& failure) {
  try {
    return task.get();
  } catch (const web::http::http_exception& error) {
    failure = from_http(error);
  } catch (const boost::system::system_error& error) {
    failure = {"TlsFailed", error.what(), false};
  } catch (const pplx::task_canceled&) {
    failure = {"Stopped", "stopped"};
  } catch (const std::exception& error) {
    failure = {"ConnectionLost", error.what()};
  } catch (...) {
    failure = {"ConnectionLost", "an unknown failure"};
  }
  return std::nullopt;
}

// One request under way. The library's threads hold it too, until they are through with it.
struct Exchange {
  std::mutex mutex;
  std::condition_variable wake;
  int status = 0;  // 0: the answer has not begun
  std::optional<std::chrono::seconds> retry_after;
  bool ended = false;
  // A piece of the body that awaits its reader, and the library's wait for it.
  std::string piece;
  std::optional<pplx::task_completion_event<size_t>> read;

  void begin(const web::http::http_response& answer) {
    const std::lock_guard lock(mutex);
    status = answer.status_code();
    int seconds = 0;
    if (answer.headers().match("Retry-After", seconds) && seconds >= 0)
      retry_after = std::chrono::seconds(seconds);
    wake.notify_all();
  }

  pplx::task<size_t> offer(const char* data, size_t count) {
    const std::lock_guard lock(mutex);
    if (ended) return pplx::task_from_result(count);
    piece.assign(data, count);
    read.emplace();
    wake.notify_all();
    return pplx::create_task(*read);
  }

  void end() {
    const std::lock_guard lock(mutex);
    ended = true;
    wake.notify_all();
  }

  // The next piece, once the answer's status is known; false: it has ended. What comes when it is
  // unwanted is dropped, so that the library gets on to its end.
  bool next(std::string& taken) {
    pplx::task_completion_event<size_t> done;
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [this] { return ended || (status != 0 && read); });
      if (!read) return false;
      taken = std::exchange(piece, {});
      done = *std::exchange(read, std::nullopt);
    }
    done.set(taken.size());
    return true;
  }
};

class CpprestTransport : public Transport {
 public:
  CpprestTransport(Config config, TransportOptions options)
      : config_(std::move(config)),
        options_(options),
        credentials_(config_),
        client_(server(), settings(options_.request_silence)) {}

  Response send(const Request& request) override {
    Response response;
    bool too_large = false;
    const auto outcome = run(client_, request, [&](int, std::string_view piece) {
      too_large = too_large || piece.size() > options_.max_response - response.body.size();
      if (!too_large) response.body += piece;
      return !too_large;
    });
    const bool reads = request.method == "GET";
    const auto fail = [&](const Failure& failure) {
      const bool doubt = failure.sent && !reads;
      throw Error(
          doubt ? ErrorKind::InDoubt : ErrorKind::Transient, failure.reason,
          request.method + " " + config_.server + request.path_and_query + ": " + failure.text,
          failure.reason == std::string_view("TlsFailed")
              ? "check the cluster's certificate authority and the client certificate"
              : "");
    };
    if (too_large)
      fail({"ResponseTooLarge",
            "more than " + std::to_string(options_.max_response) + " bytes of answer"});
    if (outcome.failure) fail(*outcome.failure);
    response.status = outcome.status;
    response.retry_after = outcome.retry_after;
    return response;
  }

  StreamOutcome stream(const Request& request,
                       const std::function<void(std::string_view)>& on_bytes) override {
    // Of its own: it has another timeout, and a connection that was never used before.
    web::http::client::http_client client(server(), settings(options_.stream_silence));
    StreamOutcome result;
    std::exception_ptr thrown;
    Ended ended;
    try {
      ended = run(client, request, [&](int status, std::string_view piece) {
        if (status != 200) {
          result.refusal.body += piece.substr(0, kMaxRefusal - result.refusal.body.size());
          return true;
        }
        try {
          on_bytes(piece);
        } catch (...) {
          thrown = std::current_exception();
        }
        return thrown == nullptr;
      });
    } catch (const Error& error) {
      result.detail = error.what();
      return result;
    }
    if (thrown) std::rethrow_exception(thrown);
    if (request.stop.stop_requested()) {
      result.end = StreamEnd::Stopped;
    } else if (ended.status != 0 && ended.status != 200) {
      result.end = StreamEnd::Refused;
      result.refusal.status = ended.status;
      result.refusal.retry_after = ended.retry_after;
      result.detail = "status " + std::to_string(ended.status);
    } else if (!ended.failure) {
      result.end = StreamEnd::Complete;
    } else {
      const bool silent = ended.failure->reason == std::string_view("TimedOut");
      result.end = silent ? StreamEnd::Silent : StreamEnd::Lost;
      result.detail = std::move(ended.failure->text);
    }
    return result;
  }

 private:
  struct Ended {
    int status = 0;
    std::optional<std::chrono::seconds> retry_after;
    std::optional<Failure> failure;
  };

  // Sends, gives each piece of the answer to `take` on this thread, and returns when the library is
  // through with the request. `take` returning false ends it.
  template <class Take>
  Ended run(web::http::client::http_client& client, const Request& request, const Take& take) {
    credentials_.refresh();
    const auto exchange = std::make_shared<Exchange>();
    pplx::cancellation_token_source cancel;
    web::http::http_request outgoing = to_library(request);
    outgoing.set_response_stream(
        concurrency::streams::streambuf<uint8_t>(std::make_shared<Sink>([exchange](const char* data,
                                                                                   size_t count) {
          return exchange->offer(data, count);
        })).create_ostream());
    const std::stop_callback on_stop(request.stop, [&cancel] { cancel.cancel(); });
    const pplx::task<web::http::http_response> answer =
        client.request(outgoing, cancel.get_token())
            .then(
                [exchange](const web::http::http_response& begun) {
                  exchange->begin(begun);
                  return begun.content_ready();
                },
                // Cancelled, it still waits for the library to let go of the request.
                pplx::cancellation_token::none());
    const pplx::task<Nothing> ended =
        answer.then([exchange](const pplx::task<web::http::http_response>&) {
          exchange->end();
          return Nothing{};
        });
    bool wanted = true;
    for (std::string piece; exchange->next(piece);) {
      if (wanted && !take(exchange->status, piece)) {
        wanted = false;
        cancel.cancel();
      }
    }
    Ended result;
    Failure failure{};
    await(ended, failure);
    if (!await(answer, failure)) result.failure = std::move(failure);
    if (request.stop.stop_requested() && result.failure)
      result.failure = {"Stopped", "stopped", result.failure->sent};
    result.status = exchange->status;
    result.retry_after = exchange->retry_after;
    return result;
  }

  web::uri server() const { return web::uri(config_.server); }

  web::http::client::http_client_config settings(milliseconds silence) {
    web::http::client::http_client_config settings;
    settings.set_timeout(silence);
    settings.set_validate_certificates(true);
    settings.set_max_redirects(0);  // a token is for one server
    settings.set_ssl_context_callback([this](boost::asio::ssl::context& context) {
      SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
      credentials_.install(context.native_handle());
    });
    return settings;
  }

  web::http::http_request to_library(const Request& request) const {
    web::http::http_request made(request.method);
    made.set_request_uri(web::uri(request.path_and_query));
    made.headers().add("Accept", "application/json");
    made.headers().add("User-Agent", "sluice-operator");
    // The library expects this name in the server's certificate.
    if (!config_.tls_server_name.empty()) made.headers().add("Host", config_.tls_server_name);
    if (const std::string token = credentials_.token(); !token.empty())
      made.headers().add("Authorization", "Bearer " + token);
    if (!request.body.empty()) {
      // As bytes: given a text, the library reads it through a stream of another type.
      made.set_body(std::vector<unsigned char>(request.body.begin(), request.body.end()));
      made.headers().set_content_type(request.content_type);
    }
    return made;
  }

  const Config config_;
  const TransportOptions options_;
  Credentials credentials_;
  web::http::client::http_client client_;
};

}  // namespace

std::shared_ptr<Transport> make_transport(Config config, TransportOptions options) {
  start_io_threads();
  try {
    return std::make_shared<CpprestTransport>(std::move(config), options);
  } catch (const web::uri_exception& error) {
    throw Error(ErrorKind::Invalid, "KubeConfigInvalid",
                std::string("the server's address: ") + error.what());
  }
}

void start_io_threads() {
  static std::once_flag once;
  std::call_once(once, [] { crossplat::threadpool::initialize_with_threads(4); });
}

}  // namespace sluice::kube
