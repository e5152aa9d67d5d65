// SQL cut into statements and judged by PostgreSQL 15's own parser, never by searching text.
//
// libpg_query redirects the process's standard error for the length of a call, so nothing here is
// for use while another thread logs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sql {

enum class Kind {
  Plain,               // can run in a transaction
  TransactionControl,  // BEGIN, COMMIT, ROLLBACK, SAVEPOINT …
  OutsideTransaction,  // CREATE INDEX CONCURRENTLY, VACUUM …: PostgreSQL refuses them in a
                       // transaction
  CopyFromStdin,
  Unparsed,  // newer syntax than this parser knows, or an error
};

// `-- batch: TABLE KEY SIZE [pause=MILLISECONDS]` before a statement: it runs over ranges of the
// key, whose first and last value are its $1 and $2.
struct Batch {
  std::string table;  // as written, perhaps with a schema
  std::string key;
  uint32_t size = 0;  // rows of the table in one range
  uint32_t pause_ms = 100;
};

struct Statement {
  std::string text;   // without the semicolon, comments before it or white space around it
  uint32_t line = 1;  // of the file, 1-based
  Kind kind = Kind::Plain;
  std::string name;  // for OutsideTransaction and TransactionControl: what it is, for messages
  // SET and RESET: what it changes is the session, so it has to be said again to another one.
  bool setting = false;
  // VALIDATE CONSTRAINT and CONCURRENTLY: it waits without holding the application's traffic up.
  bool waits_harmlessly = false;
  // It is about roles, databases, tablespaces or the server: not about what one database holds.
  bool server_wide = false;
  bool has_parameters = false;  // $1 …
  std::optional<Batch> batch;
  // CopyFromStdin: the lines after it, up to and without `\.`; nothing where none follow.
  std::optional<std::string> copy_data;
  // The parser's answer, a ParseResult of libpg_query in protobuf; where Trees::Keep asked for it,
  // and judging the statement needed it.
  std::string tree;
};

struct SyntaxError {
  uint32_t line = 1;    // of the file
  uint32_t column = 1;  // characters, 1-based
  std::string message;
};

// A comment `-- sluice:…`.
struct Directive {
  std::string text;  // what follows `sluice:`, trimmed
  uint32_t line = 1;
};

struct Script {
  std::vector<Statement> statements;
  std::vector<Directive> directives;
  // What the parser objected to. The statements are then cut by the scanner alone.
  std::optional<SyntaxError> error;
};

// `first_line` is the line of the file on which `sql` begins. Throws Error{Invalid} with
// "file:line":
//   MetaCommand    a line of psql's own (`\connect`); pg_dump's `\restrict` and `\unrestrict` are
//                  passed over
//   BatchInvalid   a comment `-- batch:` that does not say what it should
//   SqlTooComplex  larger or more deeply nested than the parser can take
enum class Trees { Drop, Keep };
Script split(std::string_view sql, std::string_view file, uint32_t first_line = 1,
             Trees trees = Trees::Drop);

// SHA-256 over the tokens, without comments, white space and the case of key words and unquoted
// names: the same as long as the statements are. Falls back to the trimmed text when the scanner
// objects.
std::string canonical_checksum(std::string_view sql);

}  // namespace sluice::sql
