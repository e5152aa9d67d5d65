#include "lint/ignore.h"

#include "base/text.h"
#include "sql/scan.h"

namespace sluice::lint {
namespace {

constexpr std::string_view kWord = "lint:ignore";

}  // namespace

std::optional<Ignore> parse_ignore(std::string_view comment) {
  if (comment.starts_with("--")) {
    comment.remove_prefix(2);
  } else if (comment.starts_with("/*") && comment.ends_with("*/") && comment.size() >= 4) {
    comment = comment.substr(2, comment.size() - 4);
  }
  comment = base::trim(comment);
  if (!comment.starts_with(kWord)) return std::nullopt;
  comment.remove_prefix(kWord.size());
  if (!comment.empty() && comment.front() != ' ' && comment.front() != '\t' &&
      comment.front() != ':')
    return std::nullopt;
  const size_t colon = comment.find(':');
  Ignore ignore;
  ignore.rules = base::split_list(comment.substr(0, colon), ',');
  if (colon != std::string_view::npos) ignore.reason = base::trim(comment.substr(colon + 1));
  return ignore;
}

std::vector<Ignore> find_ignores(std::string_view sql) {
  std::vector<Ignore> ignores;
  if (sql.find(kWord) == std::string_view::npos) return ignores;
  for (const sql::Token& token : sql::scan(std::string(sql)).tokens) {
    if (token.kind != sql::kSqlComment && token.kind != sql::kBlockComment) continue;
    std::optional<Ignore> ignore = parse_ignore(sql.substr(token.start, token.end - token.start));
    if (!ignore) continue;
    ignore->at = token.start;
    ignores.push_back(std::move(*ignore));
  }
  return ignores;
}

}  // namespace sluice::lint
