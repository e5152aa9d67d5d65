#include "scratch/place.h"

#include "base/error.h"
#include "sql/quote.h"

namespace sluice::scratch {
namespace {

using base::Error;
using base::ErrorKind;

constexpr int kMajor = 10000;

std::string current_user(postgres::Session& session) {
  return session.query("SELECT current_user").at(0).at(0).value_or("");
}

}  // namespace

Place::Place(const Wish& wish, const std::stop_token& stop) {
  if (wish.target) look_at(*wish.target);
  if (!wish.url.empty()) {
    way_ = Way::Named;
    server_.url = wish.url;
    major_ = postgres::Session(server_).server_version() / kMajor;
  } else if (wish.target && lacks_.empty()) {
    way_ = Way::Target;
    server_ = *wish.target;
    major_ = target_major_;
  } else {
    start_own(stop);
  }
  if (target_major_ != 0 && major_ != target_major_)
    warnings_.push_back("the scratch database is one of PostgreSQL " + std::to_string(major_) +
                        ", the other of " + std::to_string(target_major_) +
                        ": what the two write differently counts as a difference");
}

void Place::look_at(const postgres::ConnectOptions& target) {
  postgres::Session session(target);
  target_major_ = session.server_version() / kMajor;
  like_ = likeness_of(session);
  if (may_create(session)) return;
  role_ = current_user(session);
  lacks_ = session.where() + ": role " + role_ + " may not create databases (it lacks CREATEDB)";
}

void Place::start_own(const std::stop_token& stop) {
  const std::optional<Programs> programs =
      find_programs(target_major_ == 0 ? std::nullopt : std::optional(target_major_));
  if (!programs)
    throw Error(
        ErrorKind::Failed, "ScratchNotAllowed",
        (lacks_.empty() ? "no server is named on which a scratch database may be made" : lacks_) +
            ", and PostgreSQL's programs (initdb, postgres) are not on this machine",
        (lacks_.empty() ? std::string() : "give the role that right (ALTER ROLE … CREATEDB), ") +
            "name a server with --scratch-url, or install PostgreSQL's server here");
  own_ = std::make_unique<Server>(*programs, stop);
  server_ = own_->options();
  major_ = programs->major;
  if (!role_.empty()) become(role_);
}

// `"$user"` in a search_path is to mean the same on both sides.
void Place::become(const std::string& role) {
  postgres::Session session(server_);
  if (session.query("SELECT FROM pg_catalog.pg_roles WHERE rolname = $1", {role}).empty())
    session.execute("CREATE ROLE " + sql::quote_identifier(role) + " SUPERUSER LOGIN");
  server_.parameters["user"] = role;
}

std::unique_ptr<Database> Place::make() const { return std::make_unique<Database>(server_, like_); }

std::string Place::described() const {
  const std::string version = " (PostgreSQL " + std::to_string(major_) + ")";
  switch (way_) {
    case Way::Named:
      return "the server of --scratch-url" + version;
    case Way::Target:
      return "the database's own server" + version;
    case Way::Own:
      break;
  }
  return "a server of its own" + version;
}

}  // namespace sluice::scratch
