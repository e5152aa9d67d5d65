#include "webhook/server.h"

#include <utility>
// awaitable.hpp does not include <utility> itself.
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <typeinfo>
#include <unordered_set>

#include "base/error.h"
#include "base/logging.h"
#include "webhook/tls_context.h"

namespace sluice::webhook {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using beast::error_code;
using PlainStream = beast::tcp_stream;
using TlsStream = ssl::stream<beast::tcp_stream>;

constexpr uint32_t kHeaderBytes = 16U << 10U;
constexpr size_t kBufferBytes = 64U << 10U;
constexpr size_t kPieceBytes = 4096;
constexpr auto kPauseAfterFailedAccept = std::chrono::milliseconds(50);

// One listener and the connections that came through it.
struct Door {
  Door(asio::io_context& io, const char* door_name, size_t limit, Handler answers)
      : name(door_name), body_bytes(limit), handler(std::move(answers)), acceptor(io), pause(io) {}

  const char* name;
  size_t body_bytes;
  Handler handler;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::unordered_set<beast::tcp_stream*> open;
  bool reported_full = false;
};

// Keeps a connection where stop() finds it.
class Registered {
 public:
  Registered(Door& door, beast::tcp_stream& stream) : door_(door), stream_(&stream) {
    door_.open.insert(stream_);
  }
  ~Registered() { door_.open.erase(stream_); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

 private:
  Door& door_;
  beast::tcp_stream* stream_;
};

// A request's part of the bytes that all requests together may hold.
class Share {
 public:
  Share(size_t& used, size_t limit) : used_(used), limit_(limit) {}
  ~Share() { used_ -= own_; }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  bool grow_to(size_t bytes) {
    if (bytes > own_) {
      used_ += bytes - own_;
      own_ = bytes;
    }
    return used_ <= limit_;
  }

 private:
  size_t& used_;
  size_t limit_;
  size_t own_ = 0;
};

tcp::acceptor listen(asio::io_context& io, const std::string& address, uint16_t port) {
  const auto bind = [&](const tcp::endpoint& endpoint) {
    tcp::acceptor acceptor(io, endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    if (endpoint.address().is_v6() && address.empty())
      acceptor.set_option(asio::ip::v6_only(false));
    acceptor.bind(endpoint);
    acceptor.listen();
    return acceptor;
  };
  try {
    if (!address.empty()) return bind({asio::ip::make_address(address), port});
    try {
      return bind({tcp::v6(), port});
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::address_in_use) throw;
      return bind({tcp::v4(), port});
    }
  } catch (const boost::system::system_error& error) {
    throw base::Error(base::ErrorKind::Failed, "ListenFailed",
                      "cannot listen on " + (address.empty() ? "every address" : address) +
                          ", port " + std::to_string(port) + ": " + error.code().message());
  }
}

// What a client is told that sent no acceptable request; 0: nothing, it is gone or too slow.
unsigned refusal(const error_code& error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
  return error.category() == http::make_error_code(http::error::bad_method).category() ? 400 : 0;
}

std::string path_of(beast::string_view target) {
  return std::string(target.substr(0, target.find('?')));
}

Reply answer(const Door& door, const Request& request) {
  std::string error;
  try {
    return door.handler(request);
  } catch (const base::Error& thrown) {
    error = thrown.what();
  } catch (const std::exception& thrown) {
    // A library's message may quote the request.
    error = typeid(thrown).name();
  }
  base::log(base::Level::Error, "a request could not be answered",
            {{"door", door.name}, {"path", request.path}, {"error", error}});
  return {.status = 500, .body = "internal error\n"};
}

http::response<http::string_body> to_response(Reply reply, unsigned version, bool keep_alive) {
  http::response<http::string_body> response;
  response.version(version);
  response.result(reply.status);
  response.set(http::field::content_type, reply.content_type);
  response.body() = std::move(reply.body);
  response.keep_alive(keep_alive);
  response.prepare_payload();
  return response;
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
    asio::co_spawn(io_, accept(tls_), asio::detached);
    asio::co_spawn(io_, accept(plain_), asio::detached);
    thread_ = std::thread([this] { run(); });
  }

  // Every coroutine waits for a socket or a timer; with those closed all of them end, and then
  // run() does.
  void stop() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] {
      stopping_ = true;
      for (Door* door : {&tls_, &plain_}) {
        error_code ignored;
        door->acceptor.close(ignored);
        door->pause.cancel();
        for (beast::tcp_stream* stream : door->open) stream->close();
      }
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
    for (;;) {
      try {
        io_.run();
        return;
      } catch (const std::exception& error) {
        base::log(base::Level::Error, "the webhook's server goes on after an error",
                  {{"error", error.what()}});
      }
    }
  }

  bool has_room(Door& door) {
    const bool room = door.open.size() < options_.connections;
    if (!room && !door.reported_full)
      base::log(base::Level::Warn, "too many connections, new ones are closed",
                {{"door", door.name}, {"connections", door.open.size()}});
    door.reported_full =
        !room || (door.reported_full && door.open.size() > options_.connections / 2);
    return room;
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
      if (!has_room(door)) continue;
      socket.set_option(tcp::no_delay(true), error);
      if (&door == &tls_)
        asio::co_spawn(io_, serve_tls(std::move(socket)), asio::detached);
      else
        asio::co_spawn(io_, serve_plain(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> serve_plain(tcp::socket socket) {
    beast::tcp_stream stream(std::move(socket));
    const Registered registered(plain_, stream);
    co_await converse(stream, stream, plain_);
    co_await linger(stream);
  }

  asio::awaitable<void> serve_tls(tcp::socket socket) {
    const std::shared_ptr<ssl::context> context = current_context();
    if (context == nullptr) co_return;
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

    http::response<http::string_body> response;
    if (refused != 0) {
      response = to_response({.status = refused, .body = "refused\n"}, 11, false);
    } else {
      http::request<http::string_body> got = parser.release();
      const unsigned version = got.version();
      const bool keep_alive = got.keep_alive();
      const bool head = got.method() == http::verb::head;
      const Request request{std::string(got.method_string()), path_of(got.target()),
                            std::move(got.body())};
      response = to_response(answer(door, request), version, keep_alive);
      if (head) response.body().clear();  // its Content-Length stays
    }
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
