// What PostgreSQL knows and the model has no word for: named, never passed over in silence.
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

constexpr size_t kNamed = 5;

// Names by kind, in the order of the kinds.
std::string unread_sql(const Gathering& gathering) {
  const auto of = [&](const char* kind, const char* name, const std::string& from,
                      const std::string& where) {
    return std::string("SELECT '") + kind + "' AS kind, " + name + " AS name FROM " + from +
           " WHERE " + where;
  };
  const auto own = [](const char* catalog, const char* oid) {
    return std::string(oid) + " >= 16384 AND " + Gathering::not_in_extension(catalog, oid);
  };
  const std::string parts[] = {
      of("foreign tables", "c.oid::regclass::text", "pg_class c",
         "c.relkind = 'f' AND " + gathering.in_schemas("c.relnamespace") + " AND " +
             own("pg_class", "c.oid")),
      of("foreign servers", "quote_ident(s.srvname)", "pg_foreign_server s",
         own("pg_foreign_server", "s.oid")),
      of("foreign data wrappers", "quote_ident(w.fdwname)", "pg_foreign_data_wrapper w",
         own("pg_foreign_data_wrapper", "w.oid")),
      of("user mappings",
         "coalesce(quote_ident(m.usename), 'PUBLIC') || ' on ' || quote_ident(m.srvname)",
         "pg_user_mappings m", "true"),
      of("subscriptions", "quote_ident(s.subname)", "pg_subscription s",
         "s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())"),
      of("languages", "quote_ident(l.lanname)", "pg_language l", own("pg_language", "l.oid")),
      of("transforms", "format_type(t.trftype, NULL) || ' in ' || quote_ident(l.lanname)",
         "pg_transform t JOIN pg_language l ON l.oid = t.trflang", own("pg_transform", "t.oid")),
      of("access methods", "quote_ident(a.amname)", "pg_am a", own("pg_am", "a.oid")),
      of("conversions", "quote_ident(n.nspname) || '.' || quote_ident(c.conname)",
         "pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace",
         own("pg_conversion", "c.oid") + " AND " + gathering.in_schemas("c.connamespace")),
      // No array: pg_type has no index on typarray, but one on oid.
      of("base types", "format_type(t.oid, NULL)", "pg_type t",
         "t.typtype IN ('b', 'p') AND NOT EXISTS (SELECT FROM pg_type e WHERE e.oid = t.typelem "
         "AND e.typarray = t.oid) AND " +
             own("pg_type", "t.oid") + " AND " + gathering.in_schemas("t.typnamespace")),
      of("shell operators", "o.oid::regoperator::text", "pg_operator o",
         "o.oprcode = 0 AND " + own("pg_operator", "o.oid") + " AND " +
             gathering.in_schemas("o.oprnamespace")),
      of("large objects", "l.oid::text", "pg_largeobject_metadata l", "true"),
      // Their values may be secrets.
      of("settings of the database",
         "split_part(c.setting, '=', 1) || coalesce(' of role ' || quote_ident(r.rolname), '')",
         "pg_db_role_setting s CROSS JOIN unnest(s.setconfig) c(setting) LEFT JOIN pg_roles r ON "
         "r.oid = s.setrole",
         "s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"),
      of("security labels", "pg_describe_object(l.classoid, l.objoid, l.objsubid)", "pg_seclabel l",
         "true"),
  };
  std::string each;
  for (const std::string& part : parts)
    each += (each.empty() ? "" : " UNION ALL ") + std::string("(") + part + ")";
  return "SELECT u.kind, count(*), (array_agg(u.name ORDER BY u.name))[:" + std::to_string(kNamed) +
         "] FROM (" + each + ") u GROUP BY u.kind ORDER BY u.kind";
}

}  // namespace

void read_unread(Gathering& gathering) {
  each_row(gathering.session, unread_sql(gathering), [&](Fields& row) {
    std::string warning = row.text();
    warning += " are not compared: ";
    const auto count = static_cast<size_t>(row.number());
    const std::vector<std::string> names = row.list();
    for (const std::string& name : names) warning += (&name == &names.front() ? "" : ", ") + name;
    if (count > names.size()) warning += " and " + std::to_string(count - names.size()) + " more";
    gathering.catalog.warnings.push_back(std::move(warning));
  });
}

}  // namespace sluice::schema
