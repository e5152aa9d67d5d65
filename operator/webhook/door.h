// What the server knows of a listener and of the connections that came through it. Only touched by
// the server's thread once that runs.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <cstdint>
#include <string>
#include <unordered_set>

#include "webhook/http.h"

namespace sluice::webhook {

// Listens; an empty address is every address. Throws base::Error{Failed, "ListenFailed"}.
boost::asio::ip::tcp::acceptor listen(boost::asio::io_context& io, const std::string& address,
                                      uint16_t port);

struct Door {
  Door(boost::asio::io_context& io, const char* name, size_t body_bytes, Handler handler);

  // For one connection more than are open. Logs once when there is none, and again only after half
  // of them have gone.
  bool has_room(size_t connections);
  // Cuts everything, so that whatever waits here ends.
  void close();

  const char* name;
  size_t body_bytes;
  Handler handler;
  boost::asio::ip::tcp::acceptor acceptor;
  boost::asio::steady_timer pause;
  std::unordered_set<boost::beast::tcp_stream*> open;
  bool reported_full = false;
};

// Keeps a connection where Door::close finds it.
class Registered {
 public:
  Registered(Door& door, boost::beast::tcp_stream& stream) : door_(door), stream_(&stream) {
    door_.open.insert(stream_);
  }
  ~Registered() { door_.open.erase(stream_); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

 private:
  Door& door_;
  boost::beast::tcp_stream* stream_;
};

// A request's part of the bytes that all requests together may hold.
class Share {
 public:
  Share(size_t& used, size_t limit) : used_(used), limit_(limit) {}
  ~Share() { used_ -= own_; }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  // False: together they hold too much.
  bool grow_to(size_t bytes) {
    used_ += bytes - own_;
    own_ = bytes;
    return used_ <= limit_;
  }

 private:
  size_t& used_;
  size_t limit_;
  size_t own_ = 0;
};

}  // namespace sluice::webhook
