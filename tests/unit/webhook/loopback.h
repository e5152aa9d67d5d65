// A blocking client of the loopback interface that can also behave badly. Every wait ends after ten
// seconds, so that a broken server fails a test and does not hang it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace sluice::webhook::testing {

inline size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

// True as soon as the condition is; false when it is not within ten seconds.
inline bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 5000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return condition();
}

class Connection {
 public:
  explicit Connection(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const int at_once = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // A refusal shows in the first send or receive.
    (void)::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  ~Connection() {
    if (tls_) SSL_free(tls_);
    if (context_) SSL_CTX_free(context_);
    ::close(socket_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // A handshake that verifies the server's chain against `authorities` and its name. False: it
  // failed, or the server is not the one it should be.
  bool secure(const std::string& authorities, const std::string& name, int highest_version = 0) {
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context_, highest_version != 0 ? 0 : 1);
    SSL_CTX_set_min_proto_version(context_, 0);
    SSL_CTX_set_max_proto_version(context_, highest_version);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    BIO* in = BIO_new_mem_buf(authorities.data(), static_cast<int>(authorities.size()));
    while (X509* authority = PEM_read_bio_X509(in, nullptr, nullptr, nullptr)) {
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), authority);
      X509_free(authority);
    }
    BIO_free(in);
    tls_ = SSL_new(context_);
    SSL_set1_host(tls_, name.c_str());
    SSL_set_fd(tls_, socket_);
    const bool done = SSL_connect(tls_) == 1 && SSL_get_verify_result(tls_) == X509_V_OK;
    ERR_clear_error();
    return done;
  }

  // False: the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent =
          tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
               : static_cast<int>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // The next answer, by its Content-Length; what is there when the server closes earlier.
  std::string receive(bool with_body = true) {
    for (;;) {
      const size_t end = pending_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const size_t length = pending_.find("Content-Length: ");
        const size_t body = with_body ? std::stoul(pending_.substr(length + 16)) : 0;
        if (pending_.size() >= end + 4 + body) {
          const std::string answer = pending_.substr(0, end + 4 + body);
          pending_.erase(0, answer.size());
          return answer;
        }
      }
      const std::string more = receive_some();
      if (more.empty()) return std::exchange(pending_, {});
      pending_ += more;
    }
  }

  // True: the server ends the connection (with whatever answer before).
  bool is_closed() {
    for (;;) {
      char piece[4096];
      const auto got = tls_ ? SSL_read(tls_, piece, sizeof piece)
                            : static_cast<int>(::recv(socket_, piece, sizeof piece, 0));
      if (got > 0) continue;
      return !(got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
    }
  }

  // The socket goes as if the process had died: a reset.
  void reset() {
    const linger hard{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  }
  void close_write() { ::shutdown(socket_, SHUT_WR); }

 private:
  std::string receive_some() {
    char piece[4096];
    const auto got = tls_ ? SSL_read(tls_, piece, sizeof piece)
                          : static_cast<int>(::recv(socket_, piece, sizeof piece, 0));
    return got > 0 ? std::string(piece, static_cast<size_t>(got)) : std::string();
  }

  int socket_;
  std::string pending_;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
};

inline std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: sluice\r\n\r\n";
}

inline std::string post(const std::string& path, const std::string& body) {
  return "POST " + path +
         " HTTP/1.1\r\nHost: sluice\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// "200" of "HTTP/1.1 200 OK…"; empty: no answer.
inline std::string status(const std::string& answer) {
  return answer.size() > 12 ? answer.substr(9, 3) : "";
}

inline std::string body(const std::string& answer) {
  const size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

}  // namespace sluice::webhook::testing
