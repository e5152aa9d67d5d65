#include "sql/split.h"

#include <pg_query.h>

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "sql/classify.h"
#include "sql/scan.h"
#include "sql/wire.h"

namespace sluice::sql {
namespace {

using base::Error;
using base::ErrorKind;

// PostgreSQL's own limit (max_stack_depth, 2 MB) is met before this, and the parser's answer
// crashes the process at four times as much.
constexpr size_t kMaxDepth = 10'000;

// The first words of statements that are Plain whatever follows.
constexpr std::array<uint32_t, 4> kPlainWords{380, 467, 625, 695};

// The byte at which a character (1-based) begins.
size_t byte_of(std::string_view text, int character) {
  size_t at = 0;
  for (; character > 1 && at < text.size(); --character) do
      ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U);
  return at;
}

bool is_comment(const Token& token) {
  return token.kind == kSqlComment || token.kind == kBlockComment;
}

class Splitter {
 public:
  Splitter(std::string_view sql, std::string_view file, uint32_t first_line)
      : sql_(sql), file_(file), first_line_(first_line), scan_(scan(sql_)) {
    if (!scan_.failed_at) return;
    readable_ = byte_of(sql_, *scan_.failed_at);
    scan_ = scan(sql_.substr(0, readable_));
  }

  Script run() {
    refuse_depth();
    refuse_meta_commands();
    const PgQuerySplitResult result = pg_query_split_with_parser(sql_.c_str());
    if (result.error != nullptr) {
      note_error(result.error->message, result.error->cursorpos);
    } else {
      for (int i = 0; i < result.n_stmts; ++i) {
        const PgQuerySplitStmt& cut = *result.stmts[i];
        const auto begin = static_cast<size_t>(cut.stmt_location);
        add(begin, cut.stmt_len == 0 ? sql_.size() : begin + static_cast<size_t>(cut.stmt_len));
      }
    }
    pg_query_free_split_result(result);
    if (script_.error) cut_by_semicolons();
    return std::move(script_);
  }

