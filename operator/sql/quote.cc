#include "sql/quote.h"

namespace sluice::sql {

std::string quote_identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + '"';
}

std::string qualified(std::string_view schema, std::string_view name) {
  return (schema.empty() ? "" : quote_identifier(schema) + ".") + quote_identifier(name);
}

std::string literal(std::string_view text) {
  // Only a backslash means different things.
  std::string quoted = text.find('\\') == std::string_view::npos ? "'" : "E'";
  quoted.reserve(text.size() + 8);
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted += '\'';
}

}  // namespace sluice::sql
