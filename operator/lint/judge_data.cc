// Rows.
#include <algorithm>

#include "lint/judge.h"

namespace sluice::lint {
namespace {

bool is_constant(const PgQuery__Node* node) {
  if (node == nullptr) return false;
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_A_CONST:
      return true;
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      return is_constant(node->type_cast->arg);
    case PG_QUERY__NODE__NODE_LIST:
      return std::ranges::all_of(nodes(node->list->n_items, node->list->items), is_constant);
    default:
      return false;
  }
}

// `column = constant` or `column IN (constants)`, perhaps among other conditions: few rows.
bool names_rows(const PgQuery__Node* where) {
  if (where == nullptr) return false;
  if (where->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR)
    return where->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR &&
           std::ranges::any_of(nodes(where->bool_expr->n_args, where->bool_expr->args), names_rows);
  if (where->node_case != PG_QUERY__NODE__NODE_A_EXPR) return false;
  const PgQuery__AExpr& expression = *where->a_expr;
  const bool equal = expression.n_name == 1 && text_of(expression.name[0]) == "=" &&
                     (expression.kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP ||
                      expression.kind == PG_QUERY__A__EXPR__KIND__AEXPR_IN);
  return equal && expression.lexpr != nullptr &&
         expression.lexpr->node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
         is_constant(expression.rexpr);
}

void judge_after_lock(Context& context, const std::string& table) {
  if (!context.section.transactional || context.section.locked.empty()) return;
  context.report({RuleId::DataAfterLock,
                  "the lock on " + *context.section.locked.begin() + " is held while rows of " +
                      table + " are written",
                  "put this statement into a revision of its own, in batches if it is large:\n"
                  "-- batch: " +
                      table + " id 1000",
                  {}});
}

std::string in_batches(const sql::Statement& statement, const std::string& table) {
  return "-- batch: " + table + " id 1000\n" + statement.text + " WHERE id BETWEEN $1 AND $2;";
}

void judge_rows(Context& context, RuleId rule, const PgQuery__RangeVar* relation,
                const PgQuery__Node* where, const char* what) {
  const std::string table = written(relation);
  if (where == nullptr && !context.is_new(key_of(relation)))
    context.report({rule, "all rows of " + table + what, in_batches(context.statement, table), {}});
  if (!names_rows(where)) judge_after_lock(context, table);
}

void judge_truncate(Context& context, const PgQuery__TruncateStmt& statement) {
  std::string tables;
  for (const PgQuery__Node* node : nodes(statement.n_relations, statement.relations)) {
    if (node->node_case != PG_QUERY__NODE__NODE_RANGE_VAR ||
        context.is_new(key_of(node->range_var)))
      continue;
    tables += (tables.empty() ? "" : ", ") + written(node->range_var);
    context.lock(node->range_var);
  }
  if (tables.empty()) return;
  context.report({RuleId::Truncate, "all rows of " + tables + " are gone", {}, {}});
  if (statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
    context.report({RuleId::DropCascade,
                    "the rows of whatever refers to " + tables + " are gone too",
                    {},
                    {}});
}

void judge_insert(Context& context, const PgQuery__InsertStmt& statement) {
  const PgQuery__Node* const source = statement.select_stmt;
  if (source == nullptr || source->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) return;
  // Neither VALUES nor one row of constants.
  if (source->select_stmt->n_from_clause > 0 || source->select_stmt->larg != nullptr)
    judge_after_lock(context, written(statement.relation));
}

}  // namespace

void judge_data(Context& context, const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
      return judge_truncate(context, *node.truncate_stmt);
    case PG_QUERY__NODE__NODE_DELETE_STMT:
      return judge_rows(context, RuleId::DeleteWithoutWhere, node.delete_stmt->relation,
                        node.delete_stmt->where_clause, " are deleted");
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
      return judge_rows(context, RuleId::UpdateWithoutWhere, node.update_stmt->relation,
                        node.update_stmt->where_clause, " are written");
    case PG_QUERY__NODE__NODE_INSERT_STMT:
      return judge_insert(context, *node.insert_stmt);
    case PG_QUERY__NODE__NODE_MERGE_STMT:
      return judge_after_lock(context, written(node.merge_stmt->relation));
    case PG_QUERY__NODE__NODE_COPY_STMT:
      if (node.copy_stmt->is_from) judge_after_lock(context, written(node.copy_stmt->relation));
      return;
    default:
      return;
  }
}

}  // namespace sluice::lint
