// A PostgreSQL server of this test program's own, on a free port of 127.0.0.1, without fsync.
#pragma once

#include <filesystem>
#include <string>

namespace sluice::runner {

// Passwords are asked for over TCP; the socket trusts everybody.
class Server {
 public:
  // Started at the first call, stopped when the program ends.
  static Server& instance();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // postgresql://postgres@/… by its socket.
  // Its path, and the port in its name.
  std::string socket() const;
  int port() const { return port_; }
  std::string superuser_url(const std::string& database) const;
  std::string url(const std::string& user, const std::string& password,
                  const std::string& database) const;

 private:
  Server();
  std::filesystem::path root_;
  int port_ = 0;
};

}  // namespace sluice::runner
