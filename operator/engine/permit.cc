#include "engine/permit.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/error.h"
#include "base/text.h"
#include "sql/scan.h"
#include "sql/subject.h"
#include "sql/words.h"

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

// What the connection keeps for itself: the next statement may come over another one.
void permit_alone(const std::string& where, const sql::Statement& statement,
                  const std::vector<std::string>& words) {
  if (sql::is_set_local(words))
    refuse(where + "SET LOCAL in a revision without a transaction changes nothing",
           "write SET: it holds for the statements after it, and Sluice resets it at the end");
  if (statement.kind == sql::Kind::Plain && sql::makes_temporary(words))
    refuse(where + "a temporary object in a revision without a transaction",
           "after an interruption it would be gone, and what comes after would mean another "
           "object of that name: use an ordinary one, or a revision with a transaction");
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
  const std::vector<std::string> words = sql::words_of(statement.text);
  const auto has = [&](const char* word) { return std::ranges::find(words, word) != words.end(); };
  if (statement.kind == sql::Kind::Plain && !(has("$1") && has("$2")))
    refuse(where + "`-- batch:` before a statement that does not say which rows",
           "add to its WHERE: `" + statement.batch->key + " BETWEEN $1 AND $2`");
  if (sql::updates_column(words, statement.batch->table, statement.batch->key))
    refuse(where + "the statement changes " + statement.batch->key + ", the key of its batches",
           "a row that moves on would be met again; go by another key");
}

void permit_statement(const Step& step, const sql::Statement& statement) {
  const revisions::Revision& revision = *step.revision;
  const std::string where = step.place(statement.line) + ": ";
  permit_batch(where, revision.transactional, statement);
  const std::vector<std::string> words = sql::words_of(statement.text);
  if (sql::unlocks_all(words))
    refuse(where + "pg_advisory_unlock_all() gives up the lock that keeps other runs away",
           "name the locks that the revision has taken: pg_advisory_unlock(key)");
  if (!revision.transactional) permit_alone(where, statement, words);
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

// What a comment says when blanks, case and what opens it do not count.
std::string letters_of(std::string_view comment) {
  std::string letters;
  for (const char c : comment.substr(std::min<size_t>(comment.size(), 2)))
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '+')
      letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

// A marker that is not read as one would have the way down run as part of the way up, or a contract
// revision at once.
void refuse_missed_markers(const Step& step) {
  const revisions::Revision& revision = *step.revision;
  if (step.synced || (step.direction == Direction::Down && !revision.down)) return;
  const revisions::Section& section =
      step.direction == Direction::Down ? *revision.down : revision.up;
  constexpr std::array<std::string_view, 4> kMarkers{"migrate:up", "migrate:down", "+gooseup",
                                                     "+goosedown"};
  constexpr std::array<std::string_view, 2> kKeys{"transaction:none", "phase:contract"};
  for (const sql::Token& token : sql::scan(section.sql).tokens) {
    if (token.kind != sql::kSqlComment && token.kind != sql::kBlockComment) continue;
    const std::string comment = section.sql.substr(token.start, token.end - token.start);
    const std::string letters = letters_of(comment);
    const bool marker = std::ranges::any_of(
        kMarkers, [&](std::string_view each) { return letters.starts_with(each); });
    if (!marker && std::ranges::find(kKeys, letters) == kKeys.end()) continue;
    const auto line =
        section.line + static_cast<uint32_t>(std::count(
                           section.sql.begin(),
                           section.sql.begin() + static_cast<std::ptrdiff_t>(token.start), '\n'));
    throw Error(ErrorKind::Invalid, "RevisionInvalid",
                step.place(line) + ": `" + base::truncate_utf8(comment, 40) +
                    "` is a comment here, not what it looks like",
                marker ? "write `-- migrate:down` on a line of its own, in these letters and "
                         "blanks, or word the comment otherwise"
                       : "put the line above `-- migrate:up`, or word the comment otherwise");
  }
}

}  // namespace

void permit(const Step& step, int server_version, std::vector<std::string>& warnings) {
  refuse_missed_markers(step);
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
