// A PostgreSQL server of this process's own, for scratch databases where no other server takes any.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "postgres/connect_options.h"

namespace sluice::scratch {

struct Programs {
  std::filesystem::path directory;  // has initdb and postgres
  int major = 0;
};

// In PATH, or in /usr/lib/postgresql/NN/bin, where Debian has them: those of `major` if there are
// any, else the newest. nullopt: none.
std::optional<Programs> find_programs(std::optional<int> major);

// Its files are in a private directory below TMPDIR, and it listens on a Unix socket there, on no
// port. Root starts it as the user postgres or nobody, because PostgreSQL does not run as root. A
// keeper process ends it and removes the directory as soon as this object or its process is gone,
// however that came about.
class Server {
 public:
  // Takes about a second. Throws Error{Failed, "ScratchServerFailed"} with the end of its log,
  // Error{Transient, "Cancelled"} when `stop` is requested.
  Server(const Programs& programs, const std::stop_token& stop);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Its database postgres, as its superuser.
  postgres::ConnectOptions options() const;

 private:
  void start(const Programs& programs);
  void wait(const std::stop_token& stop);
  void end() noexcept;
  std::string log() const;

  std::filesystem::path root_;
  int life_ = -1;    // the keeper reads its end
  int status_ = -1;  // and writes here
  int keeper_ = -1;
};

}  // namespace sluice::scratch
