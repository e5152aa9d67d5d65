#include "revisions/transactions.h"

#include <algorithm>

#include "base/error.h"
#include "revisions/render.h"
#include "sql/scan.h"
#include "sql/split.h"

namespace sluice::revisions {
namespace {

using sql::Kind;

bool is_control(const sql::Statement& statement) {
  return statement.kind == Kind::TransactionControl;
}

// The tokens [first, last) become white space, so that lines and columns stay.
void blank(std::string& text, const std::vector<sql::Token>& tokens, size_t first, size_t last) {
  std::replace_if(
      text.begin() + static_cast<long>(tokens[first].start),
      text.begin() + static_cast<long>(tokens[last - 1].end), [](char c) { return c != '\n'; },
      ' ');
}

// `BEGIN;` before and `COMMIT;` after everything else, without options such as an isolation level.
void unwrap(std::string& text) {
  std::vector<sql::Token> tokens = sql::scan(text).tokens;
  std::erase_if(tokens, [](const sql::Token& token) {
    return token.kind == sql::kSqlComment || token.kind == sql::kBlockComment;
  });
  const auto ends = [&](size_t i) { return tokens[i].kind == ';'; };
  constexpr size_t kWords = 2;  // START TRANSACTION, COMMIT WORK
  size_t begin = 0;
  while (begin < tokens.size() && !ends(begin)) ++begin;
  size_t last = tokens.size();
  while (last > begin && ends(last - 1)) --last;
  size_t commit = last;
  while (commit > begin && !ends(commit - 1)) --commit;
  if (begin == tokens.size() || begin > kWords || last - commit > kWords || commit <= begin) return;
  blank(text, tokens, commit, tokens.size());
  blank(text, tokens, 0, begin + 1);
}

// Whether a statement needs to run outside of a transaction.
bool settle(Section& section, const std::string& file) {
  sql::Script script;
  try {
    script = sql::split(section.sql, file);
  } catch (const base::Error&) {
    return false;
  }
  const std::vector<sql::Statement>& statements = script.statements;
  const bool wrapped =
      statements.size() > 1 &&
      (statements.front().name == "BEGIN" || statements.front().name == "START TRANSACTION") &&
      statements.back().name == "COMMIT" && std::ranges::count_if(statements, is_control) == 2;
  if (wrapped) unwrap(section.sql);
  return std::ranges::any_of(statements, [](const sql::Statement& statement) {
    return statement.kind == Kind::OutsideTransaction;
  });
}

}  // namespace

void settle_transactions(std::vector<Revision>& revisions) {
  for (Revision& revision : revisions) {
    bool outside = settle(revision.up, revision.file);
    if (revision.down) outside = settle(*revision.down, revision.file) || outside;
    if (outside && !revision.repeatable) {
      revision.transactional = false;
      revision.transaction_line = 1;
    }
    revision.text = render(revision);
  }
}

}  // namespace sluice::revisions
