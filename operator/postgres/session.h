// One connection to one PostgreSQL backend. The only room that includes libpq.
//
// A Session is its connection: when that breaks, the Session is spent (every later call throws) and
// never silently another backend, because locks and settings live in the backend. It is used by one
// thread at a time; only cancel() may be called from another.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/answer.h"
#include "postgres/connect_options.h"

namespace sluice::postgres {

// What the server says beside its answer: RAISE NOTICE, a table that IF EXISTS did not find.
struct Notice {
  std::string severity;  // NOTICE, WARNING …: not translated
  std::string message;   // on one line
};

// nullopt is SQL's NULL. Parameters and results travel as text.
using Value = std::optional<std::string>;
using Row = std::vector<Value>;
using Rows = std::vector<Row>;

// Errors of all calls are base::Error; those of the server carry the reason of postgres/errors.h.
class Session {
 public:
  // Connects. Throws Transient for what may be corrected outside (AuthenticationFailed,
  // DatabaseMissing, DatabaseUnreachable, TlsFailed, PermissionDenied) and Refused,
  // "PoolerInFront", when a connection pooler stands between (the pid that libpq was given is not
  // pg_backend_pid()).
  explicit Session(const ConnectOptions& options);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  // SQL of one or more statements, without parameters; rows of the last are dropped.
  void execute(std::string_view sql);
  // The same, in one exchange with the server; answers with the rows of the last.
  Rows script(std::string_view sql);
  // One statement, with $1 … bound to `parameters`.
  Rows query(std::string_view sql, const std::vector<Value>& parameters = {});
  // The same for many rows, which are not copied.
  Answer ask(std::string_view sql, const std::vector<Value>& parameters = {});
  // The same; answers with the number of rows that it changed.
  uint64_t change(std::string_view sql, const std::vector<Value>& parameters = {});
  // One statement of many rows, which are handed on one at a time and not kept. What `take` throws
  // ends it; `take` does not use the session.
  void each_row(std::string_view sql, const std::function<void(const Row&)>& take);
  // COPY … FROM STDIN, and what it reads.
  void copy_in(std::string_view sql, std::string_view data);

  // execute(kBegin), and the end of it. `last` is SQL to send along with the COMMIT, in front;
  // where it fails, its error is thrown and the transaction is still open. commit() throws
  // Error{InDoubt, "CommitInDoubt"} when the connection broke before the answer. rollback() never
  // throws: a broken connection has rolled back.
  void begin();
  void commit(const std::string& last = {});
  void rollback() noexcept;

  // Told of each notice as it comes, on the thread that waits for the answer; without one they are
  // dropped. It does not throw and does not use the session. A reconnect keeps it.
  void on_notice(std::function<void(const Notice&)> take);

  // Back to the settings and the role that the connection began with: revisions change them.
  void reset();
  // What reset() sends, to be put in front of other SQL.
  std::string reset_sql() const;

  // Another backend in place of one that is gone: without its locks, settings and transaction. For
  // the thread that uses the session, while no other may call cancel(). Throws as the constructor.
  void reconnect();

  // Undoes a change of client_encoding, which a statement may have made: all that is sent is UTF-8.
  void keep_utf8();

  // Asks the server to cancel what runs; harmless when nothing does. Any thread.
  void cancel() noexcept;

  // For a second connection to the same place. Holds the password.
  const ConnectOptions& options() const;
  int pid() const;                   // of the backend
  bool in_transaction() const;       // one is open, failed or not
  int server_version() const;        // 150004 for 15.4
  const std::string& where() const;  // host:port/dbname as user, for messages

 private:
  struct Connection;
  void connect(const ConnectOptions& options);
  std::unique_ptr<Connection> connection_;
  bool notices_lost_client_ = true;
};

// Whatever the role's default is: the ledger's fence has to be read as it is now.
inline constexpr const char* kBegin = "BEGIN ISOLATION LEVEL READ COMMITTED";

// BEGIN at construction; rolled back when it goes out of scope without commit().
class Transaction {
 public:
  explicit Transaction(Session& session) : session_(session) { session_.begin(); }
  // For one that the caller begins at once, together with other SQL.
  struct BegunByCaller {};
  Transaction(Session& session, BegunByCaller) : session_(session) {}
  ~Transaction() {
    if (open_) session_.rollback();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  // As Session::commit(). Where it throws, the destructor rolls back, or the COMMIT is in doubt.
  void commit(const std::string& last = {}) {
    session_.commit(last);
    open_ = false;
  }

 private:
  Session& session_;
  bool open_ = true;
};

}  // namespace sluice::postgres
