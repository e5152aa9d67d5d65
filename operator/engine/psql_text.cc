#include "engine/psql_text.h"

#include <cctype>

#include "sql/scan.h"

namespace sluice::engine {
namespace {

// Source: psqlscan.l of psql, `variable_char` and the rules for a colon.
bool begins_variable(unsigned char c) {
  return std::isalnum(c) != 0 || c >= 0x80 || c == '_' || c == '\'' || c == '"' || c == '{';
}

}  // namespace

std::string without_variables(const std::string& sql) {
  std::string text;
  size_t done = 0;
  for (const sql::Token& token : sql::scan(sql).tokens) {
    if (token.kind != ':' || token.end >= sql.size() ||
        !begins_variable(static_cast<unsigned char>(sql[token.end])))
      continue;
    text.append(sql, done, token.end - done).append(" ");
    done = token.end;
  }
  return text.append(sql, done);
}

std::string do_block(const std::string& body) {
  std::string tag = "$sluice$";
  for (int i = 1; body.find(tag) != std::string::npos; ++i)
    tag = "$sluice" + std::to_string(i) + "$";
  return "DO " + tag + "\n" + body + "\n" + tag + ";\n";
}

}  // namespace sluice::engine
