#include "postgres/session.h"

#include <libpq-fe.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "postgres/connect_failure.h"
#include "postgres/errors.h"

namespace sluice::postgres {
namespace {

using base::Error;
using base::ErrorKind;

using Link = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string field(const PGresult* result, int code) {
  const char* text = result == nullptr ? nullptr : PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

// The line of a character's position, from 1.
uint32_t line_of(std::string_view sql, const std::string& position) {
  if (position.empty()) return 0;
  uint32_t line = 1;
  size_t left = std::stoul(position);
  for (const char c : sql) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U && --left == 0) break;
    if (c == '\n') ++line;
  }
  return line;
}

// On one line, as everything that is said.
std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return std::string(base::trim(text));
}

[[noreturn]] void fail(PGconn* link, const PGresult* result, std::string_view sql) {
  StatementError::Answer answer;
  if (PQstatus(link) == CONNECTION_OK || !field(result, PG_DIAG_SQLSTATE).empty()) {
    answer.sqlstate = field(result, PG_DIAG_SQLSTATE);
    answer.message = one_line(field(result, PG_DIAG_MESSAGE_PRIMARY));
    answer.detail = one_line(field(result, PG_DIAG_MESSAGE_DETAIL));
    answer.hint = one_line(field(result, PG_DIAG_MESSAGE_HINT));
    answer.context = one_line(field(result, PG_DIAG_CONTEXT));
    answer.line = line_of(sql, field(result, PG_DIAG_STATEMENT_POSITION));
  }
  if (answer.message.empty()) answer.message = one_line(PQerrorMessage(link));
  throw StatementError(std::move(answer));
}

void drain(PGconn* link) {
  while (PGresult* more = PQgetResult(link)) PQclear(more);
}

// What a COPY that was sent as any statement would leave behind.
void end_copy(PGconn* link, ExecStatusType status) {
  if (status == PGRES_COPY_IN) PQputCopyEnd(link, "no data follows here");
  char* piece = nullptr;
  if (status == PGRES_COPY_OUT)
    while (PQgetCopyData(link, &piece, 0) > 0) PQfreemem(piece);
  drain(link);
}

Result expect_success(PGconn* link, PGresult* raw, std::string_view sql) {
  Result result(raw, PQclear);
  const ExecStatusType status = PQresultStatus(raw);
  if (status == PGRES_COPY_OUT || status == PGRES_COPY_IN) end_copy(link, status);
  if (status == PGRES_COPY_IN)
    throw Error(ErrorKind::Failed, "StatementFailed", "COPY … FROM STDIN without its data");
  if (raw == nullptr || status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)
    fail(link, raw, sql);
  return result;
}

Result send(PGconn* link, std::string_view sql) {
  return expect_success(link, PQexec(link, std::string(sql).c_str()), sql);
}

Result send(PGconn* link, std::string_view sql, const std::vector<Value>& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const Value& value : parameters) values.push_back(value ? value->c_str() : nullptr);
  return expect_success(
      link,
      PQexecParams(link, std::string(sql).c_str(), static_cast<int>(values.size()), nullptr,
                   values.data(), nullptr, nullptr, 0),
      sql);
}

Row to_row(const PGresult* result, int row) {
  Row values;
  values.reserve(static_cast<size_t>(PQnfields(result)));
  for (int column = 0; column < PQnfields(result); ++column)
    values.push_back(
        PQgetisnull(result, row, column) != 0
            ? Value()
            : Value(std::string(PQgetvalue(result, row, column),
                                static_cast<size_t>(PQgetlength(result, row, column)))));
  return values;
}

Rows to_rows(const PGresult* result) {
  Rows rows;
  rows.reserve(static_cast<size_t>(PQntuples(result)));
  for (int row = 0; row < PQntuples(result); ++row) rows.push_back(to_row(result, row));
  return rows;
}

bool may_have_committed(const StatementError& error) {
  return error.reason() == "ConnectionLost" || error.answer().sqlstate.empty();
}

}  // namespace

struct Session::Connection {
  Connection(const ConnectOptions& given, const std::map<std::string, std::string>& parameters)
      : options(given),
        where(describe(parameters)),
        link(PQconnectdb(to_conninfo(parameters).c_str()), PQfinish) {}
  ConnectOptions options;
  std::string where;
  std::function<void(const Notice&)> take_notice;
  Link link;

  static void receive_notice(void* self, const PGresult* result) {
    const auto& take = static_cast<Connection*>(self)->take_notice;
    if (take)
      take({field(result, PG_DIAG_SEVERITY_NONLOCALIZED),
            one_line(field(result, PG_DIAG_MESSAGE_PRIMARY))});
  }
};

Session::Session(const ConnectOptions& options) { connect(options); }

