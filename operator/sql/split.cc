#include "sql/split.h"

#include <pg_query.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <iterator>
#include <utility>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "sql/classify.h"
#include "sql/scan.h"
#include "sql/wire.h"
#include "sql/words.h"

namespace sluice::sql {
namespace {

using base::Error;
using base::ErrorKind;

// PostgreSQL's own limit (max_stack_depth, 2 MB) is met before this, and the parser's answer
// crashes the process at four times as much.
constexpr size_t kMaxDepth = 10'000;

// Lines `\.`, and words `stdin` before one, that turn out to be part of a literal or a comment.
constexpr size_t kMaxTries = 100;

// libpg_query's numbers of CREATE and PREPARE.
constexpr uint32_t kCreate = 354;
constexpr uint32_t kPrepare = 574;

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

// PostgreSQL's scanner needs time by the square of such a run, which nobody writes.
bool has_deep_comment(std::string_view sql) {
  constexpr size_t kMost = 1000;
  size_t run = 0;
  for (size_t at = 0; at + 1 < sql.size();) {
    const bool opens = sql[at] == '/' && sql[at + 1] == '*';
    run = opens ? run + 1 : 0;
    if (run > kMost) return true;
    at += opens ? 2 : 1;
  }
  return false;
}

bool is_comment(const Token& token) {
  return token.kind == kSqlComment || token.kind == kBlockComment;
}

// Whether a backslash begins a line; psql's own commands are such lines.
bool begins_line(std::string_view sql, size_t at) {
  const size_t line_start = at == 0 ? 0 : sql.rfind('\n', at - 1) + 1;
  return base::trim(sql.substr(line_start, at - line_start)).empty();
}

struct Scanned {
  std::string sql;
  Scan scan;
  size_t readable = 0;  // bytes that the scanner could read
};

Scanned scan_what_is_readable(std::string sql) {
  Scan whole = scan(sql);
  if (!whole.failed_at) {
    const size_t size = sql.size();
    return {std::move(sql), std::move(whole), size};
  }
  const size_t readable = byte_of(sql, *whole.failed_at);
  Scan part = scan(sql.substr(0, readable));
  return {std::move(sql), std::move(part), readable};
}

// pg_dump guards its output by \restrict and \unrestrict, which mean nothing here: whether there
// were any to make blank.
bool blank_guards(Scanned& scanned) {
  bool found = false;
  std::string& sql = scanned.sql;
  for (const Token& token : scanned.scan.tokens) {
    if (token.kind != '\\' || !begins_line(sql, token.start)) continue;
    const size_t end = std::min(sql.find('\n', token.start), sql.size());
    const std::vector<std::string> words =
        base::split_list(std::string_view(sql).substr(token.start, end - token.start), ' ');
    // Empty: another backslash of a line that is blank by now.
    if (words.empty() || (words.front() != "\\restrict" && words.front() != "\\unrestrict"))
      continue;
    std::fill(sql.begin() + static_cast<std::ptrdiff_t>(token.start),
              sql.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    found = true;
  }
  return found;
}

// A guard's key that begins with a digit ends what the scanner can read.
Scanned scan_without_guards(std::string sql) {
  Scanned scanned = scan_what_is_readable(std::move(sql));
  while (blank_guards(scanned)) scanned = scan_what_is_readable(std::move(scanned.sql));
  return scanned;
}

class Splitter {
 public:
  Splitter(std::string_view sql, std::string_view file, uint32_t first_line, Trees trees)
      : sql_(sql), file_(file), first_line_(first_line), trees_(trees) {
    if (has_deep_comment(sql_))
      throw Error(
          ErrorKind::Invalid, "SqlTooComplex",
          file_ + ":" + std::to_string(first_line_) + ": a thousand comments in one another",
          "remove them");
    Scanned scanned = scan_without_guards(std::move(sql_));
    sql_ = std::move(scanned.sql);
    scan_ = std::move(scanned.scan);
    readable_ = scanned.readable;
    bare_ = sql_;
    blank_comments(bare_, scan_.tokens);
  }

  Script run() {
    refuse_depth();
    refuse_meta_commands();
    for (const auto& [begin, end] : cut()) add(begin, end);
    if (script_.error) cut_by_semicolons();
    read_directives();
    return std::move(script_);
  }

 private:
  // Where the parser has statements begin and end; notes its error.
  std::vector<std::pair<size_t, size_t>> cut() {
    std::vector<std::pair<size_t, size_t>> pieces;
    const PgQuerySplitResult result = pg_query_split_with_parser(bare_.c_str());
    if (result.error != nullptr) note_error(result.error->message, result.error->cursorpos);
    for (int i = 0; result.error == nullptr && i < result.n_stmts; ++i) {
      const auto begin = static_cast<size_t>(result.stmts[i]->stmt_location);
      const auto length = static_cast<size_t>(result.stmts[i]->stmt_len);
      pieces.emplace_back(begin, length == 0 ? sql_.size() : begin + length);
    }
    pg_query_free_split_result(result);
    return pieces;
  }

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
      if (scan_.tokens[i].kind != '\\' || !begins_line(sql_, at)) continue;
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
      if (judge(bare_.substr(begin, end - begin)).kind == Kind::CopyFromStdin) return true;
      begin = scan_.tokens[i].end;
    }
    return false;
  }

