#include "engine/permit.h"

#include "base/error.h"
#include "sql/subject.h"

namespace sluice::engine {
namespace {

using base::Error;
using base::ErrorKind;

constexpr int kParserVersion = 15;

[[noreturn]] void refuse(const std::string& message, const std::string& remedy) {
  throw Error(ErrorKind::Invalid, "StatementNotAllowed", message, remedy);
}

void permit_outside(const std::string& where, const sql::Statement& statement) {
  const sql::Subject subject = sql::subject_of(statement.text);
  if (subject.form == sql::Subject::Form::DiscardAll)
    refuse(where + "DISCARD ALL gives up the lock that keeps other runs away",
           "write RESET ALL; Sluice does so after each revision anyway");
  if (subject.form == sql::Subject::Form::CreateIndex && subject.name.empty())
    refuse(where + "CREATE INDEX CONCURRENTLY without a name",
           "name the index, so that one which a crash left half built can be found");
}

void permit_batch(const std::string& where, bool transactional, const sql::Statement& statement) {
  if (!statement.batch) {
    if (statement.has_parameters)
      refuse(where + "$1 stands for nothing here",
             "only a statement after a line `-- batch: TABLE KEY SIZE` has parameters");
    return;
  }
  if (transactional)
    refuse(where + "`-- batch:` in a revision that runs in one transaction",
           "add `-- transaction: none` to the header: each range has a transaction of its own");
  if (statement.kind != sql::Kind::Plain && statement.kind != sql::Kind::Unparsed)
    refuse(where + statement.name + " cannot run in batches", "remove the line `-- batch:`");
  if (statement.kind == sql::Kind::Plain && !statement.has_parameters)
    refuse(where + "`-- batch:` before a statement that does not say which rows",
           "add to its WHERE: `" + statement.batch->key + " BETWEEN $1 AND $2`");
}

void permit_statement(const Step& step, const sql::Statement& statement) {
  const revisions::Revision& revision = *step.revision;
  const std::string where = step.place(statement.line) + ": ";
  permit_batch(where, revision.transactional, statement);
  switch (statement.kind) {
    case sql::Kind::Plain:
    case sql::Kind::Unparsed:
      return;
    case sql::Kind::TransactionControl:
      refuse(where + statement.name + " in a revision",
             revision.transactional
                 ? "remove it: each revision runs in a transaction of its own"
                 : "remove it: without a transaction each statement takes effect by itself");
    case sql::Kind::OutsideTransaction:
      if (revision.transactional)
        refuse(where + statement.name + " cannot run in a transaction",
               "add `-- transaction: none` to the header; best, give it a revision of its own");
      return permit_outside(where, statement);
    case sql::Kind::CopyFromStdin:
      if (!statement.copy_data)
        refuse(where + "COPY … FROM STDIN without its data",
               "put the data on the lines after it, and `\\.` on one of its own at their end");
      return;
  }
}

}  // namespace

void permit(const Step& step, int server_version, std::vector<std::string>& warnings) {
  for (const sql::Statement& statement : step.script.statements) permit_statement(step, statement);
  if (!step.script.error) return;
  const sql::SyntaxError& error = *step.script.error;
  const std::string text =
      step.place(error.line) + ":" + std::to_string(error.column) + ": " + error.message;
  // The server may know what its elder's parser does not.
  if (server_version / 10000 <= kParserVersion)
    throw Error(ErrorKind::Invalid, "SyntaxError", text, "correct the statement");
  warnings.push_back(text + " (for PostgreSQL " + std::to_string(kParserVersion) +
                     "; the server is newer and decides)");
}

}  // namespace sluice::engine
