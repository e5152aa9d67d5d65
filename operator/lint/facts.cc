#include "lint/facts.h"

#include <algorithm>
#include <iterator>

namespace sluice::lint {

bool Table::proves_not_null(const std::string& column) const {
  const auto known = columns.find(column);
  if (known != columns.end() && known->second.not_null) return true;
  return std::ranges::any_of(constraints, [&](const auto& entry) {
    const KnownConstraint& constraint = entry.second;
    return constraint.valid && std::ranges::find(constraint.proves_not_null, column) !=
                                   constraint.proves_not_null.end();
  });
}

bool Table::has_valid_check() const {
  return std::ranges::any_of(
      constraints, [](const auto& entry) { return entry.second.is_check && entry.second.valid; });
}

std::string constraint_name(const std::string& table, const PgQuery__Constraint& constraint,
                            const std::string& column) {
  if (!text_of(constraint.conname).empty()) return std::string(text_of(constraint.conname));
  std::string columns = column;
  const auto add = [&](const std::string& name) { columns += (columns.empty() ? "" : "_") + name; };
  const char* end = "check";
  if (constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN) {
    end = "fkey";
    for (const std::string& name : texts_of(constraint.n_fk_attrs, constraint.fk_attrs)) add(name);
  } else if (constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY) {
    return table + "_pkey";
  } else if (constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE) {
    end = "key";
    for (const std::string& name : texts_of(constraint.n_keys, constraint.keys)) add(name);
  } else if (column.empty()) {
    const std::vector<std::string> proved = columns_proved(constraint.raw_expr);
    if (proved.size() == 1) add(proved.front());
  }
  return table + "_" + (columns.empty() ? "" : columns + "_") + end;
}

std::vector<std::string> columns_proved(const PgQuery__Node* expression) {
  std::vector<std::string> columns;
  if (expression == nullptr) return columns;
  if (expression->node_case == PG_QUERY__NODE__NODE_NULL_TEST) {
    const PgQuery__NullTest& test = *expression->null_test;
    if (test.nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL && test.arg != nullptr &&
        test.arg->node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
        test.arg->column_ref->n_fields > 0) {
      const PgQuery__ColumnRef& ref = *test.arg->column_ref;
      columns.emplace_back(text_of(ref.fields[ref.n_fields - 1]));
    }
  } else if (expression->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR &&
             expression->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
    for (const PgQuery__Node* part :
         nodes(expression->bool_expr->n_args, expression->bool_expr->args))
      std::ranges::copy(columns_proved(part), std::back_inserter(columns));
  }
  return columns;
}

const Table* Facts::table(const std::string& key) const {
  const auto found = tables_.find(key);
  return found == tables_.end() ? nullptr : &found->second;
}

const Column* Facts::column(const std::string& key, const std::string& column) const {
  const Table* const known = table(key);
  if (known == nullptr) return nullptr;
  const auto found = known->columns.find(column);
  return found == known->columns.end() ? nullptr : &found->second;
}

std::string Facts::table_of_index(const std::string& key) const {
  const auto found = index_tables_.find(key);
  return found == index_tables_.end() ? std::string() : found->second;
}

bool Facts::is_new(Space space, const std::string& key) const {
  const auto found = created_.find({space, key});
  return found != created_.end() && found->second == section_;
}

void Facts::create(Space space, const std::string& key) { created_[{space, key}] = section_; }

void Facts::learn(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      return learn_table(*node.create_stmt);
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT:
      if (node.create_foreign_table_stmt->base_stmt != nullptr)
        learn_table(*node.create_foreign_table_stmt->base_stmt);
      return;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
      if (node.create_table_as_stmt->into != nullptr)
        create(Space::Relation, key_of(node.create_table_as_stmt->into->rel));
      return;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      if (node.select_stmt->into_clause != nullptr)
        create(Space::Relation, key_of(node.select_stmt->into_clause->rel));
      return;
    case PG_QUERY__NODE__NODE_VIEW_STMT:
      return create(Space::Relation, key_of(node.view_stmt->view));
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
      return create(Space::Relation, key_of(node.create_seq_stmt->sequence));
    case PG_QUERY__NODE__NODE_INDEX_STMT: {
      const PgQuery__IndexStmt& index = *node.index_stmt;
      if (index.relation == nullptr) return;
      // An index is in its table's schema.
      const std::string key = key_of(
          {std::string(text_of(index.relation->schemaname)), std::string(text_of(index.idxname))});
      create(Space::Relation, key);
      index_tables_[key] = key_of(index.relation);
      return;
    }
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
      return create(Space::Schema, quoted(text_of(node.create_schema_stmt->schemaname)));
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
      return create(Space::Function, key_of(texts_of(node.create_function_stmt->n_funcname,
                                                     node.create_function_stmt->funcname)));
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
      return create(Space::Type, key_of(texts_of(node.create_enum_stmt->n_type_name,
                                                 node.create_enum_stmt->type_name)));
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
      return create(Space::Type, key_of(texts_of(node.create_domain_stmt->n_domainname,
                                                 node.create_domain_stmt->domainname)));
    case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
      return create(Space::Type, key_of(texts_of(node.create_range_stmt->n_type_name,
                                                 node.create_range_stmt->type_name)));
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
      return create(Space::Type, key_of(node.composite_type_stmt->typevar));
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      return learn_alter(*node.alter_table_stmt);
    case PG_QUERY__NODE__NODE_RENAME_STMT:
      return learn_rename(*node.rename_stmt);
    case PG_QUERY__NODE__NODE_DROP_STMT:
      return learn_drop(*node.drop_stmt);
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT: {
      const PgQuery__AlterObjectSchemaStmt& moved = *node.alter_object_schema_stmt;
      if (moved.relation != nullptr)
        move(key_of(moved.relation), key_of({std::string(text_of(moved.newschema)),
                                             std::string(text_of(moved.relation->relname))}));
      return;
    }
    default:
      return;
  }
}