  void note_error(const char* message, int character) {
    const size_t at = byte_of(bare_, character);
    const size_t line_start = at == 0 ? 0 : sql_.rfind('\n', at - 1) + 1;
    uint32_t column = 1;
    for (size_t i = line_start; i < at; ++i)
      if ((static_cast<unsigned char>(sql_[i]) & 0xC0U) != 0x80U) ++column;
    script_.error = SyntaxError{line_of(at), column, message};
  }

  // By the scanner alone; what it could not read is one last statement.
  void cut_by_semicolons() {
    size_t begin = 0;
    for (size_t i = 0; i < scan_.tokens.size(); ++i) {
      if (scan_.tokens[i].kind != ';') continue;
      i = end_of_rule(begin, end_of_atomic(begin, i));
      const Token end = scan_.tokens[i];
      add(begin, end.start);
      begin = end.end;
    }
    add(begin, readable_);
    if (const std::string_view rest = base::trim(std::string_view(sql_).substr(readable_));
        !rest.empty()) {
      Statement unread;
      unread.text = rest;
      unread.line = line_of(readable_);
      unread.kind = Kind::Unparsed;
      script_.statements.push_back(std::move(unread));
    }
  }

  // The token in lower case.
  std::string word(size_t i) const {
    const Token& token = scan_.tokens[i];
    std::string text = sql_.substr(token.start, token.end - token.start);
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
  }

  // CREATE RULE … DO (…; …): the token of the semicolon after what is in parentheses.
  size_t end_of_rule(size_t begin, size_t semicolon) const {
    size_t first = semicolon;
    while (first > 0 && scan_.tokens[first - 1].start >= begin) --first;
    while (first < semicolon && is_comment(scan_.tokens[first])) ++first;
    if (first == semicolon || word(first) != "create") return semicolon;
    size_t name = first + 1;
    while (name < semicolon && (word(name) == "or" || word(name) == "replace")) ++name;
    if (name == semicolon || word(name) != "rule") return semicolon;
    size_t depth = 0;
    for (size_t i = first; i < scan_.tokens.size(); ++i) {
      const uint32_t kind = scan_.tokens[i].kind;
      if (kind == '(') ++depth;
      if (kind == ')' && depth > 0) --depth;
      if (kind == ';' && depth == 0) return i;
    }
    return semicolon;
  }

  // A semicolon within BEGIN ATOMIC … END ends no statement: the token of the one that does, as far
  // as the parser can tell, else after the first END.
  size_t end_of_atomic(size_t begin, size_t semicolon) const {
    bool atomic = false;
    for (size_t i = semicolon; !atomic && i-- > 1 && scan_.tokens[i - 1].start >= begin;)
      atomic = word(i - 1) == "begin" && word(i) == "atomic";
    if (!atomic) return semicolon;
    std::optional<size_t> after_end;
    for (size_t i = semicolon; i < scan_.tokens.size(); ++i) {
      if (scan_.tokens[i].kind != ';' || word(i - 1) != "end") continue;
      if (!after_end) after_end = i;
      if (judge(bare_.substr(begin, scan_.tokens[i].start - begin)).kind != Kind::Unparsed)
        return i;
    }
    return after_end.value_or(semicolon);
  }

  // The last comment `-- batch: …` before a statement is about it.
  void read_batch(const Token& token, std::optional<Batch>& batch) const {
    if (token.kind != kSqlComment) return;
    std::string_view text =
        base::trim(std::string_view(sql_).substr(token.start + 2, token.end - token.start - 2));
    if (!text.starts_with("batch:")) return;
    const auto fail = [&](const std::string& what) {
      throw Error(ErrorKind::Invalid, "BatchInvalid", place(token.start) + ": " + what,
                  "write `-- batch: TABLE KEY SIZE`, perhaps with `pause=MILLISECONDS` after it");
    };
    const auto number = [&](std::string_view digits, uint32_t least) {
      uint32_t value = 0;
      const auto [end, failure] =
          std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (failure != std::errc() || end != digits.data() + digits.size() || value < least)
        fail("`" + std::string(digits) + "` is no number from " + std::to_string(least));
      return value;
    };
    const std::vector<std::string> words = base::split_list(text.substr(6), ' ');
    if (words.size() < 3 || words.size() > 4)
      fail("`" + base::truncate_utf8(text, 80) + "` has not three words");
    batch = Batch{words[0], words[1], number(words[2], 1)};
    if (words.size() < 4) return;
    if (!words[3].starts_with("pause=")) fail("unknown word `" + words[3] + "`");
    batch->pause_ms = number(std::string_view(words[3]).substr(6), 0);
  }

