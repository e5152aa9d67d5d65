// The rules, a family a file: each looks at one statement and reports what it finds.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "lint/facts.h"
#include "lint/rules.h"
#include "lint/tree.h"
#include "sql/split.h"

namespace sluice::lint {

// What one section did before the statement at hand.
struct SectionState {
  bool transactional = true;
  std::set<std::string> locked;       // keys of existing tables whose lock lasts until commit
  std::set<std::string> not_valid;    // "table constraint", added NOT VALID
  std::set<std::string> enum_values;  // added to existing types
};

struct Report {
  RuleId rule;
  std::string message;
  std::string instead;  // empty: the rule's own words
  std::string object;   // of DropView and DropFunction: key of what may be created again
};

struct Context {
  const Facts& facts;  // before the statement
  SectionState& section;
  const sql::Statement& statement;
  std::function<void(Report)> report;

  bool is_new(const std::string& table) const {
    return facts.is_new(Facts::Space::Relation, table);
  }
  // The statement keeps the application off an existing table until the transaction ends.
  void lock(const PgQuery__RangeVar* table);
};

// Reports all that there is to say about a statement but what facts.learn() will make of it.
void judge(Context& context, const PgQuery__Node& statement);

// The families; each ignores statements that are not its own.
void judge_alter_table(Context& context, const PgQuery__AlterTableStmt& statement);
void judge_create_table(Context& context, const PgQuery__CreateStmt& statement);
void judge_index(Context& context, const PgQuery__Node& statement);
void judge_drop(Context& context, const PgQuery__DropStmt& statement);
void judge_rename(Context& context, const PgQuery__Node& statement);
void judge_maintenance(Context& context, const PgQuery__Node& statement);
void judge_data(Context& context, const PgQuery__Node& statement);

// A column of CREATE TABLE or ADD COLUMN: its type, wherever it stands.
void judge_column_type(Context& context, const std::string& table, const std::string& column,
                       const ColumnType& type);
void judge_new_column(Context& context, const PgQuery__RangeVar& table,
                      const PgQuery__ColumnDef& column);
void judge_key(Context& context, const std::string& table, const std::string& column,
               const ColumnType& type);

// The statement with words after (before the end: at the end of) its first `word`, on one line.
std::string with_after(const sql::Statement& statement, std::string_view word,
                       std::string_view words);
// Prefixed by the header line that it needs.
std::string without_transaction(const std::string& sql);

}  // namespace sluice::lint
