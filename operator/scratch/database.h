// A database that exists for one command only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "postgres/connect_options.h"
#include "postgres/session.h"

namespace sluice::scratch {

// All of them begin with this; nothing else of the server is ever created, changed or dropped.
inline constexpr const char* kPrefix = "sluice_scratch_";

// What a database brings with it that its schema does not say: how texts are encoded and sorted,
// and the settings by which names without a schema are found.
struct Likeness {
  std::string encoding, collate, ctype;
  std::string provider;               // pg_database.datlocprovider; empty: before PostgreSQL 15
  std::string icu_locale;             // or that of the builtin provider
  std::vector<std::string> settings;  // "search_path=app, public", of the database, then the role
};

Likeness likeness_of(postgres::Session& session);

// Creates a database of a name that no other has, from template0, and drops it when it goes out of
// scope. One thread.
class Database {
 public:
  // `server`: a way to some database of the server, by a role that may create databases. `like`:
  // what it is to resemble. Where the server does not know the locale, it is C, and a warning says
  // so. Throws Error{Failed, "ScratchNotAllowed"} when the role may not create databases, and what
  // Session's constructor throws.
  explicit Database(const postgres::ConnectOptions& server,
                    const std::optional<Likeness>& like = std::nullopt);
  // Drops it if nobody did. When that fails, standard error says what is left.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& name() const { return name_; }
  // How to reach it.
  postgres::ConnectOptions options() const;
  int server_version() const { return server_version_; }
  // Databases that look like those of commands which were killed: nobody is connected to them.
  const std::vector<std::string>& left_over() const { return left_over_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

  // Over a connection of its own, whoever is still connected to it.
  void drop();
  void keep() { dropped_ = true; }

 private:
  void create(postgres::Session& session, const std::optional<Likeness>& like);

  postgres::ConnectOptions server_;
  std::string name_;
  int server_version_ = 0;
  std::vector<std::string> left_over_, warnings_;
  bool dropped_ = false;
};

// Whether the session's role may create databases, and the server takes any.
bool may_create(postgres::Session& session);

}  // namespace sluice::scratch
