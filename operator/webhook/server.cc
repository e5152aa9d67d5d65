#include "webhook/server.h"

#include <utility>  // awaitable.hpp needs it and does not include it

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/logging.h"
#include "webhook/door.h"
#include "webhook/messages.h"
#include "webhook/tls_context.h"

namespace sluice::webhook {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using beast::error_code;
using TlsStream = ssl::stream<beast::tcp_stream>;

constexpr uint32_t kHeaderBytes = 16U << 10U;
constexpr size_t kBufferBytes = 64U << 10U;
constexpr size_t kPieceBytes = 4096;
constexpr auto kPauseAfterFailedAccept = std::chrono::milliseconds(50);

// Sockets report their errors as codes, so this is memory that ran out, and costs one connection.
void report_failure(std::exception_ptr failure) {
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    base::log(base::Level::Error, "the webhook's server goes on after an error",
              {{"error", error.what()}});
  }
}

}  // namespace

class Server::State {
 public:
  State(ServerOptions options, Handler tls, Handler plain)
      : options_(std::move(options)),
        tls_(io_, "tls", options_.tls_body_bytes, std::move(tls)),
        plain_(io_, "plain", options_.plain_body_bytes, std::move(plain)) {}

  void start() {
    std::signal(SIGPIPE, SIG_IGN);
    tls_.acceptor = listen(io_, options_.bind_address, options_.tls_port);
    plain_.acceptor = listen(io_, options_.bind_address, options_.plain_port);
    tls_port = tls_.acceptor.local_endpoint().port();
    plain_port = plain_.acceptor.local_endpoint().port();
    asio::co_spawn(io_, keep_accepting(tls_), report_failure);
    asio::co_spawn(io_, keep_accepting(plain_), report_failure);
    thread_ = std::thread([this] { run(); });
  }

  // Every coroutine waits for a socket or a timer; with those closed all of them end, and then
  // run() does.
  void stop() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] {
      stopping_ = true;
      tls_.close();
      plain_.close();
    });
    thread_.join();
  }

  void set_context(std::shared_ptr<ssl::context> context) {
    const std::lock_guard lock(context_mutex_);
    context_ = std::move(context);
  }

  uint16_t tls_port = 0;
  uint16_t plain_port = 0;

 private:
  void run() {
    for (;;) try {
        io_.run();
        return;
      } catch (const std::exception&) {
        report_failure(std::current_exception());
      }
  }

  asio::awaitable<void> keep_accepting(Door& door) {
    while (!stopping_) try {
        co_await accept(door);
      } catch (const std::exception&) {
        report_failure(std::current_exception());
      }
  }

  asio::awaitable<void> accept(Door& door) {
    while (!stopping_) {
      error_code error;
      tcp::socket socket =
          co_await door.acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (stopping_) break;
      if (error) {
        // Out of descriptors, most likely: the connection stays in the queue, so do not spin.
        door.pause.expires_after(kPauseAfterFailedAccept);
        co_await door.pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      if (!door.has_room(options_.connections)) continue;
      socket.set_option(tcp::no_delay(true), error);
      if (&door == &tls_)
        asio::co_spawn(io_, serve_tls(std::move(socket)), report_failure);
      else
        asio::co_spawn(io_, serve_plain(std::move(socket)), report_failure);
    }
  }

  asio::awaitable<void> serve_plain(tcp::socket socket) {
    beast::tcp_stream stream(std::move(socket));
    const Registered registered(plain_, stream);
    if (stopping_) co_return;
    co_await converse(stream, stream, plain_);
    co_await linger(stream);
  }

  asio::awaitable<void> serve_tls(tcp::socket socket) {
    const std::shared_ptr<ssl::context> context = current_context();
    if (context == nullptr || stopping_) co_return;
    TlsStream stream(std::move(socket), *context);
    beast::tcp_stream& tcp = stream.next_layer();
    const Registered registered(tls_, tcp);
    error_code error;
    tcp.expires_after(options_.exchange_timeout);
    co_await stream.async_handshake(ssl::stream_base::server,
                                    asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    co_await converse(stream, tcp, tls_);
    tcp.expires_after(options_.exchange_timeout);
    co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
    co_await linger(tcp);
  }

  std::shared_ptr<ssl::context> current_context() {
    const std::lock_guard lock(context_mutex_);
    return context_;
  }

  // Requests and answers until either side has enough.
  template <class Stream>
  asio::awaitable<void> converse(Stream& stream, beast::tcp_stream& tcp, Door& door) {
    beast::flat_buffer buffer(kBufferBytes);
    auto patience = options_.exchange_timeout;
    bool goes_on = true;
    while (goes_on) {
      if (buffer.size() == 0) {
        error_code error;
        buffer.shrink_to_fit();
        tcp.expires_after(patience);
        buffer.commit(co_await stream.async_read_some(
            buffer.prepare(kPieceBytes), asio::redirect_error(asio::use_awaitable, error)));
        if (error) co_return;
      }
      patience = options_.idle_timeout;
      tcp.expires_after(options_.exchange_timeout);
      goes_on = co_await exchange(stream, tcp, buffer, door);
    }
  }

  // One request and its answer. False: the connection is of no more use.
  template <class Stream>
  asio::awaitable<bool> exchange(Stream& stream, beast::tcp_stream& tcp, beast::flat_buffer& buffer,
                                 Door& door) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(kHeaderBytes);
    parser.body_limit(door.body_bytes);
    Share share(body_bytes_, options_.total_body_bytes);
    error_code error;
    unsigned refused = 0;
    co_await http::async_read_header(stream, buffer, parser,
                                     asio::redirect_error(asio::use_awaitable, error));
    parser.eager(true);
    while (!error && refused == 0 && !parser.is_done()) {
      co_await http::async_read_some(stream, buffer, parser,
                                     asio::redirect_error(asio::use_awaitable, error));
      if (!share.grow_to(parser.get().body().size())) refused = 503;
    }
    if (error) {
      refused = refusal(error);
      if (refused == 0) co_return false;
    }

    HttpResponse response =
        refused != 0 ? refuse(refused) : answer(parser.release(), door.handler, door.name);
    tcp.expires_after(options_.exchange_timeout);
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
    co_return !error && response.keep_alive();
  }

  // Closing a socket with unread bytes resets the connection and may take the answer away from the
  // client; so what still comes is read, for a while.
  asio::awaitable<void> linger(beast::tcp_stream& tcp) {
    error_code error;
    tcp.expires_after(options_.exchange_timeout);
    tcp.socket().shutdown(tcp::socket::shutdown_send, error);
    std::array<char, kPieceBytes> piece{};
    while (!error)
      co_await tcp.async_read_some(asio::buffer(piece),
                                   asio::redirect_error(asio::use_awaitable, error));
  }

  const ServerOptions options_;
  asio::io_context io_{1};
  Door tls_;
  Door plain_;
  bool stopping_ = false;  // as everything above, only touched by the thread once it runs
  size_t body_bytes_ = 0;
  std::mutex context_mutex_;
  std::shared_ptr<ssl::context> context_;
  std::thread thread_;
};

Server::Server(ServerOptions options, Handler tls, Handler plain)
    : state_(std::make_unique<State>(std::move(options), std::move(tls), std::move(plain))) {}

Server::~Server() { stop(); }

void Server::start() { state_->start(); }

void Server::stop() { state_->stop(); }

void Server::set_certificate(const std::string& chain, const std::string& key) {
  state_->set_context(make_tls_context(chain, key));
}

uint16_t Server::tls_port() const { return state_->tls_port; }

uint16_t Server::plain_port() const { return state_->plain_port; }

}  // namespace sluice::webhook
