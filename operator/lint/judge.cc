#include "lint/judge.h"

#include <algorithm>
#include <cctype>

namespace sluice::lint {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// `'value'`, as a literal of the statement.
bool has_literal(const std::string& statement, const std::string& value) {
  std::string literal = "'";
  for (const char c : value) literal += c == '\'' ? std::string("''") : std::string(1, c);
  return statement.find(literal + "'") != std::string::npos;
}

void judge_enum(Context& context, const PgQuery__AlterEnumStmt& statement) {
  const std::vector<std::string> names = texts_of(statement.n_type_name, statement.type_name);
  const std::string type = quoted(names);
  if (context.facts.is_new(Facts::Space::Type, key_of(names))) return;
  const std::string value(text_of(statement.new_val));
  if (!text_of(statement.old_val).empty()) {
    context.report(
        {RuleId::RenameEnumValue,
         "`" + std::string(text_of(statement.old_val)) + "` of " + type + " becomes `" + value +
             "`; the running application still says the old word",
         "ALTER TYPE " + type + " ADD VALUE '" + value + "';  -- then move rows and code to it",
         {}});
    return;
  }
  if (context.section.transactional) context.section.enum_values.insert(value);
}

void judge_enum_use(Context& context) {
  for (const std::string& value : context.section.enum_values)
    if (has_literal(context.statement.text, value))
      context.report({RuleId::EnumValueInSameTransaction,
                      "the value '" + value + "' was added in this same transaction",
                      "put this statement into a later revision",
                      {}});
}

}  // namespace

void Context::lock(const PgQuery__RangeVar* table) {
  const std::string key = key_of(table);
  if (!section.transactional || key.empty() || is_new(key)) return;
  const bool first = section.locked.empty();
  if (!section.locked.insert(key).second || first || section.locked.size() > 2) return;
  std::string others;
  for (const std::string& other : section.locked)
    if (other != key) others = other;
  report({RuleId::SeveralLockedTables,
          "the lock on " + others + " is held while the one on " + key + " is waited for",
          "move the statements on " + key + " into a revision of their own",
          {}});
}

void judge(Context& context, const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      judge_alter_table(context, *node.alter_table_stmt);
      break;
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      judge_create_table(context, *node.create_stmt);
      break;
    case PG_QUERY__NODE__NODE_DROP_STMT:
      judge_drop(context, *node.drop_stmt);
      break;
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
      return judge_enum(context, *node.alter_enum_stmt);
    default:
      judge_index(context, node);
      judge_rename(context, node);
      judge_maintenance(context, node);
      judge_data(context, node);
  }
  judge_enum_use(context);
}

std::string with_after(const sql::Statement& statement, std::string_view word,
                       std::string_view words) {
  const std::string& text = statement.text;
  for (size_t at = 0; at + word.size() <= text.size(); ++at) {
    const size_t end = at + word.size();
    if ((at > 0 && is_word(text[at - 1])) || (end < text.size() && is_word(text[end]))) continue;
    if (std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                   [](char a, char b) { return lower(a) == lower(b); }))
      return text.substr(0, end) + " " + std::string(words) + text.substr(end) + ";";
  }
  return text + " " + std::string(words) + ";";
}

std::string without_transaction(const std::string& sql) {
  return "-- transaction: none   (in the header of a revision of its own)\n" + sql;
}

}  // namespace sluice::lint
