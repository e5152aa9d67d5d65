// Enums, composites, domains and ranges.
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

// typtype, and of a composite the pg_class row that has its fields.
Details to_details(Gathering& gathering, char type, Oid fields_relation, Fields& row) {
  switch (type) {
    case 'e': {
      Enum labels;
      labels.labels = row.list();
      return labels;
    }
    case 'c':
      gathering.alias({kRelationClass, fields_relation, 0}, gathering.last());
      return Composite{};
    case 'd': {
      Domain domain;
      row.view();
      domain.type = row.text();
      domain.collation = row.text();
      domain.default_value = row.text();
      domain.not_null = row.flag();
      return domain;
    }
    default: {
      Range range;
      for (int skipped = 0; skipped < 5; ++skipped) row.view();
      range.definition = "(subtype = " + row.text();
      for (const char* parameter :
           {"subtype_opclass", "collation", "canonical", "subtype_diff", "multirange_type_name"})
        if (const std::string_view value = row.view(); !value.empty())
          range.definition += std::string(", ") + parameter + " = " + std::string(value);
      range.definition += ")";
      return range;
    }
  }
}

Kind to_kind(char type) {
  switch (type) {
    case 'e':
      return Kind::Enum;
    case 'c':
      return Kind::Composite;
    case 'd':
      return Kind::Domain;
    default:
      return Kind::Range;
  }
}

}  // namespace

void read_types(Gathering& gathering) {
  const std::string sql =
      "SELECT t.oid, t.typnamespace, t.typname, quote_ident(t.typname), t.typowner, t.typtype, "
      "t.typrelid, CASE WHEN t.typtype = 'e' THEN ARRAY(SELECT l.enumlabel FROM pg_enum l WHERE "
      "l.enumtypid = t.oid ORDER BY l.enumsortorder)::text[] END, CASE WHEN t.typtype = 'd' THEN "
      "format_type(t.typbasetype, t.typtypmod) END, "
      "CASE WHEN t.typtype = 'd' THEN " +
      collation_unless("t.typcollation",
                       "(SELECT b.typcollation FROM pg_type b WHERE b.oid = t.typbasetype)") +
      " END, CASE WHEN t.typtype = 'd' THEN coalesce(pg_get_expr(t.typdefaultbin, "
      "'pg_type'::regclass), t.typdefault) END, t.typnotnull, format_type(r.rngsubtype, NULL), "
      "CASE WHEN NOT o.opcdefault THEN quote_ident(n.nspname) || '.' || quote_ident(o.opcname) "
      "END, " +
      collation_unless("r.rngcollation",
                       "(SELECT b.typcollation FROM pg_type b WHERE b.oid = r.rngsubtype)") +
      ", nullif(r.rngcanonical, 0)::regproc, nullif(r.rngsubdiff, 0)::regproc, " +
      (gathering.version_at_least(14)
           ? "(SELECT quote_ident(mn.nspname) || '.' || quote_ident(m.typname) FROM pg_type m JOIN "
             "pg_namespace mn ON mn.oid = m.typnamespace WHERE m.oid = r.rngmultitypid) "
           : "NULL ") +
      "FROM pg_type t LEFT JOIN pg_range r ON r.rngtypid = t.oid LEFT JOIN pg_opclass o ON o.oid = "
      "r.rngsubopc LEFT JOIN pg_namespace n ON n.oid = o.opcnamespace "
      "WHERE t.typtype IN ('e', 'c', 'd', 'r') AND t.typisdefined AND (t.typtype <> 'c' OR EXISTS "
      "(SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')) AND " +
      gathering.in_schemas("t.typnamespace") + " AND " +
      Gathering::not_in_extension("pg_type", "t.oid") + " ORDER BY t.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid schema = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    const Oid owner = row.oid();
    const char type = row.letter();
    const Oid relation = row.oid();
    Object& object = gathering.add({kTypeClass, oid, 0}, to_kind(type), schema, name, quoted);
    object.owner = gathering.role(owner);
    object.details = to_details(gathering, type, relation, row);
  });
}

}  // namespace sluice::schema
