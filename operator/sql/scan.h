// PostgreSQL's own scanner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sql {

// libpg_query's numbers.
inline constexpr uint32_t kSqlComment = 275;
inline constexpr uint32_t kBlockComment = 276;
inline constexpr uint32_t kIdentifier = 258;
inline constexpr uint32_t kUnicodeIdentifier = 259;  // U&"…"
inline constexpr uint32_t kUnicodeLiteral = 262;     // U&'…'
inline constexpr uint32_t kParameter = 267;

struct Token {
  size_t start = 0;  // bytes
  size_t end = 0;
  uint32_t kind = 0;  // a character's own code, or libpg_query's number
  bool keyword = false;
};

struct Scan {
  std::vector<Token> tokens;
  // Where the scanner gave up (an unterminated quote or comment, most often), in characters from 1;
  // there are no tokens then.
  std::optional<int> failed_at;
};

// `sql` must not hold a NUL.
Scan scan(const std::string& sql);

// The same text with blanks where comments are, for the parser: libpg_query's looks for the second
// word of NULLS FIRST, NOT IN, WITH CHECK OPTION, U&'…' UESCAPE, and for what continues a literal
// on another line, and a comment in between has it report a syntax error. Positions stay what they
// are.
void blank_comments(std::string& sql, const std::vector<Token>& tokens);
std::string without_comments(std::string sql);

// How deep the parser's answer can become: an upper bound, by counting tokens.
size_t depth_bound(const std::vector<Token>& tokens);

}  // namespace sluice::sql
