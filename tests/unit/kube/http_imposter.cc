#include "tests/unit/kube/http_imposter.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

namespace sluice::kube::testing {
namespace {

// A test's own set-up that fails is no result.
void must(bool done, const char* what) {
  if (done) return;
  std::perror(what);
  std::abort();
}

BIO* bio(const std::string& pem) {
  return BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
}

SSL_CTX* make_tls(const TlsFiles& files) {
  if (files.certificate.empty()) return nullptr;
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  BIO* in = bio(files.certificate);
  X509* certificate = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  in = bio(files.key);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  must(SSL_CTX_use_certificate(context, certificate) == 1, "certificate");
  must(SSL_CTX_use_PrivateKey(context, key) == 1, "key");
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!files.client_ca.empty()) {
    in = bio(files.client_ca);
    X509* authority = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
    BIO_free(in);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
    SSL_CTX_add_client_CA(context, authority);
    X509_free(authority);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  }
  return context;
}

std::string peer_name(SSL* tls) {
  X509* peer = tls == nullptr ? nullptr : SSL_get1_peer_certificate(tls);
  if (peer == nullptr) return {};
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name.data(), name.size());
  X509_free(peer);
  return name.data();
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

class Reader {
 public:
  Reader(int socket, SSL* tls) : socket_(socket), tls_(tls) {}

  // nullopt: the peer has left.
  std::optional<Asked> next() {
    const auto head_end = find("\r\n\r\n");
    if (!head_end) return std::nullopt;
    Asked asked;
    std::string head = pending_.substr(0, *head_end);
    pending_.erase(0, *head_end + 4);
    const size_t line_end = head.find("\r\n");
    const std::string line = head.substr(0, line_end);
    asked.method = line.substr(0, line.find(' '));
    asked.target = line.substr(asked.method.size() + 1, line.rfind(' ') - asked.method.size() - 1);
    for (size_t at = line_end; at != std::string::npos && at < head.size();) {
      const size_t next_end = head.find("\r\n", at + 2);
      const std::string header = head.substr(at + 2, next_end - at - 2);
      const size_t colon = header.find(':');
      if (colon != std::string::npos)
        asked.headers[lower(header.substr(0, colon))] =
            header.substr(header.find_first_not_of(' ', colon + 1));
      at = next_end;
    }
    const auto length = asked.headers.find("content-length");
    const size_t size = length == asked.headers.end() ? 0 : std::stoul(length->second);
    while (pending_.size() < size)
      if (!more()) return std::nullopt;
    asked.body = pending_.substr(0, size);
    pending_.erase(0, size);
    return asked;
  }

 private:
  std::optional<size_t> find(std::string_view what) {
    size_t at = 0;
    while ((at = pending_.find(what)) == std::string::npos)
      if (!more()) return std::nullopt;
    return at;
  }

  bool more() {
    std::array<char, 65536> piece{};
    const ssize_t got = tls_ != nullptr
                            ? SSL_read(tls_, piece.data(), static_cast<int>(piece.size()))
                            : ::recv(socket_, piece.data(), piece.size(), 0);
    ERR_clear_error();
    if (got <= 0) return false;
    pending_.append(piece.data(), static_cast<size_t>(got));
    return true;
  }

  int socket_;
  SSL* tls_;
  std::string pending_;
};

}  // namespace

void Exchange::raw(std::string_view bytes) {
  while (!over_ && !bytes.empty()) {
    const ssize_t sent = tls_ != nullptr
                             ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ERR_clear_error();
    if (sent <= 0)
      over_ = true;
    else
      bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void Exchange::respond(int status, std::string_view body, std::string_view headers) {
  raw("HTTP/1.1 " + std::to_string(status) + " Said\r\nContent-Type: application/json\r\n" +
      std::string(headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
      std::string(body));
}

void Exchange::begin(int status) {
  raw("HTTP/1.1 " + std::to_string(status) +
      " Said\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
}

void Exchange::chunk(std::string_view bytes) { chunk_in_pieces(bytes, std::string_view::npos); }

void Exchange::chunk_in_pieces(std::string_view bytes, size_t size) {
  std::array<char, 24> length{};
  std::snprintf(length.data(), length.size(), "%zx\r\n", bytes.size());
  const std::string whole = length.data() + std::string(bytes) + "\r\n";
  for (size_t at = 0; at < whole.size(); at += std::min(size, whole.size()))
    raw(std::string_view(whole).substr(at, size));
}

void Exchange::end() { raw("0\r\n\r\n"); }

void Exchange::cut() {
  over_ = true;
  ::shutdown(socket_, SHUT_RDWR);
}

void Exchange::reset() {
  const linger hard{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  over_ = true;
}

void Exchange::fall_silent() {
  // A shutdown of the socket by the imposter's end wakes this too.
  pollfd waiting{socket_, POLLRDHUP, 0};
  while (!stop_.stop_requested() && ::poll(&waiting, 1, 1000) == 0) {
  }
  over_ = true;
}

HttpImposter::HttpImposter(Handler handler, const TlsFiles& tls)
    : handler_(std::move(handler)), tls_(make_tls(tls)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets that the peer has closed
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(listener_ >= 0, "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  must(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
  must(::listen(listener_, 64) == 0, "listen");
  must(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept(); });
}

HttpImposter::~HttpImposter() {
  stop_.request_stop();
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [connection, socket] : open_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  SSL_CTX_free(tls_);
}

std::string HttpImposter::url() const {
  return (tls_ != nullptr ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(port_);
}

std::vector<Asked> HttpImposter::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void HttpImposter::accept() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int connection = connections_++;
    {
      const std::lock_guard lock(mutex_);
      open_[connection] = socket;
    }
    threads_.emplace_back([this, socket, connection] { serve(socket, connection); });
  }
}

void HttpImposter::serve(int socket, int connection) {
  SSL* tls = nullptr;
  bool usable = true;
  if (tls_ != nullptr) {
    tls = SSL_new(tls_);
    SSL_set_fd(tls, socket);
    usable = SSL_accept(tls) == 1;
    ERR_clear_error();
  }
  Reader reader(socket, tls);
  const std::string client_name = usable ? peer_name(tls) : "";
  for (int number = 0; usable; ++number) {
    std::optional<Asked> asked = reader.next();
    if (!asked) break;
    asked->connection = connection;
    asked->on_connection = number;
    asked->client_name = client_name;
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back(*asked);
    }
    Exchange exchange(socket, tls, stop_.get_token());
    handler_(*asked, exchange);
    usable = !exchange.over_;
  }
  if (tls != nullptr) SSL_free(tls);
  const std::lock_guard lock(mutex_);
  open_.erase(connection);
  ::close(socket);
}

}  // namespace sluice::kube::testing
