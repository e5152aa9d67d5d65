#include "engine/permit.h"

#include "base/error.h"

namespace sluice::engine {
namespace {

using base::Error;
using base::ErrorKind;

constexpr int kParserVersion = 15;

std::string place(const revisions::Revision& revision, uint32_t line) {
  return revision.file + ":" + std::to_string(line) + ": ";
}

// What the header asks for must not be ignored.
void permit_header(const revisions::Revision& revision) {
  if (!revision.transactional)
    throw Error(
        ErrorKind::Refused, "Unsupported",
        place(revision, revision.transaction_line) +
            "`transaction: none`: this version does not run revisions without a transaction",
        "leave the line out, or use a later version");
  if (revision.phase == revisions::Phase::Contract)
    throw Error(ErrorKind::Refused, "Unsupported",
                place(revision, revision.phase_line) +
                    "`phase: contract`: this version does not hold revisions back until the "
                    "workloads have rolled out",
                "keep the revision back yourself, or use a later version");
}

void permit_statement(const revisions::Revision& revision, const sql::Statement& statement) {
  const std::string where = place(revision, statement.line);
  switch (statement.kind) {
    case sql::Kind::Plain:
    case sql::Kind::Unparsed:
      return;
    case sql::Kind::TransactionControl:
      throw Error(ErrorKind::Invalid, "StatementNotAllowed",
                  where + statement.name + " in a revision",
                  "remove it: each revision runs in a transaction of its own");
    case sql::Kind::OutsideTransaction:
      throw Error(ErrorKind::Refused, "Unsupported",
                  where + statement.name +
                      " cannot run in a transaction; it needs `-- transaction: none`, which this "
                      "version does not run yet",
                  "use a form that runs in a transaction, or a later version");
    case sql::Kind::CopyFromStdin:
      throw Error(ErrorKind::Refused, "Unsupported",
                  where + "COPY … FROM STDIN: this version does not send the data that follows it",
                  "write INSERT statements, or use a later version");
  }
}

}  // namespace

void permit(const Step& step, int server_version, std::vector<std::string>& warnings) {
  permit_header(step.revision);
  for (const sql::Statement& statement : step.script.statements)
    permit_statement(step.revision, statement);
  if (!step.script.error) return;
  const sql::SyntaxError& error = *step.script.error;
  const std::string text = step.revision.file + ":" + std::to_string(error.line) + ":" +
                           std::to_string(error.column) + ": " + error.message;
  // The server may know what its elder's parser does not.
  if (server_version / 10000 <= kParserVersion)
    throw Error(ErrorKind::Invalid, "SyntaxError", text, "correct the statement");
  warnings.push_back(text + " (for PostgreSQL " + std::to_string(kParserVersion) +
                     "; the server is newer and decides)");
}

}  // namespace sluice::engine
