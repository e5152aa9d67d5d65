// Columns of CREATE TABLE and ADD COLUMN.
#include <algorithm>

#include "lint/judge.h"
#include "lint/volatility.h"

namespace sluice::lint {
namespace {

struct NewColumn {
  const PgQuery__RangeVar& relation;
  std::string table;
  std::string name;
  ColumnType type;
  const PgQuery__Node* default_value = nullptr;
  bool required = false;
  bool fills_itself = false;  // serial, identity, generated
};

std::string add_column(const NewColumn& column) {
  return "ALTER TABLE " + column.table + " ADD COLUMN " + quoted(column.name) + " " +
         written(without_serial(column.type)) + ";\n";
}

std::string backfill(const NewColumn& column, const std::string& value) {
  return "-- then, in revisions of their own: fill the old rows in batches\n-- batch: " +
         column.table + " id 1000\nUPDATE " + column.table + " SET " + quoted(column.name) + " = " +
         value + " WHERE id BETWEEN $1 AND $2;";
}

void judge_fill(Context& context, const NewColumn& column) {
  const std::string place = column.table + "." + quoted(column.name);
  context.report(
      {RuleId::AddColumnVolatileDefault,
       "each row of " + column.table + " gets a value of its own: the table is written anew",
       add_column(column) + "ALTER TABLE " + column.table + " ALTER COLUMN " + quoted(column.name) +
           " SET DEFAULT …;\n" + backfill(column, "…"),
       {}});
}

void judge_stored(Context& context, const NewColumn& column) {
  context.report({RuleId::AddColumnStored,
                  quoted(column.name) + " is computed for each row of " + column.table +
                      ": the table is written anew",
                  add_column(column) +
                      "-- and a trigger BEFORE INSERT OR UPDATE that computes it;\n" +
                      backfill(column, "…"),
                  {}});
}

void judge_required(Context& context, const NewColumn& column) {
  context.report({RuleId::AddRequiredColumn,
                  quoted(column.name) + " is required and has no default: rows of " + column.table +
                      ", and INSERTs of the running application, have no value for it",
                  "ALTER TABLE " + column.table + " ADD COLUMN " + quoted(column.name) + " " +
                      written(column.type) + " NOT NULL DEFAULT …;  -- a constant: instant",
                  {}});
}

// A constraint written at the column: what it means for a table with rows.
void judge_constraint(Context& context, const NewColumn& column,
                      const PgQuery__Constraint& constraint) {
  const std::string name =
      constraint_name(std::string(text_of(column.relation.relname)), constraint, column.name);
  const std::string alter = "ALTER TABLE " + column.table + " ";
  const std::string columns = "(" + quoted(column.name) + ")";
  const std::string index = without_transaction(
      "CREATE UNIQUE INDEX CONCURRENTLY " + quoted(name) + " ON " + column.table + " " + columns +
      ";\n-- then, in the next revision:\n" + alter + "ADD CONSTRAINT " + quoted(name));
  const std::string own = add_column(column) + alter + "ADD CONSTRAINT " + quoted(name);
  const std::string validate = " NOT VALID;\n-- then, in the next revision:\n" + alter +
                               "VALIDATE CONSTRAINT " + quoted(name) + ";";
  switch (constraint.contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
      return context.report(
          {RuleId::AddPrimaryKey,
           "builds the index of the key over all rows of " + column.table,
           add_column(column) + index + " PRIMARY KEY USING INDEX " + quoted(name) + ";",
           {}});
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
      return context.report(
          {RuleId::AddUniqueConstraint,
           "builds a unique index over all rows of " + column.table,
           add_column(column) + index + " UNIQUE USING INDEX " + quoted(name) + ";",
           {}});
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
      return context.report({RuleId::AddCheckConstraint,
                             "reads all rows of " + column.table + " to check them",
                             own + " CHECK (…)" + validate,
                             {}});
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
      // PostgreSQL checks nothing where all rows are null (transformFKConstraints).
      if (column.default_value == nullptr && !column.fills_itself) return;
      return context.report({RuleId::AddForeignKey,
                             "checks all rows of " + column.table + " against " +
                                 written(constraint.pktable) + " while neither can be written",
                             own + " FOREIGN KEY " + columns + " REFERENCES " +
                                 written(constraint.pktable) + validate,
                             {}});
    default:
      return;
  }
}

}  // namespace

void judge_column_type(Context& context, const std::string& table, const std::string& column,
                       const ColumnType& type) {
  const std::string place = table + "." + quoted(column);
  const std::string as = quoted(column) + " ";
  if (is_serial(type)) {
    context.report({RuleId::SerialColumn,
                    place + " is " + written(type),
                    as + "bigint GENERATED BY DEFAULT AS IDENTITY",
                    {}});
  } else if (type.name == "json") {
    context.report({RuleId::JsonColumn, place + " is json", as + "jsonb", {}});
  } else if (type.name == "bpchar") {
    context.report({RuleId::CharColumn,
                    place + " is " + written(type) + ", filled with blanks",
                    as + "text",
                    {}});
  } else if (type.name == "timestamp") {
    context.report(
        {RuleId::TimestampWithoutTimeZone, place + " is no point in time", as + "timestamptz", {}});
  }
}

void judge_key(Context& context, const std::string& table, const std::string& column,
               const ColumnType& type) {
  const std::string name = without_serial(type).name;
  if (name != "int4" && name != "int2") return;
  context.report({RuleId::Int4Key,
                  "the key " + table + "." + quoted(column) + " is " + written(type) +
                      (name == "int4" ? ", which ends at 2147483647" : ", which ends at 32767"),
                  quoted(column) + " bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
                  {}});
}

void judge_new_column(Context& context, const PgQuery__RangeVar& relation,
                      const PgQuery__ColumnDef& definition) {
  NewColumn column{relation, written(&relation), std::string(text_of(definition.colname)),
                   type_of(definition.type_name)};
  judge_column_type(context, column.table, column.name, column.type);
  bool identity = is_serial(column.type);
  bool stored = false;
  std::vector<const PgQuery__Constraint*> constraints;
  for (const PgQuery__Node* node : nodes(definition.n_constraints, definition.constraints)) {
    if (node->node_case != PG_QUERY__NODE__NODE_CONSTRAINT) continue;
    const PgQuery__Constraint& constraint = *node->constraint;
    constraints.push_back(&constraint);
    column.required |= constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL ||
                       constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY;
    identity |= constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY;
    stored |= constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED;
    if (constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT)
      column.default_value = constraint.raw_expr;
    if (constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY)
      judge_key(context, column.table, column.name, column.type);
  }
  column.fills_itself = identity || stored;
  if (context.is_new(key_of(&relation))) return;
  if (stored) judge_stored(context, column);
  if (identity || any_of(column.default_value, is_perhaps_volatile)) judge_fill(context, column);
  if (column.required && !column.fills_itself && column.default_value == nullptr)
    judge_required(context, column);
  for (const PgQuery__Constraint* constraint : constraints)
    judge_constraint(context, column, *constraint);
}

void judge_create_table(Context& context, const PgQuery__CreateStmt& statement) {
  if (statement.relation == nullptr || text_of(statement.relation->relpersistence) == "t") return;
  const std::string table = written(statement.relation);
  std::map<std::string, ColumnType> types;
  for (const PgQuery__Node* element : nodes(statement.n_table_elts, statement.table_elts)) {
    if (element->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF) continue;
    const PgQuery__ColumnDef& column = *element->column_def;
    const std::string name(text_of(column.colname));
    types[name] = type_of(column.type_name);
    judge_column_type(context, table, name, types[name]);
    for (const PgQuery__Node* node : nodes(column.n_constraints, column.constraints))
      if (node->node_case == PG_QUERY__NODE__NODE_CONSTRAINT &&
          node->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY)
        judge_key(context, table, name, types[name]);
  }
  for (const PgQuery__Node* element : nodes(statement.n_table_elts, statement.table_elts)) {
    if (element->node_case != PG_QUERY__NODE__NODE_CONSTRAINT ||
        element->constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY ||
        element->constraint->n_keys != 1)
      continue;
    const std::string name(text_of(element->constraint->keys[0]));
    judge_key(context, table, name, types[name]);
  }
}

}  // namespace sluice::lint
