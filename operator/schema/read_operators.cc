// Operators, operator families and classes, and casts: whole CREATE statements, as pg_dump has
// them.
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

// OPERATOR(public.=) for the OID in `column`; NULL for 0.
std::string operator_name(std::string_view column) {
  return "(SELECT 'OPERATOR(' || quote_ident(xn.nspname) || '.' || x.oprname || ')' FROM "
         "pg_operator x JOIN pg_namespace xn ON xn.oid = x.oprnamespace WHERE x.oid = " +
         std::string(column) + ")";
}

// `OPERATOR 1 =(a,b)` and `FUNCTION 1 (a, b) f(a,b)` of a family or class: what it was made with
// depends on it internally, what was added to a family automatically.
std::string members(const char* catalog, const char* oid, char dependency) {
  const auto held_by = [&](const char* member, const char* alias) {
    return std::string("pg_depend d WHERE d.classid = '") + member +
           "'::regclass AND d.objid = " + alias + ".oid AND d.refclassid = '" + catalog +
           "'::regclass AND d.refobjid = " + oid + " AND d.deptype = '" + dependency + "'";
  };
  return "ARRAY(SELECT m.text FROM (SELECT 0 AS kind, o.amopstrategy AS number, 'OPERATOR ' || "
         "o.amopstrategy || ' ' || o.amopopr::regoperator || coalesce((SELECT ' FOR ORDER BY ' || "
         "quote_ident(fn.nspname) || '.' || quote_ident(sf.opfname) FROM pg_opfamily sf JOIN "
         "pg_namespace fn ON fn.oid = sf.opfnamespace WHERE sf.oid = o.amopsortfamily), '') AS "
         "text "
         "FROM pg_amop o WHERE EXISTS (SELECT FROM " +
         held_by("pg_amop", "o") +
         ") UNION ALL SELECT 1, p.amprocnum, 'FUNCTION ' || p.amprocnum || ' (' || "
         "format_type(p.amproclefttype, NULL) || ', ' || format_type(p.amprocrighttype, NULL) || "
         "') ' || p.amproc::regprocedure FROM pg_amproc p WHERE EXISTS (SELECT FROM " +
         held_by("pg_amproc", "p") + ")) m ORDER BY m.kind, m.number, m.text)";
}

std::string joined(const std::vector<std::string>& list, std::string_view start) {
  std::string text;
  for (const std::string& item : list) {
    text += text.empty() ? start : ", ";
    text += item;
  }
  return text;
}

void read_plain_operators(Gathering& gathering) {
  const std::string sql =
      "SELECT o.oid, o.oprnamespace, o.oprname, o.oprowner, CASE WHEN o.oprleft = 0 THEN 'NONE' "
      "ELSE format_type(o.oprleft, NULL) END, CASE WHEN o.oprright = 0 THEN 'NONE' ELSE "
      "format_type(o.oprright, NULL) END, o.oprcode::regproc, " +
      operator_name("o.oprcom") + ", " + operator_name("o.oprnegate") +
      ", o.oprcanmerge, o.oprcanhash, nullif(o.oprrest, 0)::regproc, nullif(o.oprjoin, "
      "0)::regproc FROM pg_operator o WHERE o.oprcode <> 0 AND " +
      gathering.in_schemas("o.oprnamespace") + " AND " +
      Gathering::not_in_extension("pg_operator", "o.oid") + " ORDER BY o.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid schema = row.oid();
    const std::string_view name = row.view();
    Object& object = gathering.add({kOperatorClass, oid, 0}, Kind::Operator, schema, name, name);
    object.owner = gathering.role(row.oid());
    const std::string left = row.text();
    const std::string right = row.text();
    std::string sql_text = "CREATE OPERATOR " + object.identity + " (FUNCTION = " + row.text();
    if (left != "NONE") sql_text += ", LEFTARG = " + left;
    if (right != "NONE") sql_text += ", RIGHTARG = " + right;
    if (const std::string_view other = row.view(); !other.empty())
      sql_text.append(", COMMUTATOR = ").append(other);
    if (const std::string_view other = row.view(); !other.empty())
      sql_text.append(", NEGATOR = ").append(other);
    if (row.flag()) sql_text += ", MERGES";
    if (row.flag()) sql_text += ", HASHES";
    if (const std::string_view function = row.view(); !function.empty())
      sql_text.append(", RESTRICT = ").append(function);
    if (const std::string_view function = row.view(); !function.empty())
      sql_text.append(", JOIN = ").append(function);
    object.key.arguments = left + "," + right;
    object.identity += " (" + left + ", " + right + ")";
    object.details = Defined{{sql_text + ")"}};
  });
}

