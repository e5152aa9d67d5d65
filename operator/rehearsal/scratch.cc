#include "rehearsal/scratch.h"

#include <algorithm>
#include <cctype>
#include <iostream>
#include <random>

#include "base/clock.h"
#include "base/error.h"

namespace sluice::rehearsal {
namespace {

using base::Error;
using base::ErrorKind;

// sluice_rehearsal_20261121t100000z_1a2b3c4d
std::string new_name() {
  std::string stamp = base::to_rfc3339(base::now());
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  std::ranges::transform(stamp, stamp.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::random_device random;
  std::string name = kScratchPrefix + stamp + "_";
  for (int i = 0; i < 8; ++i) name += kDigits[random() % kDigits.size()];
  return name;
}

void expect_right_to_create(postgres::Session& session) {
  const postgres::Rows role = session.query(
      "SELECT rolname, rolcreatedb OR rolsuper FROM pg_catalog.pg_roles "
      "WHERE rolname = current_user");
  if (role.at(0).at(1) == "t") return;
  const std::string name = role.at(0).at(0).value_or("");
  throw Error(ErrorKind::Refused, "ScratchNotAllowed",
              session.where() + ": role " + name + " may not create databases",
              "give it the right CREATEDB (ALTER ROLE " + name +
                  " CREATEDB), or name a role or server of your own with --scratch-url");
}

std::vector<std::string> find_left_over(postgres::Session& session) {
  std::vector<std::string> names;
  for (const postgres::Row& row : session.query(
           "SELECT datname FROM pg_catalog.pg_database d WHERE "
           "pg_catalog.starts_with(datname::text, "
           "$1) AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid) "
           "ORDER BY 1",
           {kScratchPrefix}))
    names.push_back(row.at(0).value_or(""));
  return names;
}

}  // namespace

Scratch::Scratch(const postgres::ConnectOptions& server) : server_(server), name_(new_name()) {
  postgres::Session session(server_);
  expect_right_to_create(session);
  server_version_ = session.server_version();
  left_over_ = find_left_over(session);
  session.execute("CREATE DATABASE " + name_ + " TEMPLATE template0");
}

Scratch::~Scratch() {
  if (dropped_) return;
  try {
    drop();
  } catch (const std::exception& error) {
    std::cerr << "warning: the scratch database " << name_ << " is still there: " << error.what()
              << "\n";
  }
}

postgres::ConnectOptions Scratch::options() const {
  postgres::ConnectOptions options = server_;
  options.parameters["dbname"] = name_;
  return options;
}

void Scratch::drop() {
  postgres::Session(server_).execute("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  dropped_ = true;
}

}  // namespace sluice::rehearsal
