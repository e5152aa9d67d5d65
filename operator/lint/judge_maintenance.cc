// Indexes, and what rewrites or locks a table without changing its definition.
#include <algorithm>

#include "lint/judge.h"

namespace sluice::lint {
namespace {

void judge_created_index(Context& context, const PgQuery__IndexStmt& index) {
  if (index.relation == nullptr) return;
  if (index.concurrent && index.if_not_exists)
    context.report({RuleId::ConcurrentlyIfNotExists,
                    "an invalid index " + quoted(text_of(index.idxname)) +
                        ", left by an interrupted build, is skipped for ever",
                    "CREATE " + std::string(index.unique ? "UNIQUE " : "") + "INDEX CONCURRENTLY " +
                        quoted(text_of(index.idxname)) + " ON " + written(index.relation) + " …;",
                    {}});
  // ON ONLY builds nothing: it is for the partitions' indexes to be attached to.
  if (index.concurrent || !index.relation->inh || context.is_new(key_of(index.relation))) return;
  context.report({RuleId::CreateIndex,
                  written(index.relation) + " cannot be written until the index is built",
                  without_transaction(with_after(context.statement, "index", "CONCURRENTLY")),
                  {}});
  context.lock(index.relation);
}

void judge_reindex(Context& context, const PgQuery__ReindexStmt& statement) {
  if (has_option(statement.n_params, statement.params, "concurrently")) return;
  std::string table = key_of(statement.relation);
  const char* word = "system";
  switch (statement.kind) {
    case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX:
      table = context.facts.table_of_index(table);
      word = "index";
      break;
    case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE:
      word = "table";
      break;
    case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA:
      word = "schema";
      break;
    case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_DATABASE:
      word = "database";
      break;
    default:
      break;
  }
  if (context.is_new(table)) return;
  const std::string what =
      statement.relation != nullptr ? written(statement.relation) : quoted(text_of(statement.name));
  context.report({RuleId::Reindex,
                  what + " is locked until its indexes are built anew",
                  without_transaction(with_after(context.statement, word, "CONCURRENTLY")),
                  {}});
  if (statement.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE)
    context.lock(statement.relation);
}

void judge_vacuum(Context& context, const PgQuery__VacuumStmt& statement) {
  if (!statement.is_vacuumcmd) return;
  for (const PgQuery__Node* option : nodes(statement.n_options, statement.options)) {
    if (option->node_case != PG_QUERY__NODE__NODE_DEF_ELEM ||
        text_of(option->def_elem->defname) != "full")
      continue;
    const PgQuery__Node* const value = option->def_elem->arg;
    const std::string_view word = text_of(value);
    const bool off = word == "false" || word == "off" ||
                     (value != nullptr && value->node_case == PG_QUERY__NODE__NODE_INTEGER &&
                      value->integer->ival == 0);
    if (off) return;
    std::string tables;
    for (const PgQuery__Node* node : nodes(statement.n_rels, statement.rels))
      if (node->node_case == PG_QUERY__NODE__NODE_VACUUM_RELATION)
        tables += " " + written(node->vacuum_relation->relation);
    context.report({RuleId::VacuumFull,
                    (tables.empty() ? "every table" : tables.substr(1)) + " is written anew",
                    without_transaction("VACUUM" + tables + ";"),
                    {}});
  }
}

void judge_lock(Context& context, const PgQuery__LockStmt& statement) {
  // PostgreSQL's numbers of its lock modes (lockdefs.h); those below let readers and writers pass.
  constexpr int kShare = 5;
  if (statement.mode < kShare) return;
  std::string tables;
  for (const PgQuery__Node* node : nodes(statement.n_relations, statement.relations)) {
    if (node->node_case != PG_QUERY__NODE__NODE_RANGE_VAR ||
        context.is_new(key_of(node->range_var)))
      continue;
    tables += (tables.empty() ? "" : ", ") + written(node->range_var);
    context.lock(node->range_var);
  }
  if (tables.empty()) return;
  context.report(
      {RuleId::LockTable, "the application waits for " + tables + " until the commit", {}, {}});
}

void judge_trigger(Context& context, const PgQuery__CreateTrigStmt& statement) {
  if (context.is_new(key_of(statement.relation))) return;
  context.report({RuleId::CreateTrigger,
                  "every write to " + written(statement.relation) + " that fires " +
                      quoted(text_of(statement.trigname)) + " runs it from now on",
                  {},
                  {}});
  context.lock(statement.relation);
}

}  // namespace

void judge_index(Context& context, const PgQuery__Node& node) {
  if (node.node_case == PG_QUERY__NODE__NODE_INDEX_STMT)
    judge_created_index(context, *node.index_stmt);
  if (node.node_case == PG_QUERY__NODE__NODE_REINDEX_STMT)
    judge_reindex(context, *node.reindex_stmt);
}

void judge_maintenance(Context& context, const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_CLUSTER_STMT: {
      const PgQuery__RangeVar* const table = node.cluster_stmt->relation;
      if (context.is_new(key_of(table))) return;
      context.report(
          {RuleId::Cluster,
           (table == nullptr ? "every clustered table" : written(table)) + " is written anew",
           {},
           {}});
      return context.lock(table);
    }
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
      return judge_vacuum(context, *node.vacuum_stmt);
    case PG_QUERY__NODE__NODE_LOCK_STMT:
      return judge_lock(context, *node.lock_stmt);
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT: {
      const PgQuery__RefreshMatViewStmt& refresh = *node.refresh_mat_view_stmt;
      if (refresh.concurrent || refresh.skip_data || context.is_new(key_of(refresh.relation)))
        return;
      return context.report({RuleId::RefreshMaterializedView,
                             written(refresh.relation) + " cannot be read until its query has run",
                             with_after(context.statement, "view", "CONCURRENTLY"),
                             {}});
    }
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
      return judge_trigger(context, *node.create_trig_stmt);
    case PG_QUERY__NODE__NODE_ALTER_TABLE_MOVE_ALL_STMT:
      return context.report(
          {RuleId::SetTablespace,
           "everything in tablespace " +
               quoted(text_of(node.alter_table_move_all_stmt->orig_tablespacename)) + " is copied",
           {},
           {}});
    default:
      return;
  }
}

}  // namespace sluice::lint
