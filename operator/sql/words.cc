#include "sql/words.h"

#include <algorithm>
#include <cctype>

#include "sql/scan.h"

namespace sluice::sql {
namespace {

using Words = std::vector<std::string>;

std::string_view at(const Words& words, size_t index) {
  return index < words.size() ? std::string_view(words[index]) : std::string_view();
}

bool is_name(std::string_view word) {
  const auto first = static_cast<unsigned char>(word.empty() ? ' ' : word.front());
  return std::isalpha(first) != 0 || first == '_' || first == '"' || first >= 0x80U;
}

// As PostgreSQL's own names are written.
std::string_view unquoted(std::string_view word) {
  return word.size() > 2 && word.front() == '"' ? word.substr(1, word.size() - 2) : word;
}

bool is_temporary(std::string_view word) { return word == "temp" || word == "temporary"; }

}  // namespace

Words words_of(const std::string& statement) {
  Words words;
  for (const Token& token : scan(statement).tokens) {
    if (token.kind == kSqlComment || token.kind == kBlockComment) continue;
    std::string word = statement.substr(token.start, token.end - token.start);
    if (token.keyword || (token.kind == kIdentifier && word.front() != '"'))
      std::ranges::transform(word, word.begin(), [](unsigned char c) {
        return c < 0x80U ? static_cast<char>(std::tolower(c)) : static_cast<char>(c);
      });
    words.push_back(std::move(word));
  }
  return words;
}

bool is_set_local(const Words& words) { return at(words, 0) == "set" && at(words, 1) == "local"; }

bool only_sets_config(const Words& words) {
  if (at(words, 0) != "select") return false;
  bool sets = false;
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = unquoted(words[i]);
    if (word == "into" || word == "from") return false;
    if (at(words, i + 1) != "(" || !is_name(words[i])) continue;
    if (word != "set_config") return false;
    sets = true;
  }
  return sets;
}

bool makes_temporary(const Words& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (unquoted(word) == "pg_temp" && at(words, i + 1) == "." && at(words, 0) == "create")
      return true;
    if (i == 0 || !is_temporary(word)) continue;
    const std::string_view before = at(words, i - 1);
    const bool local = before == "local" || before == "global";
    const size_t verb_at = local && i > 1 ? i - 2 : i - 1;
    const std::string_view verb = at(words, verb_at);
    const std::string_view leads = verb_at > 0 ? at(words, verb_at - 1) : std::string_view();
    if ((verb == "into" && leads != "insert" && leads != "merge") ||
        ((verb == "create" || verb == "replace") && at(words, 0) == "create"))
      return true;
  }
  return false;
}

bool unlocks_all(const Words& words) {
  return std::ranges::any_of(
      words, [](std::string_view word) { return unquoted(word) == "pg_advisory_unlock_all"; });
}

bool updates_column(const Words& words, const std::string& table, std::string_view column) {
  if (at(words, 0) != "update") return false;
  size_t name = at(words, 1) == "only" ? 2 : 1;
  while (at(words, name + 1) == ".") name += 2;
  const Words wanted = words_of(table);
  if (wanted.empty() || unquoted(at(words, name)) != unquoted(wanted.back())) return false;
  const auto set = std::find(words.begin(), words.end(), "set");
  bool assigned = true;  // what stands here names a column, or opens a list of them
  size_t depth = 0;
  for (auto word = set == words.end() ? set : set + 1; word != words.end(); ++word) {
    if (depth == 0 && (*word == "from" || *word == "where" || *word == "returning")) break;
    if (assigned && unquoted(*word) == column) return true;
    if (*word == "(" || *word == "[") ++depth;
    if ((*word == ")" || *word == "]") && depth > 0) --depth;
    if (*word == "=") assigned = false;
    if (*word == "," && depth == 0) assigned = true;
  }
  return false;
}

}  // namespace sluice::sql
