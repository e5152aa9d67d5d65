#include "postgres/session.h"

#include <pqxx/pqxx>
#include <utility>

#include "base/text.h"
#include "postgres/connect_failure.h"
#include "postgres/errors.h"

namespace sluice::postgres {
namespace {

using base::Error;
using base::ErrorKind;

// Runs one call of libpqxx; nothing of its exceptions leaves this room.
template <typename Call>
auto translated(Call&& call) {
  try {
    return call();
  } catch (const pqxx::broken_connection& error) {
    throw StatementError(parse_answer("", error.what()));
  } catch (const pqxx::sql_error& error) {
    throw StatementError(parse_answer(error.sqlstate(), error.what()));
  } catch (const pqxx::pqxx_exception& error) {
    throw Error(ErrorKind::Failed, "StatementFailed", error.base().what());
  }
}

bool may_have_committed(const StatementError& error) {
  return error.reason() == "ConnectionLost" || error.answer().sqlstate.empty();
}

}  // namespace

struct Session::Connection {
  Connection(const ConnectOptions& given, const std::map<std::string, std::string>& parameters)
      : options(given), where(describe(parameters)), link(to_conninfo(parameters)), quiet(link) {
    // A new backend would have neither the lock nor the settings of the old one.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    link.inhibit_reactivation(true);
#pragma GCC diagnostic pop
  }
  ConnectOptions options;
  std::string where;
  pqxx::connection link;
  pqxx::quiet_errorhandler quiet;
};

Session::Session(const ConnectOptions& options) {
  const std::map<std::string, std::string> parameters = merged(options);
  try {
    connection_ = std::make_unique<Connection>(options, parameters);
  } catch (const pqxx::pqxx_exception& error) {
    throw connect_failure(parameters, error.base().what());
  }
  const Rows rows = query("SELECT pg_backend_pid()");
  if (rows.at(0).at(0) != std::to_string(pid()))
    throw Error(ErrorKind::Refused, "PoolerInFront",
                where() + ": a connection pooler stands between Sluice and PostgreSQL",
                "connect to PostgreSQL itself: the lock that makes one writer belongs to one of "
                "its sessions");
  reset();
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

void Session::execute(std::string_view sql) {
  translated([&] {
    pqxx::nontransaction raw(connection_->link);
    raw.exec(std::string(sql));
  });
}

Rows Session::query(std::string_view sql, const std::vector<Value>& parameters) {
  return translated([&] {
    pqxx::nontransaction raw(connection_->link);
    std::vector<const char*> values;
    values.reserve(parameters.size());
    for (const Value& value : parameters) values.push_back(value ? value->c_str() : nullptr);
    const pqxx::result result =
        raw.exec_params(std::string(sql), pqxx::prepare::make_dynamic_params(values));
    Rows rows;
    rows.reserve(result.size());
    for (const pqxx::row& source : result) {
      Row& row = rows.emplace_back();
      for (const pqxx::field& cell : source)
        row.push_back(cell.is_null() ? Value() : Value(std::string(cell.c_str(), cell.size())));
    }
    return rows;
  });
}

// Whatever the role's default is: the fence has to be read as it is now.
void Session::begin() { execute("BEGIN ISOLATION LEVEL READ COMMITTED"); }

void Session::commit() {
  try {
    execute("COMMIT");
  } catch (const StatementError& error) {
    if (!may_have_committed(error)) throw;
    throw Error(ErrorKind::InDoubt, "CommitInDoubt",
                where() + ": the connection broke during COMMIT, which may have taken effect: " +
                    error.message(),
                "run it again: the ledger says what took effect");
  }
}

void Session::rollback() noexcept {
  try {
    execute("ROLLBACK");
  } catch (const std::exception&) {
    // The connection is gone, and with it the transaction.
  }
}

// RESET ALL leaves the role, and also forgets what a session of ours needs: it may be idle while a
// backup is taken.
void Session::reset() {
  std::string sql = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL";
  if (server_version() >= 140000) sql += "; SET idle_session_timeout = 0";
  if (server_version() < 140000 || !notices_lost_client_) return execute(sql);
  // When this process was killed its backend is to notice in mid-statement: it holds the advisory
  // lock that the next run waits for. Servers on some platforms cannot.
  try {
    execute(sql + "; SET client_connection_check_interval = '1s'");
  } catch (const StatementError&) {
    notices_lost_client_ = false;
    execute(sql);
  }
}

void Session::cancel() noexcept {
  try {
    connection_->link.cancel_query();
  } catch (const std::exception&) {
    // Nobody is left to be cancelled.
  }
}

const ConnectOptions& Session::options() const { return connection_->options; }
int Session::pid() const { return connection_->link.backendpid(); }
int Session::server_version() const { return connection_->link.server_version(); }
const std::string& Session::where() const { return connection_->where; }

}  // namespace sluice::postgres
