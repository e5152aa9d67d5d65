#include "scratch/database.h"

#include <algorithm>
#include <cctype>
#include <iostream>
#include <random>

#include "base/clock.h"
#include "base/error.h"
#include "postgres/errors.h"
#include "sql/quote.h"

namespace sluice::scratch {
namespace {

using base::Error;
using base::ErrorKind;
using sql::literal;

// sluice_scratch_20261121t100000z_1a2b3c4d
std::string new_name() {
  std::string stamp = base::to_rfc3339(base::now());
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  std::ranges::transform(stamp, stamp.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::random_device random;
  std::string name = kPrefix + stamp + "_";
  for (int i = 0; i < 8; ++i) name += kDigits[random() % kDigits.size()];
  return name;
}

void expect_right_to_create(postgres::Session& session) {
  if (may_create(session)) return;
  const std::string name = session.query("SELECT current_user").at(0).at(0).value_or("");
  throw Error(ErrorKind::Failed, "ScratchNotAllowed",
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
           {kPrefix}))
    names.push_back(row.at(0).value_or(""));
  return names;
}

std::string locale_of(const Likeness& like, int server_version) {
  std::string sql = " ENCODING " + literal(like.encoding) + " LC_COLLATE " + literal(like.collate) +
                    " LC_CTYPE " + literal(like.ctype);
  if (server_version < 150000 || like.icu_locale.empty()) return sql;
  if (like.provider == "i") sql += " LOCALE_PROVIDER icu ICU_LOCALE " + literal(like.icu_locale);
  if (like.provider == "b" && server_version >= 170000)
    sql += " LOCALE_PROVIDER builtin BUILTIN_LOCALE " + literal(like.icu_locale);
  return sql;
}

}  // namespace

bool may_create(postgres::Session& session) {
  return session
             .query(
                 "SELECT (rolcreatedb OR rolsuper) AND NOT pg_catalog.pg_is_in_recovery() FROM "
                 "pg_catalog.pg_roles WHERE rolname = current_user")
             .at(0)
             .at(0) == "t";
}

Likeness likeness_of(postgres::Session& session) {
  const int version = session.server_version();
  const char* const more = version >= 170000   ? "datlocprovider, datlocale"
                           : version >= 150000 ? "datlocprovider, daticulocale"
                                               : "NULL, NULL";
  const postgres::Row row =
      session
          .query(std::string(
                     "SELECT pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, ") +
                 more + " FROM pg_catalog.pg_database WHERE datname = current_database()")
          .at(0);
  Likeness like{row[0].value_or(""), row[1].value_or(""), row[2].value_or(""),
                row[3].value_or(""), row[4].value_or(""), {}};
  for (const postgres::Row& setting : session.query(
           "SELECT pg_catalog.unnest(setconfig) FROM pg_catalog.pg_db_role_setting s "
           "WHERE setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
           "current_database())) AND setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE "
           "rolname = session_user)) ORDER BY setrole, setdatabase"))
    like.settings.push_back(setting[0].value_or(""));
  return like;
}

Database::Database(const postgres::ConnectOptions& server, const std::optional<Likeness>& like)
    : server_(server), name_(new_name()) {
  postgres::Session session(server_);
  expect_right_to_create(session);
  server_version_ = session.server_version();
  left_over_ = find_left_over(session);
  create(session, like);
}

void Database::create(postgres::Session& session, const std::optional<Likeness>& like) {
  const std::string create = "CREATE DATABASE " + name_ + " TEMPLATE template0";
  if (!like) return session.execute(create);
  try {
    session.execute(create + locale_of(*like, server_version_));
  } catch (const postgres::StatementError& error) {
    // Its own name for a locale that it does not have is 42809 or 22023.
    if (error.answer().sqlstate != "42809" && error.answer().sqlstate != "22023") throw;
    session.execute(create + " ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    warnings_.push_back(session.where() +
                        ": the scratch database has the locale C: " + error.answer().message);
  }
  for (const std::string& setting : like->settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = setting.substr(0, equals);
    try {
      // As a list where it is one: the catalog has it as text.
      session.query("SELECT pg_catalog.set_config($1, $2, false)",
                    {name, setting.substr(equals + 1)});
      session.execute("ALTER DATABASE " + name_ + " SET " + name + " FROM CURRENT");
    } catch (const postgres::StatementError&) {
      // What only a superuser may set, or only that server knows, decides nothing here.
    }
  }
}

Database::~Database() {
  if (dropped_) return;
  try {
    drop();
  } catch (const std::exception& error) {
    std::cerr << "warning: the scratch database " << name_ << " is still there: " << error.what()
              << "\n";
  }
}

postgres::ConnectOptions Database::options() const {
  postgres::ConnectOptions options = server_;
  options.parameters["dbname"] = name_;
  return options;
}

void Database::drop() {
  postgres::Session(server_).execute("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  dropped_ = true;
}

}  // namespace sluice::scratch
