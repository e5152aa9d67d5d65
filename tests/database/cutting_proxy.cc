#include "tests/database/cutting_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace sluice::engine {
namespace {

sockaddr* generic(void* address) { return static_cast<sockaddr*>(address); }

int connect_to(const std::string& path) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  if (::connect(server, generic(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect to " + path);
  return server;
}

}  // namespace

CuttingProxy::CuttingProxy(std::string server_socket, std::string word, int nth, Loses loses)
    : server_socket_(std::move(server_socket)), word_(std::move(word)), nth_(nth), loses_(loses) {
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listener_, generic(&address), size);
  ::listen(listener_, 8);
  ::getsockname(listener_, generic(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

CuttingProxy::~CuttingProxy() {
  thread_.request_stop();
  thread_.join();
  ::close(listener_);
}

void CuttingProxy::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    const int client = ::accept(listener_, nullptr, nullptr);
    const int server = connect_to(server_socket_);
    pass(client, server, stop);
    ::close(client);
    ::close(server);
  }
}

void CuttingProxy::pass(int client, int server, const std::stop_token& stop) {
  std::array<char, 65536> bytes{};
  while (!stop.stop_requested()) {
    std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (::poll(ends.data(), 2, 20) <= 0) continue;
    for (size_t i = 0; i < 2; ++i) {
      if (ends[i].revents == 0) continue;
      const ssize_t size = ::read(ends[i].fd, bytes.data(), bytes.size());
      if (size <= 0) return;
      const std::string_view piece(bytes.data(), static_cast<size_t>(size));
      const bool cuts = i == 0 && piece.find(word_) != std::string_view::npos && ++seen_ == nth_;
      if (!cuts || loses_ == Loses::Answer)
        if (::write(i == 0 ? server : client, piece.data(), piece.size()) != size) return;
      if (!cuts) continue;
      cut_ = true;
      if (loses_ == Loses::Answer) {
        // The answer has come when there is something to read; nobody gets it.
        pollfd answer{server, POLLIN, 0};
        ::poll(&answer, 1, 5000);
      }
      return;
    }
  }
}

}  // namespace sluice::engine