 private:
  uint32_t line_of(size_t at) const {
    return first_line_ + static_cast<uint32_t>(std::count(
                             sql_.begin(), sql_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  }
  std::string place(size_t at) const { return file_ + ":" + std::to_string(line_of(at)); }

  void refuse_depth() const {
    if (depth_bound(scan_.tokens) > kMaxDepth)
      throw Error(ErrorKind::Invalid, "SqlTooComplex",
                  file_ + ":" + std::to_string(first_line_) + ": an expression of more than " +
                      std::to_string(kMaxDepth) + " terms without a comma",
                  "split the statement");
  }

  // psql's own commands are lines that begin with a backslash, outside of quotes and comments.
  void refuse_meta_commands() const {
    for (size_t i = 0; i < scan_.tokens.size(); ++i) {
      const size_t at = scan_.tokens[i].start;
      if (scan_.tokens[i].kind != '\\') continue;
      const size_t line_start = at == 0 ? 0 : sql_.rfind('\n', at - 1) + 1;
      if (!base::trim(std::string_view(sql_).substr(line_start, at - line_start)).empty()) continue;
      // The data of a COPY looks the same; COPY itself is what has to be said then.
      if (follows_copy(i)) return;
      const std::string line = sql_.substr(at, sql_.find('\n', at) - at);
      throw Error(
          ErrorKind::Invalid, "MetaCommand",
          place(at) + ": `" + base::truncate_utf8(line, 60) + "` is a command of psql, not SQL",
          "remove it; a revision is sent to PostgreSQL as it is");
    }
  }

  bool follows_copy(size_t token) const {
    size_t begin = 0;
    for (size_t i = 0; i < token; ++i) {
      if (scan_.tokens[i].kind != ';') continue;
      const size_t end = scan_.tokens[i].start;
      if (judge(sql_.substr(begin, end - begin)).kind == Kind::CopyFromStdin) return true;
      begin = scan_.tokens[i].end;
    }
    return false;
  }

  void note_error(const char* message, int character) {
    const size_t at = byte_of(sql_, character);
    const size_t line_start = at == 0 ? 0 : sql_.rfind('\n', at - 1) + 1;
    uint32_t column = 1;
    for (size_t i = line_start; i < at; ++i)
      if ((static_cast<unsigned char>(sql_[i]) & 0xC0U) != 0x80U) ++column;
    script_.error = SyntaxError{line_of(at), column, message};
  }

  // By the scanner alone; what it could not read is one last statement.
  void cut_by_semicolons() {
    size_t begin = 0;
    for (const Token& token : std::vector<Token>(scan_.tokens)) {
      if (token.kind != ';') continue;
      add(begin, token.start);
      begin = token.end;
    }
    add(begin, readable_);
    if (const std::string_view rest = base::trim(std::string_view(sql_).substr(readable_));
        !rest.empty())
      script_.statements.push_back({std::string(rest), line_of(readable_), Kind::Unparsed, {}});
  }

  // The statement between two bytes, without comments and white space at its ends.
  void add(size_t begin, size_t end) {
    while (next_ < scan_.tokens.size() &&
           (scan_.tokens[next_].start < begin || is_comment(scan_.tokens[next_])))
      ++next_;
    if (next_ == scan_.tokens.size() || scan_.tokens[next_].start >= end) return;
    const Token first = scan_.tokens[next_];
    size_t last = first.end;
    for (; next_ < scan_.tokens.size() && scan_.tokens[next_].start < end; ++next_)
      if (!is_comment(scan_.tokens[next_])) last = scan_.tokens[next_].end;
    Statement statement;
    statement.text = sql_.substr(first.start, last - first.start);
    while (counted_ < first.start) line_ += sql_[counted_++] == '\n' ? 1 : 0;
    statement.line = first_line_ + line_;
    if (script_.error || std::ranges::find(kPlainWords, first.kind) == kPlainWords.end()) {
      const Verdict verdict = judge(statement.text);
      statement.kind = verdict.kind;
      statement.name = verdict.name;
    }
    script_.statements.push_back(std::move(statement));
  }

  static Verdict judge(const std::string& statement) {
    const PgQueryProtobufParseResult result = pg_query_parse_protobuf(statement.c_str());
    Verdict verdict{Kind::Unparsed, {}};
    if (result.error == nullptr) {
      // ParseResult.stmts[0].stmt
      const std::string_view tree(result.parse_tree.data, result.parse_tree.len);
      verdict = classify(field(field(tree, 2).bytes, 1).bytes);
    }
    pg_query_free_protobuf_parse_result(result);
    return verdict;
  }

  const std::string sql_;
  const std::string file_;
  const uint32_t first_line_;
  Scan scan_;
  size_t readable_ = sql_.size();  // bytes that the scanner could read
  Script script_;
  size_t next_ = 0;     // token
  size_t counted_ = 0;  // bytes whose lines are in line_
  uint32_t line_ = 0;
};

}  // namespace

Script split(std::string_view sql, std::string_view file, uint32_t first_line) {
  return Splitter(sql, file, first_line).run();
}

std::string canonical_checksum(std::string_view text) {
  const std::string sql(text);
  const Scan scanned = scan(sql);
  if (scanned.failed_at) return base::sha256(base::trim(text));
  std::string tokens;
  bool pending_end = false;
  for (const Token& token : scanned.tokens) {
    if (is_comment(token)) continue;
    // Empty statements and a semicolon at the end change nothing.
    if (token.kind == ';') {
      pending_end = !tokens.empty();
      continue;
    }
    if (pending_end) tokens += ";\n";
    pending_end = false;
    std::string word = sql.substr(token.start, token.end - token.start);
    const bool folds = token.keyword || (token.kind == kIdentifier && !word.starts_with('"'));
    if (folds)
      for (char& c : word)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    tokens += word;
    tokens += '\n';
  }
  return base::sha256(tokens);
}

}  // namespace sluice::sql
