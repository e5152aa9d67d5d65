#include "lint/volatility.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice::lint {
namespace {

// What gives every row of one statement the same value (STABLE or IMMUTABLE in PostgreSQL 15) and
// is met in defaults. Others may be volatile; only the server knows.
constexpr std::array kSteadyFunctions{"now",
                                      "transaction_timestamp",
                                      "statement_timestamp",
                                      "timezone",
                                      "date_trunc",
                                      "to_timestamp",
                                      "to_date",
                                      "to_char",
                                      "to_jsonb",
                                      "to_json",
                                      "jsonb_build_object",
                                      "json_build_object",
                                      "jsonb_build_array",
                                      "json_build_array",
                                      "make_interval",
                                      "make_date",
                                      "make_timestamp",
                                      "make_timestamptz",
                                      "lower",
                                      "upper",
                                      "md5",
                                      "concat",
                                      "concat_ws",
                                      "format",
                                      "coalesce",
                                      "length",
                                      "trim",
                                      "btrim",
                                      "replace",
                                      "left",
                                      "right",
                                      "array_fill",
                                      "current_setting",
                                      "current_schema",
                                      "current_database",
                                      "version",
                                      "to_tsvector",
                                      "decode",
                                      "encode",
                                      "abs",
                                      "round",
                                      "floor",
                                      "ceil",
                                      "date_part",
                                      "extract",
                                      "int4range",
                                      "int8range",
                                      "numrange",
                                      "tsrange",
                                      "tstzrange",
                                      "daterange",
                                      "string_to_array",
                                      "textcat",
                                      "array_append",
                                      "repeat",
                                      "age"};

}  // namespace

bool is_perhaps_volatile(const PgQuery__Node& node) {
  if (node.node_case != PG_QUERY__NODE__NODE_FUNC_CALL) return false;
  const PgQuery__FuncCall& call = *node.func_call;
  if (call.n_funcname == 0) return false;
  const std::string_view name = text_of(call.funcname[call.n_funcname - 1]);
  const bool own = call.n_funcname > 1 && text_of(call.funcname[0]) != "pg_catalog";
  return own || std::ranges::find(kSteadyFunctions, name) == kSteadyFunctions.end();
}

}  // namespace sluice::lint
