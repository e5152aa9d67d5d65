#include "postgres/session.h"

#include <libpq-fe.h>

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

// libpqxx keeps the handle of libpq to itself, but its own COPY knows neither options nor the
// statement's text.
class Policy : public pqxx::connect_direct {
 public:
  using connect_direct::connect_direct;
  handle do_startconnect(handle given) override {
    return handle_ = connect_direct::do_startconnect(given);
  }
  handle raw() const { return handle_; }

 private:
  handle handle_ = nullptr;
};

class Link : public pqxx::connection_base {
 public:
  explicit Link(const std::string& options) : connection_base(policy_), policy_(options) { init(); }
  ~Link() noexcept { close(); }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  PGconn* raw() const { return policy_.raw(); }

 private:
  Policy policy_;
};

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string sqlstate_of(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state == nullptr ? "" : state;
}

Rows to_rows(const pqxx::result& result) {
  Rows rows;
  rows.reserve(result.size());
  for (const pqxx::row& source : result) {
    Row& row = rows.emplace_back();
    for (const pqxx::field& cell : source)
      row.push_back(cell.is_null() ? Value() : Value(std::string(cell.c_str(), cell.size())));
  }
  return rows;
}

pqxx::result run(Link& link, std::string_view sql, const std::vector<Value>& parameters) {
  pqxx::nontransaction raw(link);
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const Value& value : parameters) values.push_back(value ? value->c_str() : nullptr);
  return raw.exec_params(std::string(sql), pqxx::prepare::make_dynamic_params(values));
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
  Link link;
  pqxx::quiet_errorhandler quiet;
};

Session::Session(const ConnectOptions& options) { connect(options); }

void Session::connect(const ConnectOptions& options) {
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

void Session::reconnect() { connect(ConnectOptions(options())); }

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

void Session::execute(std::string_view sql) {
  translated([&] {
    pqxx::nontransaction raw(connection_->link);
    raw.exec(std::string(sql));
  });
}

Rows Session::script(std::string_view sql) {
  return translated([&] {
    pqxx::nontransaction raw(connection_->link);
    return to_rows(raw.exec(std::string(sql)));
  });
}

Rows Session::query(std::string_view sql, const std::vector<Value>& parameters) {
  return translated([&] { return to_rows(run(connection_->link, sql, parameters)); });
}

uint64_t Session::change(std::string_view sql, const std::vector<Value>& parameters) {
  return translated(
      [&] { return uint64_t{run(connection_->link, sql, parameters).affected_rows()}; });
}

void Session::copy_in(std::string_view sql, std::string_view data) {
  PGconn* const raw = connection_->link.raw();
  const auto fail = [raw](const PGresult* result) {
    const bool broken = PQstatus(raw) != CONNECTION_OK;
    throw StatementError(
        parse_answer(broken ? "" : sqlstate_of(result),
                     result == nullptr ? PQerrorMessage(raw) : PQresultErrorMessage(result)));
  };
  const Result begun(PQexec(raw, std::string(sql).c_str()), PQclear);
  if (PQresultStatus(begun.get()) != PGRES_COPY_IN) fail(begun.get());
  constexpr size_t kPiece = size_t{1} << 20U;
  bool sent = true;
  while (sent && !data.empty()) {
    const std::string_view piece = data.substr(0, kPiece);
    sent = PQputCopyData(raw, piece.data(), static_cast<int>(piece.size())) == 1;
    data.remove_prefix(piece.size());
  }
  if (sent) PQputCopyEnd(raw, nullptr);
  const Result ended(PQgetResult(raw), PQclear);
  while (PGresult* more = PQgetResult(raw)) PQclear(more);
  if (PQresultStatus(ended.get()) != PGRES_COMMAND_OK) fail(ended.get());
}

void Session::begin() { execute(kBegin); }

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
std::string Session::reset_sql() const {
  std::string sql = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL";
  if (server_version() < 140000) return sql;
  sql += "; SET idle_session_timeout = 0";
  // When this process was killed its backend is to notice in mid-statement: it holds the advisory
  // lock that the next run waits for. Servers on some platforms cannot.
  if (notices_lost_client_) sql += "; SET client_connection_check_interval = '1s'";
  return sql;
}

void Session::reset() {
  try {
    execute(reset_sql());
  } catch (const StatementError& error) {
    if (!notices_lost_client_ || error.reason() == "ConnectionLost") throw;
    notices_lost_client_ = false;
    execute(reset_sql());
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