  void read_directives() {
    constexpr std::string_view kWord = "sluice:";
    for (const Token& token : scan_.tokens) {
      if (token.kind != kSqlComment) continue;
      const std::string_view text =
          base::trim(std::string_view(sql_).substr(token.start + 2, token.end - token.start - 2));
      if (text.starts_with(kWord))
        script_.directives.push_back(
            {std::string(base::trim(text.substr(kWord.size()))), line_of(token.start)});
    }
  }

  // The statement between two bytes, without comments and white space at its ends.
  void add(size_t begin, size_t end) {
    std::optional<Batch> batch;
    for (; next_ < scan_.tokens.size() &&
           (scan_.tokens[next_].start < begin || is_comment(scan_.tokens[next_]));
         ++next_)
      if (scan_.tokens[next_].start >= begin) read_batch(scan_.tokens[next_], batch);
    if (next_ == scan_.tokens.size() || scan_.tokens[next_].start >= end) return;
    const Token first = scan_.tokens[next_];
    size_t last = first.end;
    bool sets_config = false;
    Statement statement;
    for (; next_ < scan_.tokens.size() && scan_.tokens[next_].start < end; ++next_) {
      const Token& token = scan_.tokens[next_];
      if (!is_comment(token)) last = token.end;
      if (token.kind == kParameter) statement.has_parameters = true;
      if (is_set_config(token)) sets_config = true;
    }
    // Their own: a function's arguments, a prepared statement's parameters.
    if (first.kind == kCreate || first.kind == kPrepare) statement.has_parameters = false;
    statement.batch = std::move(batch);
    statement.text = sql_.substr(first.start, last - first.start);
    while (counted_ < first.start) line_ += sql_[counted_++] == '\n' ? 1 : 0;
    statement.line = first_line_ + line_;
    if (script_.error || std::ranges::find(kPlainWords, first.kind) == kPlainWords.end()) {
      const Verdict verdict = judge(bare_.substr(first.start, last - first.start),
                                    trees_ == Trees::Keep ? &statement.tree : nullptr);
      statement.kind = verdict.kind;
      statement.name = verdict.name;
      statement.setting = verdict.setting;
      statement.waits_harmlessly = verdict.waits_harmlessly;
      statement.server_wide = verdict.server_wide;
    }
    if (sets_config) statement.setting |= only_sets_config(words_of(statement.text));
    script_.statements.push_back(std::move(statement));
  }

  bool is_set_config(const Token& token) const {
    constexpr std::string_view kName = "set_config";
    return token.kind == kIdentifier && token.end - token.start == kName.size() &&
           std::ranges::equal(std::string_view(sql_).substr(token.start, kName.size()), kName, {},
                              [](unsigned char c) { return std::tolower(c); });
  }

  static Verdict judge(const std::string& statement, std::string* kept = nullptr) {
    const PgQueryProtobufParseResult result = pg_query_parse_protobuf(statement.c_str());
    Verdict verdict{Kind::Unparsed, {}};
    if (result.error == nullptr) {
      // ParseResult.stmts[0].stmt
      const std::string_view tree(result.parse_tree.data, result.parse_tree.len);
      verdict = classify(field(field(tree, 2).bytes, 1).bytes);
      if (kept != nullptr) *kept = tree;
    }
    pg_query_free_protobuf_parse_result(result);
    return verdict;
  }

