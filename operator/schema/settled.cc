#include "schema/settled.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/scan.h"

namespace sluice::schema {
namespace {

using Tokens = std::vector<sql::Token>;

std::string_view word(const std::string& sql, const sql::Token& token) {
  return std::string_view(sql).substr(token.start, token.end - token.start);
}

bool opens(const sql::Token& token) { return token.kind == '(' || token.kind == '['; }
bool closes(const sql::Token& token) { return token.kind == ')' || token.kind == ']'; }

struct Array {
  size_t end = 0;                                   // the token of its last bracket
  std::vector<std::pair<size_t, size_t>> elements;  // tokens: first, last
};

// An array written out whose `[` is that token.
std::optional<Array> array_at(const Tokens& tokens, size_t bracket) {
  Array array;
  size_t depth = 0;
  size_t first = bracket + 1;
  for (size_t at = bracket; at < tokens.size(); ++at) {
    if (opens(tokens[at])) ++depth;
    if (closes(tokens[at])) --depth;
    const bool ends = depth == 0;
    if (ends || (depth == 1 && tokens[at].kind == ',')) {
      if (at == first) return std::nullopt;  // no elements
      array.elements.emplace_back(first, at - 1);
      first = at + 1;
    }
    if (ends) {
      array.end = at;
      return array;
    }
  }
  return std::nullopt;
}

// Of the tokens of `::type[]`: the last of the type's name.
std::optional<size_t> array_type_at(const std::string& sql, const Tokens& tokens, size_t cast) {
  if (cast >= tokens.size() || word(sql, tokens[cast]) != "::") return std::nullopt;
  size_t at = cast + 1;
  while (at < tokens.size() && tokens[at].kind != '[' &&
         (tokens[at].keyword || tokens[at].kind == sql::kIdentifier || tokens[at].kind == '.'))
    ++at;
  if (at == cast + 1 || at + 1 >= tokens.size() || tokens[at].kind != '[' ||
      tokens[at + 1].kind != ']')
    return std::nullopt;
  return at - 1;
}

// The first cast of such an array, replaced; nullopt: there is none.
std::optional<std::string> settle_one(const std::string& sql) {
  const Tokens tokens = sql::scan(sql).tokens;
  for (size_t at = 0; at + 1 < tokens.size(); ++at) {
    if (word(sql, tokens[at]) != "ARRAY" || tokens[at + 1].kind != '[') continue;
    const std::optional<Array> array = array_at(tokens, at + 1);
    if (!array) continue;
    size_t from = at;
    size_t cast = array->end + 1;
    const bool wrapped =
        at > 0 && tokens[at - 1].kind == '(' && cast < tokens.size() && tokens[cast].kind == ')';
    if (wrapped && array_type_at(sql, tokens, cast + 1)) {
      --from;
      ++cast;
    }
    const std::optional<size_t> name = array_type_at(sql, tokens, cast);
    if (!name) continue;
    const std::string type = sql.substr(tokens[cast].start, tokens[*name].end - tokens[cast].start);
    const bool parentheses = from < at;
    std::string elements;
    for (const auto& [first, last] : array->elements) {
      const std::string element =
          sql.substr(tokens[first].start, tokens[last].end - tokens[first].start);
      elements += (elements.empty() ? "" : ", ") +
                  (parentheses ? "(" + element + ")" + type : element + type);
    }
    return sql.substr(0, tokens[from].start) + "ARRAY[" + elements + "]" +
           sql.substr(tokens[*name + 2].end);
  }
  return std::nullopt;
}

// PostgreSQL keeps the columns of extended statistics in the order of the table's.
std::string with_sorted_columns(const std::string& sql) {
  const Tokens tokens = sql::scan(sql).tokens;
  size_t on = 0;
  while (on < tokens.size() && word(sql, tokens[on]) != "ON") ++on;
  std::vector<std::string> columns;
  size_t at = on + 1;
  // A column is one token; an expression is in parentheses, and comes after them.
  while (at + 1 < tokens.size() && tokens[at].kind != '(' &&
         (tokens[at + 1].kind == ',' || word(sql, tokens[at + 1]) == "FROM")) {
    columns.emplace_back(word(sql, tokens[at]));
    at += 2;
  }
  if (columns.size() < 2) return sql;
  std::ranges::sort(columns);
  std::string text = sql.substr(0, tokens[on].end) + " ";
  for (const std::string& column : columns) text += (&column == &columns[0] ? "" : ", ") + column;
  return text + sql.substr(tokens[at - 2].end);
}

struct Settle {
  void operator()(Statistics& statistics) const {
    statistics.definition = with_sorted_columns(settled(std::move(statistics.definition)));
  }
  void operator()(Column& column) const {
    column.default_value = settled(std::move(column.default_value));
    column.generated = settled(std::move(column.generated));
  }
  void operator()(Domain& domain) const {
    domain.default_value = settled(std::move(domain.default_value));
    for (DomainConstraint& constraint : domain.constraints)
      constraint.definition = settled(std::move(constraint.definition));
  }
  void operator()(Index& index) const {
    index.definition = settled(std::move(index.definition));
    index.definition_only = settled(std::move(index.definition_only));
  }
  void operator()(Policy& policy) const {
    policy.using_expression = settled(std::move(policy.using_expression));
    policy.check_expression = settled(std::move(policy.check_expression));
  }
  void operator()(Publication& publication) const {
    for (PublicationTable& table : publication.tables)
      table.filter = settled(std::move(table.filter));
  }
  template <class T>
  void operator()(T& details) const {
    if constexpr (requires { details.definition; })
      details.definition = settled(std::move(details.definition));
  }
};

}  // namespace

std::string settled(std::string sql) {
  // Nearly everything has none.
  if (sql.find("ARRAY[") == std::string::npos ||
      (sql.find("]::") == std::string::npos && sql.find("])::") == std::string::npos))
    return sql;
  while (std::optional<std::string> changed = settle_one(sql)) sql = std::move(*changed);
  return sql;
}

void settle(Object& object) { std::visit(Settle{}, object.details); }

}  // namespace sluice::schema
