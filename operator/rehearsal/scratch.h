// A database that exists for one rehearsal only.
#pragma once

#include <string>
#include <vector>

#include "postgres/connect_options.h"
#include "postgres/session.h"

namespace sluice::rehearsal {

// All of them begin with this; nothing else of the server is ever created, changed or dropped.
inline constexpr const char* kScratchPrefix = "sluice_rehearsal_";

// Creates a database of a name that no other has, from template0, and drops it when it goes out of
// scope. One thread.
class Scratch {
 public:
  // `server`: a way to some database of the server, by a role that may create databases. Throws
  // Error{Refused, "ScratchNotAllowed"} when it may not, and what Session's constructor throws.
  explicit Scratch(const postgres::ConnectOptions& server);
  // Drops it if nobody did. When that fails, standard error says what is left.
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& name() const { return name_; }
  // How to reach it.
  postgres::ConnectOptions options() const;
  int server_version() const { return server_version_; }
  // Databases that look like those of rehearsals which were killed: nobody is connected to them.
  const std::vector<std::string>& left_over() const { return left_over_; }

  // Over a connection of its own, whoever is still connected to it.
  void drop();
  void keep() { dropped_ = true; }

 private:
  postgres::ConnectOptions server_;
  std::string name_;
  int server_version_ = 0;
  std::vector<std::string> left_over_;
  bool dropped_ = false;
};

}  // namespace sluice::rehearsal
