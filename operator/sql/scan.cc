#include "sql/scan.h"

#include <pg_query.h>

#include <algorithm>

#include "base/text.h"
#include "sql/wire.h"

namespace sluice::sql {
namespace {

constexpr uint32_t kAnd = 291;
constexpr uint32_t kExcept = 405;
constexpr uint32_t kIntersect = 471;
constexpr uint32_t kJoin = 478;
constexpr uint32_t kOr = 548;
constexpr uint32_t kUnion = 689;

Token read_token(std::string_view bytes) {
  Token token;
  Message fields(bytes);
  while (const std::optional<Field> field = fields.next()) {
    if (field->number == 1) token.start = field->varint;
    if (field->number == 2) token.end = field->varint;
    if (field->number == 4) token.kind = static_cast<uint32_t>(field->varint);
    if (field->number == 5) token.keyword = field->varint != 0;
  }
  return token;
}

// libpg_query says of such a token where it begins, and a wrong end. Only white space stands
// between two tokens.
void mend_unicode_ends(std::string_view sql, std::vector<Token>& tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    Token& token = tokens[i];
    if (token.kind != kUnicodeIdentifier && token.kind != kUnicodeLiteral) continue;
    const size_t next = i + 1 < tokens.size() ? tokens[i + 1].start : sql.size();
    token.end = token.start + base::trim(sql.substr(token.start, next - token.start)).size();
  }
}

}  // namespace

Scan scan(const std::string& sql) {
  Scan answer;
  const PgQueryScanResult result = pg_query_scan(sql.c_str());
  if (result.error != nullptr) {
    answer.failed_at = result.error->cursorpos;
  } else {
    Message fields(std::string_view(result.pbuf.data, result.pbuf.len));
    while (const std::optional<Field> field = fields.next())
      if (field->number == 2) answer.tokens.push_back(read_token(field->bytes));
    mend_unicode_ends(sql, answer.tokens);
  }
  pg_query_free_scan_result(result);
  return answer;
}

void blank_comments(std::string& sql, const std::vector<Token>& tokens) {
  for (const Token& token : tokens) {
    if (token.kind != kSqlComment && token.kind != kBlockComment) continue;
    for (size_t at = token.start; at < token.end; ++at)
      if (sql[at] != '\n') sql[at] = ' ';
  }
}

std::string without_comments(std::string sql) {
  blank_comments(sql, scan(sql).tokens);
  return sql;
}

// A level of nesting costs a token at least. Within one pair of brackets a comma ends an expression
// and so its depth, but not a chain of UNIONs
// or JOINs.
size_t depth_bound(const std::vector<Token>& tokens) {
  struct Level {
    size_t run = 0;
    size_t chain = 0;
  };
  std::vector<Level> open(1);
  size_t enclosing = 0;
  size_t deepest = 0;
  for (const Token& token : tokens) {
    Level& level = open.back();
    switch (token.kind) {
      case kSqlComment:
      case kBlockComment:
        continue;
      case ';':
        level = {};
        break;
      case ',':
      case kAnd:  // the parser keeps chains of AND and of OR flat
      case kOr:
        level.run = 0;
        break;
      case kJoin:
      case kUnion:
      case kIntersect:
      case kExcept:
        ++level.chain;
        level.run = 0;
        break;
      case '(':
      case '[':
        ++level.run;
        enclosing += level.run + level.chain;
        open.emplace_back();
        break;
      case ')':
      case ']':
        if (open.size() > 1) {
          open.pop_back();
          enclosing -= open.back().run + open.back().chain;
        }
        break;
      default:
        ++level.run;
    }
    deepest = std::max(deepest, enclosing + open.back().run + open.back().chain);
  }
  return deepest;
}

}  // namespace sluice::sql
