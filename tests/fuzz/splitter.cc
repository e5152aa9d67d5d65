// A section of SQL.
#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

#include "revisions/decode.h"
#include "sql/scan.h"
#include "sql/split.h"
#include "tests/fuzz/property.h"

namespace {

using sluice::fuzz::expect;
using sluice::sql::Script;
using sluice::sql::Statement;

constexpr uint32_t kFirstLine = 7;

// Where a piece stands: at its line, behind the piece before; npos: nowhere.
size_t find_piece(const std::string& sql, const std::string& piece, size_t from, uint32_t line) {
  for (size_t at = from; (at = sql.find(piece, at)) != std::string::npos; ++at)
    if (kFirstLine + std::count(sql.begin(), sql.begin() + static_cast<std::ptrdiff_t>(at), '\n') ==
        line)
      return at;
  return std::string::npos;
}

void expect_in_order(const std::string& sql, const Script& script) {
  size_t from = 0;
  for (const Statement& statement : script.statements) {
    expect(!statement.text.empty(), "no statement is empty");
    const size_t at = find_piece(sql, statement.text, from, statement.line);
    expect(at != std::string::npos, "statements are pieces of the text, in order, at their lines");
    from = at + statement.text.size();
    if (!statement.copy_data) continue;
    from = sql.find(*statement.copy_data, from);
    expect(from != std::string::npos, "the data of a COPY follows it");
    from += statement.copy_data->size();
  }
}

// What is left of a text without comments, white space and semicolons; nothing when the scanner
// objects.
std::optional<std::string> substance(std::string sql) {
  const sluice::sql::Scan scan = sluice::sql::scan(sql);
  if (scan.failed_at) return std::nullopt;
  for (const sluice::sql::Token& token : scan.tokens)
    if (token.kind == sluice::sql::kSqlComment || token.kind == sluice::sql::kBlockComment)
      std::fill(sql.begin() + static_cast<std::ptrdiff_t>(token.start),
                sql.begin() + static_cast<std::ptrdiff_t>(token.end), ' ');
  std::erase_if(sql, [](unsigned char c) { return std::isspace(c) != 0 || c == ';'; });
  return sql;
}

// Together the pieces are what the text was, to the letter, and to the token.
void expect_nothing_lost(const std::string& sql, const Script& script) {
  std::string joined;
  for (const Statement& statement : script.statements) {
    // Where a line ends decides whether data follows a COPY.
    if (statement.kind == sluice::sql::Kind::CopyFromStdin) return;
    joined += statement.text + ";\n";
  }
  if (const std::optional<std::string> whole = substance(sql))
    expect(substance(joined) == whole, "no letter is lost");
  if (script.error) return;
  expect(sluice::sql::canonical_checksum(joined) == sluice::sql::canonical_checksum(sql),
         "no token is lost");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string sql;
  // What is no text does not get as far as the splitter.
  if (!sluice::fuzz::accepts(
          [&] { sql = sluice::revisions::normalise("f.sql", sluice::fuzz::text_of(data, size)); }))
    return 0;
  sluice::sql::canonical_checksum(sql);
  Script script;
  if (!sluice::fuzz::accepts([&] { script = sluice::sql::split(sql, "f.sql", kFirstLine); }))
    return 0;
  // Blanked, where pg_dump wrote them.
  if (sql.find("restrict") != std::string::npos) return 0;
  expect_in_order(sql, script);
  expect_nothing_lost(sql, script);
  return 0;
}
