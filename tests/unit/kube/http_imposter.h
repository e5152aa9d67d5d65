// A server over real HTTP or HTTPS on the loopback interface, in process, that behaves as badly as
// a test wants.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice::kube::testing {

struct Asked {
  std::string method;
  std::string target;                          // path and query
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  int connection = 0;  // counts from 0
  int on_connection = 0;
  std::string client_name;  // common name of the client's certificate
};

// One answer, sent by the handler piece by piece. What a handler does after the peer has left has
// no effect.
class Exchange {
 public:
  // A whole answer.
  void respond(int status, std::string_view body, std::string_view headers = {});
  // The head of a chunked answer, then its chunks.
  void begin(int status = 200);
  void chunk(std::string_view bytes);
  // The same chunk in pieces of `size` bytes, each in a packet of its own.
  void chunk_in_pieces(std::string_view bytes, size_t size);
  void end();

  void raw(std::string_view bytes);
  // The connection ends here: in order, or by a reset as if the process had died.
  void cut();
  void reset();
  // Says nothing until the peer leaves, or the imposter ends.
  void fall_silent();
  // Ends with the imposter.
  std::stop_token stop() const { return stop_; }

 private:
  friend class HttpImposter;
  Exchange(int socket, SSL* tls, std::stop_token stop)
      : socket_(socket), tls_(tls), stop_(std::move(stop)) {}

  int socket_;
  SSL* tls_;
  std::stop_token stop_;
  bool over_ = false;
};

struct TlsFiles {
  std::string certificate;  // PEM
  std::string key;          // PEM
  std::string client_ca;    // PEM; not empty: clients may show a certificate of it
};

// Calls the handler on a thread for each connection, one request after the other.
class HttpImposter {
 public:
  using Handler = std::function<void(const Asked&, Exchange&)>;

  explicit HttpImposter(Handler handler, const TlsFiles& tls = {});
  ~HttpImposter();  // resets what is open and joins every thread

  std::string url() const;
  uint16_t port() const { return port_; }
  // Requests that arrived whole.
  std::vector<Asked> asked() const;
  int connections() const { return connections_; }

 private:
  void accept();
  void serve(int socket, int connection);

  const Handler handler_;
  SSL_CTX* tls_ = nullptr;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
  std::map<int, int> open_;  // connection to socket
  std::stop_source stop_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace sluice::kube::testing
