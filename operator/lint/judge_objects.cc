// What is dropped, renamed or moved.
#include <optional>

#include "lint/judge.h"

namespace sluice::lint {
namespace {

using Space = Facts::Space;

struct Object {
  std::string name;  // as written
  std::string key;
};

Object object_of(const PgQuery__Node* node) {
  std::vector<std::string> names;
  if (node == nullptr) return {};
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_LIST:
      names = texts_of(node->list->n_items, node->list->items);
      break;
    case PG_QUERY__NODE__NODE_TYPE_NAME:
      names = texts_of(node->type_name->n_names, node->type_name->names);
      break;
    case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
      names = texts_of(node->object_with_args->n_objname, node->object_with_args->objname);
      break;
    case PG_QUERY__NODE__NODE_STRING:
      names = {std::string(text_of(node))};
      break;
    default:
      break;
  }
  return {quoted(names), key_of(names)};
}

struct Family {
  Space space;
  const char* word;  // of the statement
  std::optional<RuleId> drop;
  std::optional<RuleId> rename;
};

std::optional<Family> family_of(PgQuery__ObjectType type) {
  switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
      return Family{Space::Relation, "TABLE", RuleId::DropTable, RuleId::RenameTable};
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
      return Family{Space::Relation, "VIEW", RuleId::DropView, RuleId::RenameTable};
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW:
      return Family{Space::Relation, "MATERIALIZED VIEW", RuleId::DropView, RuleId::RenameTable};
    case PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE:
      return Family{Space::Relation, "FOREIGN TABLE", RuleId::DropView, RuleId::RenameTable};
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
      return Family{Space::Relation, "SEQUENCE", RuleId::DropSequence, RuleId::RenameTable};
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
      return Family{Space::Relation, "INDEX", RuleId::DropIndex, {}};
    case PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA:
      return Family{Space::Schema, "SCHEMA", RuleId::DropSchema, RuleId::RenameSchema};
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
      return Family{Space::Type, type == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE ? "TYPE" : "DOMAIN",
                    RuleId::DropType, RuleId::RenameType};
    case PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION:
    case PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE:
      return Family{Space::Function, "FUNCTION", RuleId::DropFunction, RuleId::RenameFunction};
    default:
      return std::nullopt;
  }
}

void judge_dropped_index(Context& context, const PgQuery__DropStmt& statement,
                         const Object& object) {
  const std::string table = context.facts.table_of_index(object.key);
  if (statement.concurrent || (!table.empty() && context.is_new(table))) return;
  context.report({RuleId::DropIndex,
                  "queries of " + (table.empty() ? "its table" : table) +
                      " wait behind the lock that dropping " + object.name + " needs",
                  without_transaction("DROP INDEX CONCURRENTLY " + object.name + ";"),
                  {}});
}

void judge_column_rename(Context& context, const PgQuery__RenameStmt& statement) {
  if (context.is_new(key_of(statement.relation)) ||
      context.facts.is_new(Space::Type, key_of(statement.relation)))
    return;
  const std::string table = written(statement.relation);
  const std::string to = quoted(text_of(statement.newname));
  context.report({RuleId::RenameColumn,
                  table + "." + quoted(text_of(statement.subname)) + " becomes " + to +
                      "; the running application uses the old name",
                  "ALTER TABLE " + table + " ADD COLUMN " + to +
                      " …;\n-- then a trigger that keeps both in step, a backfill in batches, and "
                      "in a contract revision:\nALTER TABLE " +
                      table + " DROP COLUMN " + quoted(text_of(statement.subname)) + ";",
                  {}});
}

void judge_renamed(Context& context, const PgQuery__RenameStmt& statement) {
  if (statement.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN ||
      statement.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE)
    return judge_column_rename(context, statement);
  const std::optional<Family> family = family_of(statement.rename_type);
  if (!family || !family->rename) return;
  Object object = object_of(statement.object);
  if (statement.relation != nullptr)
    object = {written(statement.relation), key_of(statement.relation)};
  if (*family->rename == RuleId::RenameSchema)
    object = {quoted(text_of(statement.subname)), quoted(text_of(statement.subname))};
  if (context.facts.is_new(family->space, object.key)) return;
  const std::string to = quoted(text_of(statement.newname));
  std::string instead;
  if (statement.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
    instead = context.statement.text + ";\nCREATE VIEW " + object.name + " AS SELECT * FROM " + to +
              ";  -- until the contract revision";
    context.lock(statement.relation);
  }
  context.report({*family->rename,
                  object.name + " becomes " + to + "; the running application uses the old name",
                  instead,
                  {}});
}

void judge_moved(Context& context, const PgQuery__AlterObjectSchemaStmt& statement) {
  const std::optional<Family> family = family_of(statement.object_type);
  if (!family) return;
  const Object object = statement.relation != nullptr
                            ? Object{written(statement.relation), key_of(statement.relation)}
                            : object_of(statement.object);
  if (context.facts.is_new(family->space, object.key)) return;
  context.report({RuleId::MoveToSchema,
                  object.name + " moves to schema " + quoted(text_of(statement.newschema)) +
                      "; the running application looks for it where it was",
                  {},
                  {}});
}

}  // namespace

void judge_drop(Context& context, const PgQuery__DropStmt& statement) {
  const std::optional<Family> family = family_of(statement.remove_type);
  bool all_new = true;
  std::string names;
  for (const PgQuery__Node* node : nodes(statement.n_objects, statement.objects)) {
    const Object object = object_of(node);
    names += (names.empty() ? "" : ", ") + object.name;
    if (family && context.facts.is_new(family->space, object.key)) continue;
    all_new = false;
    if (!family) continue;
    if (*family->drop == RuleId::DropIndex) {
      judge_dropped_index(context, statement, object);
      continue;
    }
    const std::string drop = std::string("DROP ") + family->word + " " + object.name + ";";
    context.report({*family->drop, object.name + " is dropped",
                    "-- phase: contract   (in the header of a revision of its own)\n" + drop,
                    object.key});
    if (*family->drop == RuleId::DropTable && node->node_case == PG_QUERY__NODE__NODE_LIST) {
      const std::vector<std::string> parts = texts_of(node->list->n_items, node->list->items);
      PgQuery__RangeVar relation = PG_QUERY__RANGE_VAR__INIT;
      std::string name = parts.empty() ? "" : parts.back();
      std::string schema = parts.size() > 1 ? parts[parts.size() - 2] : "";
      relation.relname = name.data();
      relation.schemaname = schema.data();
      context.lock(&relation);
    }
  }
  if (statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE && !all_new)
    context.report({RuleId::DropCascade, "whatever depends on " + names + " goes too", {}, {}});
}

void judge_rename(Context& context, const PgQuery__Node& node) {
  if (node.node_case == PG_QUERY__NODE__NODE_RENAME_STMT) judge_renamed(context, *node.rename_stmt);
  if (node.node_case == PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT)
    judge_moved(context, *node.alter_object_schema_stmt);
  if (node.node_case == PG_QUERY__NODE__NODE_DROPDB_STMT)
    context.report({RuleId::DropDatabase,
                    "database " + quoted(text_of(node.dropdb_stmt->dbname)) + " is dropped",
                    {},
                    {}});
  if (node.node_case == PG_QUERY__NODE__NODE_DROP_OWNED_STMT)
    context.report(
        {RuleId::DropOwned, "what the role owns here is dropped, whatever it is", {}, {}});
}

}  // namespace sluice::lint