void Session::connect(const ConnectOptions& options) {
  const std::map<std::string, std::string> parameters = merged(options);
  connection_ = std::make_unique<Connection>(options, parameters);
  PGconn* const link = connection_->link.get();
  if (PQstatus(link) != CONNECTION_OK) {
    const Error error =
        connect_failure(parameters, link == nullptr ? "out of memory" : PQerrorMessage(link));
    throw Error(error.kind(), error.reason(), error.message(),
                options.remedy.empty() ? error.remedy() : options.remedy);
  }
  PQsetNoticeReceiver(link, Connection::receive_notice, connection_.get());
  const Rows rows = query("SELECT pg_backend_pid()");
  if (rows.at(0).at(0) != std::to_string(pid()))
    throw Error(ErrorKind::Refused, "PoolerInFront",
                where() + ": a connection pooler stands between Sluice and PostgreSQL",
                "connect to PostgreSQL itself: the lock that makes one writer belongs to one of "
                "its sessions");
  reset();
}

void Session::reconnect() {
  std::function<void(const Notice&)> take = std::move(connection_->take_notice);
  connect(ConnectOptions(options()));
  connection_->take_notice = std::move(take);
}

void Session::on_notice(std::function<void(const Notice&)> take) {
  connection_->take_notice = std::move(take);
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

void Session::execute(std::string_view sql) { send(connection_->link.get(), sql); }

Rows Session::script(std::string_view sql) {
  return to_rows(send(connection_->link.get(), sql).get());
}

Rows Session::query(std::string_view sql, const std::vector<Value>& parameters) {
  return to_rows(send(connection_->link.get(), sql, parameters).get());
}

Answer Session::ask(std::string_view sql, const std::vector<Value>& parameters) {
  return Answer(send(connection_->link.get(), sql, parameters));
}

uint64_t Session::change(std::string_view sql, const std::vector<Value>& parameters) {
  const Result result = send(connection_->link.get(), sql, parameters);
  const std::string count = PQcmdTuples(result.get());
  return count.empty() ? 0 : std::stoull(count);
}

void Session::each_row(std::string_view sql, const std::function<void(const Row&)>& take) {
  PGconn* const link = connection_->link.get();
  if (PQsendQuery(link, std::string(sql).c_str()) != 1) fail(link, nullptr, sql);
  PQsetSingleRowMode(link);
  try {
    while (PGresult* const raw = PQgetResult(link)) {
      const Result result = expect_success(link, raw, sql);
      for (int row = 0; row < PQntuples(raw); ++row) take(to_row(raw, row));
    }
  } catch (...) {
    // Rows that nobody waits for any more.
    if (PQtransactionStatus(link) == PQTRANS_ACTIVE) cancel();
    drain(link);
    throw;
  }
}

void Session::copy_in(std::string_view sql, std::string_view data) {
  PGconn* const link = connection_->link.get();
  const Result begun(PQexec(link, std::string(sql).c_str()), PQclear);
  if (PQresultStatus(begun.get()) != PGRES_COPY_IN) fail(link, begun.get(), sql);
  constexpr size_t kPiece = size_t{1} << 20U;
  bool sent = true;
  while (sent && !data.empty()) {
    const std::string_view piece = data.substr(0, kPiece);
    sent = PQputCopyData(link, piece.data(), static_cast<int>(piece.size())) == 1;
    data.remove_prefix(piece.size());
  }
  if (sent) PQputCopyEnd(link, nullptr);
  const Result ended(PQgetResult(link), PQclear);
  drain(link);
  if (PQresultStatus(ended.get()) != PGRES_COMMAND_OK) fail(link, ended.get(), sql);
}

void Session::begin() { execute(kBegin); }

void Session::commit(const std::string& last) {
  try {
    execute(last.empty() ? "COMMIT" : last + "; COMMIT");
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

// The server reads what it is sent, a statement together with those after it, in the encoding that
// is set when it comes.
void Session::keep_utf8() {
  const char* encoding = PQparameterStatus(connection_->link.get(), "client_encoding");
  if (encoding != nullptr && std::string_view(encoding) != "UTF8")
    execute("SET client_encoding = 'UTF8'");
}

void Session::cancel() noexcept {
  const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> request(
      PQgetCancel(connection_->link.get()), PQfreeCancel);
  char reason[256];
  // Where it cannot be asked, nobody is left to be cancelled.
  if (request) PQcancel(request.get(), reason, sizeof reason);
}

const ConnectOptions& Session::options() const { return connection_->options; }
int Session::pid() const { return PQbackendPID(connection_->link.get()); }
bool Session::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(connection_->link.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}
int Session::server_version() const { return PQserverVersion(connection_->link.get()); }
const std::string& Session::where() const { return connection_->where; }

}  // namespace sluice::postgres