  std::string sql_;
  std::string bare_;  // the same with blanks for comments
  const std::string file_;
  const uint32_t first_line_;
  const Trees trees_;
  Scan scan_;
  size_t readable_ = 0;  // bytes that the scanner could read
  Script script_;
  size_t next_ = 0;     // token
  size_t counted_ = 0;  // bytes whose lines are in line_
  uint32_t line_ = 0;
};

// Where a line `\.` begins, at or after `from`; npos: nowhere.
size_t end_of_data(std::string_view sql, size_t from) {
  for (size_t at = from; (at = sql.find("\\.", at)) != std::string_view::npos; ++at) {
    const bool begins = at == 0 || sql[at - 1] == '\n';
    const bool ends = at + 2 == sql.size() || sql[at + 2] == '\n';
    if (begins && ends && at >= from) return at;
  }
  return std::string_view::npos;
}

// The semicolon, at or after `from`, that ends a statement: none in quotes or a comment.
size_t end_of_statement(std::string_view sql, size_t from) {
  size_t at = sql.find(';', from);
  for (size_t tries = 0; at != std::string_view::npos && tries < kMaxTries; ++tries) {
    const std::string_view before = sql.substr(0, at);
    if (has_deep_comment(before)) break;
    const Scanned scanned = scan_without_guards(std::string(before));
    const std::vector<Token>& tokens = scanned.scan.tokens;
    const bool remark =
        !tokens.empty() && tokens.back().kind == kSqlComment && tokens.back().end == at;
    if (scanned.readable == at && !remark) return at;
    at = sql.find(';', at + 1);
  }
  return std::string_view::npos;
}

// The statements of `sql` up to the first COPY … FROM stdin that data follows, and where that
// begins. `data` stays empty when there is none.
Script up_to_copy(std::string_view sql, std::string_view file, uint32_t first_line, Trees trees,
                  std::optional<size_t>& data) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  constexpr std::string_view kWord = "stdin";
  auto word = sql.begin();
  for (size_t tries = 0; tries < kMaxTries; ++tries, ++word) {
    word = std::search(word, sql.end(), kWord.begin(), kWord.end(), same);
    if (word == sql.end()) return {};
    const size_t semicolon = end_of_statement(sql, static_cast<size_t>(word - sql.begin()));
    if (semicolon == std::string_view::npos) continue;
    const size_t line_end = std::min(sql.find('\n', semicolon), sql.size());
    const std::string_view rest = base::trim(sql.substr(semicolon + 1, line_end - semicolon - 1));
    if (line_end == sql.size() || !(rest.empty() || rest.starts_with("--"))) continue;
    Script script = Splitter(sql.substr(0, semicolon), file, first_line, trees).run();
    if (script.statements.empty() || script.statements.back().kind != Kind::CopyFromStdin) continue;
    data = line_end + 1;
    return script;
  }
  return {};
}

}  // namespace

Script split(std::string_view sql, std::string_view file, uint32_t first_line, Trees trees) {
  Script script;
  // The parser cannot read data: what stands before some is judged without it.
  size_t from = 0;
  for (size_t end = 0, tries = 0; tries < kMaxTries; ++tries) {
    end = end_of_data(sql, from);
    if (end == std::string_view::npos) break;
    from = end + 1;
    std::optional<size_t> data;
    Script before = up_to_copy(sql.substr(0, end), file, first_line, trees, data);
    if (!data) continue;
    const std::string_view lines = sql.substr(*data, end - *data);
    before.statements.back().copy_data = lines;
    std::ranges::move(before.statements, std::back_inserter(script.statements));
    std::ranges::move(before.directives, std::back_inserter(script.directives));
    const size_t next = std::min(sql.find('\n', end), sql.size() - 1) + 1;
    first_line += static_cast<uint32_t>(
        std::count(sql.begin(), sql.begin() + static_cast<std::ptrdiff_t>(next), '\n'));
    sql.remove_prefix(next);
    from = 0;
    tries = 0;
  }
  Script rest = Splitter(sql, file, first_line, trees).run();
  std::ranges::move(rest.statements, std::back_inserter(script.statements));
  std::ranges::move(rest.directives, std::back_inserter(script.directives));
  script.error = rest.error;
  return script;
}

namespace {

// The tokens, one a line; nothing when the scanner objects.
std::optional<std::string> canonical(std::string_view text) {
  if (has_deep_comment(text)) return std::nullopt;
  const std::string sql(text);
  const Scan scanned = scan(sql);
  if (scanned.failed_at) return std::nullopt;
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
  return tokens;
}

}  // namespace

std::string canonical_checksum(std::string_view text) {
  std::string all;
  std::string_view rest = text;
  try {
    size_t from = 0;
    for (size_t tries = 0; tries < kMaxTries; ++tries) {
      const size_t end = end_of_data(rest, from);
      if (end == std::string_view::npos) break;
      from = end + 1;
      std::optional<size_t> data;
      up_to_copy(rest.substr(0, end), "", 1, Trees::Drop, data);
      if (!data) continue;
      const std::optional<std::string> tokens = canonical(rest.substr(0, *data));
      if (!tokens) return base::sha256(base::trim(text));
      // What is data counts to the letter.
      all += *tokens + ";\n" + std::string(rest.substr(*data, end - *data)) + "\\.\n";
      rest.remove_prefix(std::min(rest.find('\n', end), rest.size() - 1) + 1);
      from = 0;
      tries = 0;
    }
  } catch (const Error&) {
    // A file that split() refuses is never applied.
    return base::sha256(base::trim(text));
  }
  const std::optional<std::string> tokens = canonical(rest);
  return base::sha256(tokens ? all + *tokens : std::string(base::trim(text)));
}

}  // namespace sluice::sql
