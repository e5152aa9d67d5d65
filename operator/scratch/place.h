// On which server scratch databases are made.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "scratch/database.h"
#include "scratch/server.h"

namespace sluice::scratch {

struct Wish {
  std::string url;  // of the server that the user names; empty: none
  // The database that the plan is for: what is made resembles it.
  std::optional<postgres::ConnectOptions> target;
};

// The server that the user names; else the target's own, where its role has CREATEDB; else one of
// this process's own, from PostgreSQL's programs on this machine, where a superuser has the name of
// the target's role.
class Place {
 public:
  enum class Way { Named, Target, Own };

  // Throws Error{Failed, "ScratchNotAllowed"} naming the right that is missing and the other ways;
  // what Session's and Server's constructors throw.
  Place(const Wish& wish, const std::stop_token& stop);

  std::unique_ptr<Database> make() const;

  Way way() const { return way_; }
  // Nobody else uses the server: roles may be made there.
  bool is_own() const { return way_ == Way::Own; }
  std::string described() const;  // "a server of its own (PostgreSQL 15)"
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void look_at(const postgres::ConnectOptions& target);
  void start_own(const std::stop_token& stop);
  void become(const std::string& role);

  Way way_ = Way::Own;
  postgres::ConnectOptions server_;
  std::unique_ptr<Server> own_;
  std::optional<Likeness> like_;
  std::string lacks_;  // why the target's server takes none
  std::string role_;   // which the target's session has; where its server takes none
  int target_major_ = 0;
  int major_ = 0;
  std::vector<std::string> warnings_;
};

}  // namespace sluice::scratch
