// What the directory's earlier statements say about the tables: read from the statements alone, so
// what was made elsewhere (or in a DO block) is unknown.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lint/column_type.h"
#include "lint/tree.h"

namespace sluice::lint {

struct Column {
  ColumnType type;
  bool not_null = false;
};

struct KnownConstraint {
  std::vector<std::string> proves_not_null;  // columns of a check's `c IS NOT NULL`
  bool is_check = false;
  bool valid = true;
};

struct Table {
  std::map<std::string, Column> columns;
  std::map<std::string, KnownConstraint> constraints;

  // By the column itself or by a valid check.
  bool proves_not_null(const std::string& column) const;
  bool has_valid_check() const;
};

// The name PostgreSQL gives a constraint that has none (but for the number that makes it unique).
std::string constraint_name(const std::string& table, const PgQuery__Constraint& constraint,
                            const std::string& column = {});
// The columns that an expression shows not to be null.
std::vector<std::string> columns_proved(const PgQuery__Node* expression);

class Facts {
 public:
  enum class Space { Relation, Type, Function, Schema };

  // What was created before is no longer new.
  void begin_section() { ++section_; }
  void learn(const PgQuery__Node& statement);

  // By key_of(); nullptr: unknown.
  const Table* table(const std::string& key) const;
  const Column* column(const std::string& table, const std::string& column) const;
  // The table of an index that was created here; empty: unknown.
  std::string table_of_index(const std::string& key) const;
  // Created in this section, so no application uses it yet.
  bool is_new(Space space, const std::string& key) const;

 private:
  void create(Space space, const std::string& key);
  void learn_table(const PgQuery__CreateStmt& statement);
  void learn_alter(const PgQuery__AlterTableStmt& statement);
  void learn_command(const std::string& key, const PgQuery__AlterTableCmd& command);
  void learn_column(const std::string& key, const PgQuery__ColumnDef& column);
  void learn_constraint(const std::string& key, const PgQuery__Constraint& constraint,
                        const std::string& column = {});
  void learn_rename(const PgQuery__RenameStmt& statement);
  void learn_drop(const PgQuery__DropStmt& statement);
  void move(const std::string& from, const std::string& to);

  uint32_t section_ = 0;
  std::map<std::string, Table> tables_;
  std::map<std::string, std::string> index_tables_;
  std::map<std::pair<Space, std::string>, uint32_t> created_;
};

}  // namespace sluice::lint