void read_families(Gathering& gathering) {
  const std::string sql =
      "SELECT f.oid, f.opfnamespace, f.opfname, quote_ident(f.opfname), f.opfowner, am.amname, "
      "quote_ident(am.amname), " +
      members("pg_opfamily", "f.oid", 'a') +
      " FROM pg_opfamily f JOIN pg_am am ON am.oid = f.opfmethod WHERE " +
      gathering.in_schemas("f.opfnamespace") + " AND " +
      Gathering::not_in_extension("pg_opfamily", "f.oid") + " ORDER BY f.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid schema = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    Object& object =
        gathering.add({kOperatorFamilyClass, oid, 0}, Kind::OperatorFamily, schema, name, quoted);
    object.owner = gathering.role(row.oid());
    object.key.arguments = row.text();
    object.identity.append(" USING ").append(row.view());
    Defined defined{{"CREATE OPERATOR FAMILY " + object.identity}};
    const std::string added = joined(row.list(), " ADD ");
    if (!added.empty())
      defined.statements.push_back("ALTER OPERATOR FAMILY " + object.identity + added);
    object.details = std::move(defined);
  });
}

void read_classes(Gathering& gathering) {
  const std::string sql =
      "SELECT c.oid, c.opcnamespace, c.opcname, quote_ident(c.opcname), c.opcowner, am.amname, "
      "quote_ident(am.amname), c.opcdefault, format_type(c.opcintype, NULL), CASE WHEN "
      "c.opckeytype <> 0 THEN format_type(c.opckeytype, NULL) END, quote_ident(fn.nspname) || '.' "
      "|| quote_ident(f.opfname), " +
      members("pg_opclass", "c.oid", 'i') +
      " FROM pg_opclass c JOIN pg_am am ON am.oid = c.opcmethod JOIN pg_opfamily f ON f.oid = "
      "c.opcfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace WHERE " +
      gathering.in_schemas("c.opcnamespace") + " AND " +
      Gathering::not_in_extension("pg_opclass", "c.oid") + " ORDER BY c.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid schema = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    Object& object =
        gathering.add({kOperatorClassClass, oid, 0}, Kind::OperatorClass, schema, name, quoted);
    object.owner = gathering.role(row.oid());
    object.key.arguments = row.text();
    const std::string method = row.text();
    std::string sql_text = "CREATE OPERATOR CLASS " + object.identity;
    if (row.flag()) sql_text += " DEFAULT";
    const std::string type = row.text();
    const std::string storage = row.text();
    sql_text += " FOR TYPE " + type + " USING " + method + " FAMILY " + row.text() + " AS ";
    std::vector<std::string> items = row.list();
    // There has to be something; to store what is indexed is what it does anyway.
    if (!storage.empty() || items.empty())
      items.insert(items.begin(), "STORAGE " + (storage.empty() ? type : storage));
    object.identity += " USING " + method;
    object.details = Defined{{sql_text + joined(items, "")}};
  });
}

void read_casts(Gathering& gathering) {
  const std::string sql =
      "SELECT c.oid, format_type(c.castsource, NULL), format_type(c.casttarget, NULL), "
      "c.castcontext, CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || "
      "c.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END FROM "
      "pg_cast c WHERE c.oid >= 16384 AND " +
      Gathering::not_in_extension("pg_cast", "c.oid") +
      // That of a range to its multirange is part of the range.
      " AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_cast'::regclass AND i.objid "
      "= c.oid AND i.deptype = 'i') ORDER BY c.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    std::string name = row.text();
    name.append(" AS ").append(row.view());
    Object& object = gathering.add({kCastClass, oid, 0}, Kind::Cast, 0, name, "(" + name + ")");
    const char context = row.letter();
    std::string sql_text = "CREATE CAST (" + name + ") " + row.text();
    if (context == 'a') sql_text += " AS ASSIGNMENT";
    if (context == 'i') sql_text += " AS IMPLICIT";
    object.details = Defined{{std::move(sql_text)}};
  });
}

}  // namespace

void read_operators(Gathering& gathering) {
  read_plain_operators(gathering);
  read_families(gathering);
  read_classes(gathering);
  read_casts(gathering);
}

}  // namespace sluice::schema
