// Stands between a client and the server on loopback and loses an answer.
#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace sluice::engine {

// Passes bytes on, until the client sends `word` for the `nth` time (the connections together).
// Then either the server never gets it, or it does and its answer is lost; both ends are closed,
// and later connections are passed on as before. One connection at a time, one thread.
class CuttingProxy {
 public:
  enum class Loses { Request, Answer };
  CuttingProxy(std::string server_socket, std::string word, int nth, Loses loses);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  int port() const { return port_; }
  bool has_cut() const { return cut_; }

 private:
  void work(const std::stop_token& stop);
  void pass(int client, int server, const std::stop_token& stop);

  const std::string server_socket_, word_;
  const int nth_;
  const Loses loses_;
  int listener_ = -1;
  int port_ = 0;
  int seen_ = 0;
  std::atomic<bool> cut_ = false;
  std::jthread thread_;
};

}  // namespace sluice::engine
