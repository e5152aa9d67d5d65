#include "desired/names.h"

#include "sql/scan.h"

namespace sluice::desired {
namespace {

std::string name_of(std::string_view token) {
  std::string name;
  if (!token.starts_with('"')) {
    for (const char c : token) name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return name;
  }
  for (size_t i = 1; i + 1 < token.size(); ++i) {
    name += token[i];
    if (token[i] == '"') ++i;
  }
  return name;
}

}  // namespace

std::optional<std::vector<std::string>> parts_of_name(std::string_view text) {
  const std::string sql(text);
  const sql::Scan scan = sql::scan(sql);
  if (scan.failed_at) return std::nullopt;
  std::vector<std::string> parts;
  bool name_next = true;
  for (const sql::Token& token : scan.tokens) {
    const std::string_view word = text.substr(token.start, token.end - token.start);
    const bool is_name = token.keyword || token.kind == sql::kIdentifier;
    if (name_next ? !is_name : token.kind != '.') return std::nullopt;
    if (name_next) parts.push_back(name_of(word));
    name_next = !name_next;
  }
  if (parts.empty() || name_next) return std::nullopt;
  return parts;
}

}  // namespace sluice::desired
