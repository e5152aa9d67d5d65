#include "webhook/door.h"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/system/system_error.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/logging.h"

namespace sluice::webhook {

namespace asio = boost::asio;
using asio::ip::tcp;

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

Door::Door(asio::io_context& io, const char* door_name, size_t limit, Handler answers)
    : name(door_name), body_bytes(limit), handler(std::move(answers)), acceptor(io), pause(io) {}

bool Door::has_room(size_t connections) {
  const bool room = open.size() < connections;
  if (!room && !reported_full)
    base::log(base::Level::Warn, "too many connections, new ones are closed",
              {{"door", name}, {"connections", open.size()}});
  reported_full = !room || (reported_full && open.size() > connections / 2);
  return room;
}

void Door::close() {
  boost::system::error_code ignored;
  acceptor.close(ignored);
  pause.cancel();
  for (boost::beast::tcp_stream* stream : open) stream->close();
}

}  // namespace sluice::webhook
