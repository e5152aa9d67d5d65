// Functions, procedures and window functions.
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

}  // namespace

void read_functions(Gathering& gathering) {
  const std::string sql =
      "SELECT p.oid, p.pronamespace, p.proname, quote_ident(p.proname), p.proowner, p.prokind, "
      "(SELECT string_agg(format_type(a.type, NULL), ', ' ORDER BY a.at) FROM "
      "unnest(p.proargtypes) WITH ORDINALITY a(type, at)), pg_get_function_arguments(p.oid), "
      "pg_get_function_result(p.oid), l.lanname, CASE WHEN p.prokind <> 'a' THEN "
      "pg_get_functiondef(p.oid) END FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE "
      "p.prokind IN ('f', 'p', 'w') AND " +
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
    Object& object = gathering.add({kProcClass, oid, 0}, Kind::Function, schema, name, quoted);
    object.key.arguments = types;
    object.identity += '(';
    object.identity += types;
    object.identity += ')';
    object.owner = gathering.role(owner);
    object.details = std::move(function);
  });
}

}  // namespace sluice::schema
