#include <algorithm>

#include "lint/judge.h"

namespace sluice::lint {
namespace {

// One command of ALTER TABLE on a table that is not new.
class Alteration {
 public:
  Alteration(Context& context, const PgQuery__AlterTableStmt& statement)
      : context_(context),
        relation_(statement.relation),
        key_(key_of(statement.relation)),
        table_(written(statement.relation)),
        alter_("ALTER TABLE " + table_ + " "),
        single_(statement.n_cmds == 1) {}

  void judge(const PgQuery__AlterTableCmd& command) {
    const std::string name(text_of(command.name));
    switch (command.subtype) {
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
        return set_not_null(name);
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        if (command.def != nullptr && command.def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
          add_constraint(*command.def->constraint);
        return;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
        return validate(name);
      case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
        context_.report({RuleId::DropColumn,
                         table_ + "." + quoted(name) + " and its values are dropped",
                         "-- phase: contract   (in the header of a revision of its own)\n" +
                             alter_ + "DROP COLUMN " + quoted(name) + ";",
                         {}});
        return cascade(command, "column " + quoted(name));
      case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
        return cascade(command, "constraint " + quoted(name));
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged:
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged:
        return context_.report({RuleId::SetLogged, table_ + " is written anew", {}, {}});
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace:
        return context_.report(
            {RuleId::SetTablespace, table_ + " is copied to tablespace " + quoted(name), {}, {}});
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetAccessMethod:
        return context_.report({RuleId::SetAccessMethod, table_ + " is written anew", {}, {}});
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
        return attach(command.def);
      case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
        return detach(command.def);
      default:
        return;
    }
  }

  void change_type(const PgQuery__AlterTableCmd& command) {
    if (command.def == nullptr || command.def->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF) return;
    const PgQuery__ColumnDef& definition = *command.def->column_def;
    const std::string name(text_of(command.name));
    const ColumnType to = type_of(definition.type_name);
    const Column* const known = context_.facts.column(key_, name);
    const bool typed = known != nullptr && !known->type.name.empty();
    if (typed && definition.raw_default == nullptr && changes_freely(known->type, to)) return;
    judge_column_type(context_, table_, name, to);
    if (context_.is_new(key_)) return;
    const std::string place = table_ + "." + quoted(name);
    // What USING says may cut where the assignment would refuse.
    const bool refuses = typed && narrows(known->type, to);
    const bool loses =
        typed && (cuts(known->type, to) || (refuses && definition.raw_default != nullptr));
    if (loses)
      context_.report({RuleId::NarrowColumnType,
                       place + " was " + written(known->type) + " and becomes " + written(to),
                       "SELECT count(*) FROM " + table_ + " WHERE " + quoted(name) +
                           " IS DISTINCT FROM " + quoted(name) + "::" + written(to) +
                           ";  -- 0, or an error, says what would be lost",
                       {}});
    context_.report(
        {RuleId::ChangeColumnType,
         place + (typed ? " was " + written(known->type) : " is of a type unknown here") +
             " and becomes " + written(to) + ": the table is written anew" +
             (refuses && !loses ? ", and a value that does not fit makes it fail" : ""),
         alter_ + "ADD COLUMN " + quoted(name + "_new") + " " + written(to) +
             ";\n-- then keep both in step by a trigger, fill it in batches, switch over",
         {}});
  }

 private:
  void cascade(const PgQuery__AlterTableCmd& command, const std::string& what) {
    if (command.behavior != PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE) return;
    context_.report({RuleId::DropCascade,
                     "whatever depends on " + what + " of " + table_ + " goes too",
                     {},
                     {}});
  }

  void set_not_null(const std::string& column) {
    const Table* const known = context_.facts.table(key_);
    if (known != nullptr && known->proves_not_null(column)) return;
    const std::string name =
        quoted(std::string(text_of(relation_->relname)) + "_" + column + "_not_null");
    context_.report({RuleId::SetNotNull,
                     "reads all rows of " + table_ + " to look for nulls in " + quoted(column),
                     alter_ + "ADD CONSTRAINT " + name + " CHECK (" + quoted(column) +
                         " IS NOT NULL) NOT VALID;\n-- then, in the next revision:\n" + alter_ +
                         "VALIDATE CONSTRAINT " + name + ";\n-- then, in the one after:\n" +
                         alter_ + "ALTER COLUMN " + quoted(column) + " SET NOT NULL;\n" + alter_ +
                         "DROP CONSTRAINT " + name + ";",
                     {}});
  }

  void validate(const std::string& constraint) {
    if (!context_.section.not_valid.contains(key_ + " " + constraint)) return;
    context_.report({RuleId::ValidateInSameTransaction,
                     quoted(constraint) + " was added in this same transaction, whose lock on " +
                         table_ + " is still held",
                     "-- in a revision of its own:\n" + alter_ + "VALIDATE CONSTRAINT " +
                         quoted(constraint) + ";",
                     {}});
  }

  void add_constraint(const PgQuery__Constraint& constraint) {
    const std::string name = constraint_name(std::string(text_of(relation_->relname)), constraint);
    if (constraint.skip_validation) {
      if (context_.section.transactional) context_.section.not_valid.insert(key_ + " " + name);
      return;
    }
    switch (constraint.contype) {
      case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        return with_index(constraint, name, RuleId::AddPrimaryKey, "PRIMARY KEY");
      case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        return with_index(constraint, name, RuleId::AddUniqueConstraint, "UNIQUE");
      case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
        return context_.report({RuleId::AddExclusionConstraint,
                                "builds the constraint's index over all rows of " + table_,
                                {},
                                {}});
      case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        return context_.report(
            {RuleId::AddForeignKey,
             "checks all rows of " + table_ + " against " + written(constraint.pktable) +
                 " while neither can be written",
             not_valid(name, "FOREIGN KEY " +
                                 column_list(texts_of(constraint.n_fk_attrs, constraint.fk_attrs)) +
                                 " REFERENCES " + written(constraint.pktable)),
             {}});
      case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        return context_.report({RuleId::AddCheckConstraint,
                                "reads all rows of " + table_ + " to check them",
                                not_valid(name, "CHECK (…)"),
                                {}});
      default:
        return;
    }
  }

  void with_index(const PgQuery__Constraint& constraint, const std::string& name, RuleId rule,
                  const std::string& kind) {
    if (!text_of(constraint.indexname).empty()) return;
    const std::string columns = column_list(texts_of(constraint.n_keys, constraint.keys));
    context_.report(
        {rule,
         "builds a unique index over all rows of " + table_ + " while nobody may use it",
         without_transaction("CREATE UNIQUE INDEX CONCURRENTLY " + quoted(name) + " ON " + table_ +
                             " " + columns + ";\n-- then, in the next revision:\n" + alter_ +
                             "ADD CONSTRAINT " + quoted(name) + " " + kind + " USING INDEX " +
                             quoted(name) + ";"),
         {}});
  }

  // The user's own statement where it has only this command.
  std::string not_valid(const std::string& name, const std::string& definition) const {
    const std::string add = single_ ? context_.statement.text
                                    : alter_ + "ADD CONSTRAINT " + quoted(name) + " " + definition;
    return add + " NOT VALID;\n-- then, in the next revision:\n" + alter_ + "VALIDATE CONSTRAINT " +
           quoted(name) + ";";
  }

  static const PgQuery__PartitionCmd* partition_of(const PgQuery__Node* definition) {
    return definition != nullptr && definition->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD
               ? definition->partition_cmd
               : nullptr;
  }

  void attach(const PgQuery__Node* definition) {
    const PgQuery__PartitionCmd* const command = partition_of(definition);
    if (command == nullptr || context_.is_new(key_of(command->name))) return;
    const Table* const known = context_.facts.table(key_of(command->name));
    if (known != nullptr && known->has_valid_check()) return;
    const std::string partition = written(command->name);
    context_.report({RuleId::AttachPartition,
                     "reads all rows of " + partition + " to see that they fit",
                     "ALTER TABLE " + partition +
                         " ADD CONSTRAINT fits CHECK (…) NOT VALID;\n-- then, in the next "
                         "revision:\nALTER TABLE " +
                         partition + " VALIDATE CONSTRAINT fits;\n-- then attach, and drop it",
                     {}});
  }

  void detach(const PgQuery__Node* definition) {
    const PgQuery__PartitionCmd* const command = partition_of(definition);
    if (command == nullptr || command->concurrent) return;
    context_.report({RuleId::DetachPartition,
                     "all queries of " + table_ + " wait behind its lock",
                     without_transaction(alter_ + "DETACH PARTITION " + written(command->name) +
                                         " CONCURRENTLY;"),
                     {}});
  }

  Context& context_;
  const PgQuery__RangeVar* relation_;
  std::string key_;
  std::string table_;
  std::string alter_;
  bool single_;
};

// Commands whose lock lets the application read and write.
bool is_gentle(const PgQuery__AlterTableCmd& command) {
  switch (command.subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
      return true;
    default:
      return false;
  }
}

// ADD PRIMARY KEY (column) of a column whose type is known.
void judge_added_key(Context& context, const PgQuery__AlterTableStmt& statement,
                     const PgQuery__AlterTableCmd& command) {
  if (command.def == nullptr || command.def->node_case != PG_QUERY__NODE__NODE_CONSTRAINT) return;
  const PgQuery__Constraint& constraint = *command.def->constraint;
  if (constraint.contype != PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY || constraint.n_keys != 1) return;
  const std::string column(text_of(constraint.keys[0]));
  if (const Column* known = context.facts.column(key_of(statement.relation), column))
    judge_key(context, written(statement.relation), column, known->type);
}

}  // namespace

void judge_alter_table(Context& context, const PgQuery__AlterTableStmt& statement) {
  if (statement.relation == nullptr ||
      statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE)
    return;
  const bool is_new = context.is_new(key_of(statement.relation));
  bool gentle = true;
  Alteration alteration(context, statement);
  for (const PgQuery__Node* node : nodes(statement.n_cmds, statement.cmds)) {
    if (node->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD) continue;
    const PgQuery__AlterTableCmd& command = *node->alter_table_cmd;
    gentle = gentle && is_gentle(command);
    if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn && command.def != nullptr &&
        command.def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF) {
      judge_new_column(context, *statement.relation, *command.def->column_def);
    } else if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType) {
      alteration.change_type(command);
    } else {
      if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint)
        judge_added_key(context, statement, command);
      if (!is_new) alteration.judge(command);
    }
  }
  if (!gentle && statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE)
    context.lock(statement.relation);
}

}  // namespace sluice::lint
