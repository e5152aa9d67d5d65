// Functions, procedures, aggregates and window functions.
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

FunctionKind to_kind(char letter) {
  switch (letter) {
    case 'p':
      return FunctionKind::Procedure;
    case 'a':
      return FunctionKind::Aggregate;
    case 'w':
      return FunctionKind::Window;
    default:
      return FunctionKind::Function;
  }
}

// ", NAME = value" for an aggregate's parameter, where there is one.
std::string parameter(const char* name, const std::string& value) {
  return " || coalesce(', " + std::string(name) + " = ' || " + value + ", '')";
}

std::string function_parameter(const char* name, const char* column) {
  return parameter(name, "nullif(g." + std::string(column) + "::oid, 0)::regproc");
}

// FINALFUNC_MODIFY is READ_ONLY for plain aggregates, READ_WRITE for ordered sets.
std::string modify_parameter(const char* name, const char* column, const char* function) {
  const std::string value = "g." + std::string(column);
  return parameter(name, "CASE WHEN g." + std::string(function) + "::oid <> 0 AND " + value +
                             " <> CASE g.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::\"char\" THEN "
                             "CASE " +
                             value +
                             " WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE "
                             "'READ_WRITE' END END");
}

// CREATE AGGREGATE, as pg_dump has it: PostgreSQL has no function for it.
std::string aggregate_definition() {
  return "(SELECT 'CREATE AGGREGATE ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname) "
         "|| '(' || CASE WHEN p.pronargs = 0 THEN '*' ELSE pg_get_function_arguments(p.oid) END || "
         "') (SFUNC = ' || g.aggtransfn || ', STYPE = ' || format_type(g.aggtranstype, NULL)" +
         parameter("SSPACE", "nullif(g.aggtransspace, 0)") +
         function_parameter("FINALFUNC", "aggfinalfn") +
         " || CASE WHEN g.aggfinalextra THEN ', FINALFUNC_EXTRA' ELSE '' END" +
         modify_parameter("FINALFUNC_MODIFY", "aggfinalmodify", "aggfinalfn") +
         function_parameter("COMBINEFUNC", "aggcombinefn") +
         function_parameter("SERIALFUNC", "aggserialfn") +
         function_parameter("DESERIALFUNC", "aggdeserialfn") +
         parameter("INITCOND", "quote_literal(g.agginitval)") +
         function_parameter("MSFUNC", "aggmtransfn") +
         function_parameter("MINVFUNC", "aggminvtransfn") +
         parameter("MSTYPE", "format_type(nullif(g.aggmtranstype, 0), NULL)") +
         parameter("MSSPACE", "nullif(g.aggmtransspace, 0)") +
         function_parameter("MFINALFUNC", "aggmfinalfn") +
         " || CASE WHEN g.aggmfinalextra THEN ', MFINALFUNC_EXTRA' ELSE '' END" +
         modify_parameter("MFINALFUNC_MODIFY", "aggmfinalmodify", "aggmfinalfn") +
         parameter("MINITCOND", "quote_literal(g.aggminitval)") +
         parameter("SORTOP",
                   "(SELECT 'OPERATOR(' || quote_ident(xn.nspname) || '.' || x.oprname || ')' FROM "
                   "pg_operator x JOIN pg_namespace xn ON xn.oid = x.oprnamespace WHERE x.oid = "
                   "g.aggsortop)") +
         parameter("PARALLEL",
                   "CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END") +
         " || CASE WHEN g.aggkind = 'h' THEN ', HYPOTHETICAL' ELSE '' END || ')' FROM pg_aggregate "
         "g JOIN pg_namespace n ON n.oid = p.pronamespace WHERE g.aggfnoid = p.oid)";
}

}  // namespace

void read_functions(Gathering& gathering) {
  const std::string sql =
      "SELECT p.oid, p.pronamespace, p.proname, quote_ident(p.proname), p.proowner, p.prokind, "
      "(SELECT string_agg(format_type(a.type, NULL), ', ' ORDER BY a.at) FROM "
      "unnest(p.proargtypes) WITH ORDINALITY a(type, at)), pg_get_function_arguments(p.oid), "
      "pg_get_function_result(p.oid), CASE WHEN p.prokind <> 'a' THEN l.lanname "
      "END, CASE WHEN p.prokind = 'a' THEN " +
      aggregate_definition() +
      " ELSE pg_get_functiondef(p.oid) END FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang "
      "WHERE " +
      gathering.in_schemas("p.pronamespace") + " AND " +
      Gathering::not_in_extension("pg_proc", "p.oid") +
      // The constructors of a range type are part of it.
      " AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid "
      "= p.oid AND i.deptype = 'i') ORDER BY p.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid schema = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    const Oid owner = row.oid();
    Function function;
    function.function_kind = to_kind(row.letter());
    const std::string_view types = row.view();
    function.arguments = row.text();
    function.result = row.text();
    function.language = row.text();
    std::string_view definition = row.view();
    if (definition.ends_with('\n')) definition.remove_suffix(1);
    function.definition = definition;
    const bool aggregate = function.function_kind == FunctionKind::Aggregate;
    Object& object = gathering.add({kProcClass, oid, 0}, Kind::Function, schema, name, quoted);
    object.key.arguments = types;
    object.identity += '(';
    object.identity += aggregate && types.empty() ? std::string_view("*") : types;
    object.identity += ')';
    object.owner = gathering.role(owner);
    object.details = std::move(function);
  });
}

}  // namespace sluice::schema