void Facts::learn_table(const PgQuery__CreateStmt& statement) {
  const std::string key = key_of(statement.relation);
  // IF NOT EXISTS of a table that is there changes nothing.
  if (statement.if_not_exists && tables_.contains(key)) return;
  create(Space::Relation, key);
  tables_[key] = {};
  for (const PgQuery__Node* element : nodes(statement.n_table_elts, statement.table_elts)) {
    if (element->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
      learn_column(key, *element->column_def);
    if (element->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
      learn_constraint(key, *element->constraint);
  }
}

void Facts::learn_column(const std::string& key, const PgQuery__ColumnDef& definition) {
  const std::string name(text_of(definition.colname));
  const ColumnType type = type_of(definition.type_name);
  tables_[key].columns[name] = {without_serial(type), is_serial(type)};
  for (const PgQuery__Node* node : nodes(definition.n_constraints, definition.constraints))
    if (node->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
      learn_constraint(key, *node->constraint, name);
}

void Facts::learn_constraint(const std::string& key, const PgQuery__Constraint& constraint,
                             const std::string& column) {
  Table& table = tables_[key];
  const auto require = [&](const std::string& name) { table.columns[name].not_null = true; };
  KnownConstraint known;
  switch (constraint.contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
      return require(column);
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
      if (!column.empty()) require(column);
      for (const std::string& name : texts_of(constraint.n_keys, constraint.keys)) require(name);
      return;
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
      known.is_check = true;
      known.proves_not_null = columns_proved(constraint.raw_expr);
      break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
      break;
    default:
      return;
  }
  known.valid = !constraint.skip_validation;
  const std::string relation = key.substr(key.rfind('.') + 1);
  table.constraints[constraint_name(relation, constraint, column)] = std::move(known);
}

void Facts::learn_alter(const PgQuery__AlterTableStmt& statement) {
  const std::string key = key_of(statement.relation);
  if (statement.objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) return;
  for (const PgQuery__Node* node : nodes(statement.n_cmds, statement.cmds))
    if (node->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
      learn_command(key, *node->alter_table_cmd);
}

void Facts::learn_command(const std::string& key, const PgQuery__AlterTableCmd& command) {
  const std::string name(text_of(command.name));
  Table& table = tables_[key];
  const PgQuery__Node* const definition = command.def;
  switch (command.subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
      if (definition != nullptr && definition->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
        learn_column(key, *definition->column_def);
      return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
      table.columns.erase(name);
      return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
      if (definition != nullptr && definition->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
        table.columns[name].type = type_of(definition->column_def->type_name);
      return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
      table.columns[name].not_null = true;
      return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
      table.columns[name].not_null = false;
      return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
      if (definition != nullptr && definition->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
        learn_constraint(key, *definition->constraint);
      return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
      if (const auto found = table.constraints.find(name); found != table.constraints.end())
        found->second.valid = true;
      return;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
      table.constraints.erase(name);
      return;
    default:
      return;
  }
}

void Facts::learn_rename(const PgQuery__RenameStmt& statement) {
  if (statement.relation == nullptr) return;
  const std::string key = key_of(statement.relation);
  const std::string from(text_of(statement.subname));
  const std::string to(text_of(statement.newname));
  const auto table = tables_.find(key);
  const auto rename = [&](auto& entries) {
    auto entry = entries.extract(from);
    if (entry.empty()) return;
    entries.erase(to);
    entry.key() = to;
    entries.insert(std::move(entry));
  };
  switch (statement.rename_type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN:
      if (table == tables_.end()) return;
      rename(table->second.columns);
      for (auto& [name, constraint] : table->second.constraints)
        std::ranges::replace(constraint.proves_not_null, from, to);
      return;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT:
      if (table != tables_.end()) rename(table->second.constraints);
      return;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW:
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
      return move(key, key_of({std::string(text_of(statement.relation->schemaname)), to}));
    default:
      return;
  }
}

void Facts::move(const std::string& from, const std::string& to) {
  if (from == to) return;
  if (auto table = tables_.extract(from); !table.empty()) {
    tables_.erase(to);
    table.key() = to;
    tables_.insert(std::move(table));
    for (auto& [index, of] : index_tables_)
      if (of == from) of = to;
  }
  if (auto index = index_tables_.extract(from); !index.empty()) {
    index_tables_.erase(to);
    index.key() = to;
    index_tables_.insert(std::move(index));
  }
  const auto created = created_.find({Space::Relation, from});
  const uint32_t section = created == created_.end() ? 0 : created->second;
  created_.erase({Space::Relation, from});
  created_[{Space::Relation, to}] = section;
}

void Facts::learn_drop(const PgQuery__DropStmt& statement) {
  for (const PgQuery__Node* object : nodes(statement.n_objects, statement.objects)) {
    if (object->node_case != PG_QUERY__NODE__NODE_LIST) continue;
    const std::string key = key_of(texts_of(object->list->n_items, object->list->items));
    tables_.erase(key);
    index_tables_.erase(key);
    created_.erase({Space::Relation, key});
  }
}

}  // namespace sluice::lint
