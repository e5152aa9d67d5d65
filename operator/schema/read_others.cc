// Publications, extended statistics and default privileges.
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

// From version 15 on a publication has column lists, filters and schemas.
std::string publications_sql(bool has_lists) {
  const std::string tables =
      " FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid WHERE "
      "r.prpubid = p.oid ORDER BY c.oid::regclass::text)";
  return "SELECT p.oid, p.pubname, quote_ident(p.pubname), p.pubowner, p.puballtables, "
         "concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN "
         "'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN "
         "'truncate' END), p.pubviaroot::text, ARRAY(SELECT c.oid::regclass::text" +
         tables +
         (has_lists ? ", ARRAY(SELECT '(' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER "
                      "BY k.at) FROM unnest(r.prattrs) WITH ORDINALITY k(number, at) JOIN "
                      "pg_attribute a ON a.attrelid = r.prrelid AND a.attnum = k.number) || ')'" +
                          tables + ", ARRAY(SELECT pg_get_expr(r.prqual, r.prrelid)" + tables +
                          ", ARRAY(SELECT quote_ident(n.nspname) FROM pg_publication_namespace s "
                          "JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid ORDER "
                          "BY n.nspname)"
                    : ", NULL, NULL, NULL") +
         " FROM pg_publication p WHERE " + Gathering::not_in_extension("pg_publication", "p.oid") +
         " ORDER BY p.oid";
}

std::string object_kind(char letter) {
  switch (letter) {
    case 'r':
      return "TABLES";
    case 'S':
      return "SEQUENCES";
    case 'f':
      return "FUNCTIONS";
    case 'T':
      return "TYPES";
    case 'n':
      return "SCHEMAS";
    default:
      return std::string(1, letter);
  }
}

}  // namespace

void read_publications(Gathering& gathering) {
  each_row(gathering.session, publications_sql(gathering.version_at_least(15)), [&](Fields& row) {
    const Oid oid = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    Object& object = gathering.add({kPublicationClass, oid, 0}, Kind::Publication, 0, name, quoted);
    object.owner = gathering.role(row.oid());
    Publication publication;
    publication.all_tables = row.flag();
    publication.options["publish"] = row.text();
    publication.options["publish_via_partition_root"] = row.text();
    for (std::string& table : row.list()) publication.tables.push_back({std::move(table), "", ""});
    std::vector<std::string> columns = row.list();
    std::vector<std::string> filters = row.list();
    for (size_t at = 0; at < columns.size() && at < filters.size(); ++at) {
      publication.tables[at].columns = std::move(columns[at]);
      publication.tables[at].filter = std::move(filters[at]);
    }
    publication.schemas = row.list();
    object.details = std::move(publication);
  });
}

void read_statistics(Gathering& gathering) {
  const std::string sql =
      "SELECT s.oid, s.stxnamespace, s.stxname, quote_ident(s.stxname), s.stxowner, s.stxrelid, "
      "pg_get_statisticsobjdef(s.oid), s.stxstattarget FROM pg_statistic_ext s WHERE " +
      gathering.in_schemas("s.stxnamespace") + " ORDER BY s.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid schema = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    const Oid owner = row.oid();
    const auto table = gathering.refs.find({kRelationClass, row.oid(), 0});
    if (table == gathering.refs.end()) return;
    Object& object =
        gathering.add({kStatisticsClass, oid, 0}, Kind::Statistics, schema, name, quoted);
    object.owner = gathering.role(owner);
    object.needs.push_back(table->second);
    Statistics statistics;
    statistics.definition = row.text();
    statistics.target = static_cast<int>(row.number(-1));
    object.details = std::move(statistics);
  });
}

void read_default_privileges(Gathering& gathering) {
  each_row(gathering.session,
           "SELECT d.oid, d.defaclobjtype, r.rolname, quote_ident(r.rolname), n.oid, n.nspname, "
           "quote_ident(n.nspname) FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole "
           "LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace ORDER BY d.oid",
           [&](Fields& row) {
             const Oid oid = row.oid();
             const std::string kind = object_kind(row.letter());
             const std::string role = row.text();
             std::string identity = "FOR ROLE " + row.text();
             const Oid schema_oid = row.oid();
             const std::string schema = row.text();
             const auto found = gathering.refs.find({kNamespaceClass, schema_oid, 0});
             if (schema_oid != 0 && found == gathering.refs.end()) return;
             if (schema_oid != 0) identity += " IN SCHEMA " + row.text();
             std::string name = role + "|";
             name += schema + "|" + kind;
             Object& object = gathering.add({kDefaultAclClass, oid, 0}, Kind::DefaultPrivileges, 0,
                                            name, identity);
             object.key.arguments = kind;
             object.owner = role;
             object.details = DefaultPrivileges{};
             if (schema_oid != 0) object.needs.push_back(found->second);
           });
}

}  // namespace sluice::schema
