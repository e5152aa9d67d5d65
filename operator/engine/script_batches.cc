#include "engine/script_batches.h"

#include <algorithm>

#include "engine/psql_text.h"
#include "sql/quote.h"

namespace sluice::engine {
namespace {

using sql::literal;

// The column's name as the server folds it, in quotes: it may be a key word of PL/pgSQL.
std::string quoted_key(std::string key) {
  if (key.starts_with('"')) return key;
  std::ranges::transform(key, key.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return sql::quote_identifier(key);
}

std::string raise(const std::string& message) {
  return "    RAISE EXCEPTION USING MESSAGE = " + literal(message) + ";\n";
}

// What engine/batches.cc asks before the first range.
std::string checks(const sql::Batch& batch, const std::string& place) {
  const std::string name = "`" + batch.table + "`.`" + batch.key + "`";
  return do_block(
      "DECLARE\n  sluice_required boolean; sluice_indexed boolean;\nBEGIN\n  SELECT a.attnotnull, "
      "EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = "
      "i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam WHERE i.indrelid = a.attrelid AND "
      "i.indkey[0] = a.attnum AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree')\n"
      "    INTO sluice_required, sluice_indexed FROM pg_catalog.pg_attribute a WHERE a.attrelid = "
      "pg_catalog.to_regclass(" +
      literal(batch.table) + ") AND a.attname = (pg_catalog.parse_ident(" + literal(batch.key) +
      "))[1] AND a.attnum > 0 AND NOT a.attisdropped;\n  IF NOT FOUND THEN\n" +
      raise(place + "there is no column " + name + " to batch by") +
      "  ELSIF NOT sluice_required THEN\n" +
      raise(place + "column " + name + " may be null, and rows without a key belong to no range") +
      "  ELSIF NOT sluice_indexed THEN\n" +
      raise(place + "column " + name +
            " leads no index, so that each range would read the whole table") +
      "  END IF;\nEND");
}

// Columns and variables by qualified names, so that none is taken for another.
std::string loop(const sql::Statement& statement, const ledger::RunSql& run,
                 const ledger::StatementRecord& record) {
  const sql::Batch& batch = *statement.batch;
  const std::string column = quoted_key(batch.key);
  const std::string type = batch.table + "." + column + "%TYPE";
  const std::string rows = batch.table + " AS sluice_rows";
  const std::string key = "sluice_rows." + column;
  return do_block(
      "#variable_conflict error\n<<sluice_batch>>\nDECLARE\n  sluice_first " + type +
      "; sluice_last " + type + "; sluice_done " + type + "; sluice_end " + type +
      ";\nBEGIN\n  SELECT " + key + " INTO sluice_batch.sluice_end FROM " + rows + " ORDER BY " +
      key + " DESC LIMIT 1;\n  LOOP\n    WITH sluice_range AS (SELECT " + key +
      " AS sluice_key FROM " + rows + " WHERE (sluice_batch.sluice_done IS NULL OR " + key +
      " > sluice_batch.sluice_done) AND " + key + " <= sluice_batch.sluice_end ORDER BY " + key +
      " LIMIT " + std::to_string(batch.size) +
      ")\n    SELECT (SELECT r.sluice_key FROM sluice_range r ORDER BY r.sluice_key LIMIT 1), "
      "(SELECT r.sluice_key FROM sluice_range r ORDER BY r.sluice_key DESC LIMIT 1)\n"
      "      INTO sluice_batch.sluice_first, sluice_batch.sluice_last;\n"
      "    EXIT WHEN sluice_batch.sluice_first IS NULL;\n    EXECUTE " +
      literal(statement.text) +
      " USING sluice_batch.sluice_first, sluice_batch.sluice_last;\n"
      "    PERFORM set_config('DateStyle', 'ISO, YMD', true), set_config('TimeZone', 'UTC', true), "
      "set_config('IntervalStyle', 'postgres', true), set_config('extra_float_digits', '3', "
      "true);\n    " +
      ledger::batch_done_sql(run, record, "sluice_batch.sluice_last::text",
                             "sluice_batch.sluice_end::text") +
      ";\n    COMMIT;\n    sluice_batch.sluice_done := sluice_batch.sluice_last;\n"
      "    PERFORM pg_sleep(" +
      std::to_string(batch.pause_ms) + " / 1000.0);\n  END LOOP;\nEND");
}

}  // namespace

std::string batches_script(const Step& step, const sql::Statement& statement,
                           const ledger::RunSql& run, const ledger::StatementRecord& record) {
  return checks(*statement.batch, step.place(statement.line) + ": ") + loop(statement, run, record);
}

}  // namespace sluice::engine
