// Collations and text search.
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

// Where the name of the locale is has changed in 15 and in 17.
std::string locale_column(const Gathering& gathering) {
  if (gathering.version_at_least(17)) return "c.colllocale";
  if (gathering.version_at_least(15)) return "c.colliculocale";
  return "CASE WHEN c.collprovider = 'i' THEN c.collcollate END";
}

}  // namespace

void read_collations(Gathering& gathering) {
  const std::string sql =
      "SELECT c.oid, c.collnamespace, c.collname, quote_ident(c.collname), c.collowner, '(provider "
      "= ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'd' THEN "
      "'default' ELSE 'libc' END || CASE WHEN c.collprovider <> 'c' THEN ', locale = ' || "
      "quote_literal(" +
      locale_column(gathering) +
      ") WHEN c.collcollate = c.collctype THEN ', locale = ' || quote_literal(c.collcollate) ELSE "
      "', lc_collate = ' || quote_literal(c.collcollate) || ', lc_ctype = ' || "
      "quote_literal(c.collctype) END || CASE WHEN c.collisdeterministic THEN '' ELSE ', "
      "deterministic = false' END || " +
      (gathering.version_at_least(16)
           ? "coalesce(', rules = ' || quote_literal(c.collicurules), '')"
           : "''") +
      " || ')' FROM pg_collation c WHERE " + gathering.in_schemas("c.collnamespace") + " AND " +
      Gathering::not_in_extension("pg_collation", "c.oid") + " ORDER BY c.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid schema = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    Object& object =
        gathering.add({kCollationClass, oid, 0}, Kind::Collation, schema, name, quoted);
    object.owner = gathering.role(row.oid());
    object.details = Collation{row.text()};
  });
}

void read_text_search(Gathering& gathering) {
  struct Form {
    Oid catalog;
    Kind kind;
    const char* statement;
  };
  static const Form kForms[] = {
      {kTextSearchParserClass, Kind::TextSearchParser, "PARSER "},
      {kTextSearchTemplateClass, Kind::TextSearchTemplate, "TEMPLATE "},
      {kTextSearchDictionaryClass, Kind::TextSearchDictionary, "DICTIONARY "},
      {kTextSearchConfigurationClass, Kind::TextSearchConfiguration, "CONFIGURATION "},
  };
  const auto where = [&](const char* catalog, const char* schema) {
    return std::string(" WHERE ") + gathering.in_schemas(schema) + " AND " +
           Gathering::not_in_extension(catalog, "o.oid");
  };
  const std::string sql =
      "SELECT 0, o.oid, o.prsnamespace, o.prsname, quote_ident(o.prsname), NULL::oid, '(START = ' "
      "|| "
      "o.prsstart || ', GETTOKEN = ' || o.prstoken || ', END = ' || o.prsend || ', LEXTYPES = ' || "
      "o.prslextype || CASE WHEN o.prsheadline <> 0 THEN ', HEADLINE = ' || o.prsheadline ELSE '' "
      "END || ')', NULL::text[] FROM pg_ts_parser o" +
      where("pg_ts_parser", "o.prsnamespace") +
      " UNION ALL SELECT 1, o.oid, o.tmplnamespace, o.tmplname, quote_ident(o.tmplname), NULL, '(' "
      "|| CASE WHEN o.tmplinit <> 0 THEN 'INIT = ' || o.tmplinit || ', ' ELSE '' END || 'LEXIZE = "
      "' || o.tmpllexize || ')', NULL FROM pg_ts_template o" +
      where("pg_ts_template", "o.tmplnamespace") +
      " UNION ALL SELECT 2, o.oid, o.dictnamespace, o.dictname, quote_ident(o.dictname), "
      "o.dictowner, '(TEMPLATE = ' || quote_ident(n.nspname) || '.' || quote_ident(t.tmplname) || "
      "coalesce(', ' || o.dictinitoption, '') || ')', NULL FROM pg_ts_dict o JOIN pg_ts_template t "
      "ON t.oid = o.dicttemplate JOIN pg_namespace n ON n.oid = t.tmplnamespace" +
      where("pg_ts_dict", "o.dictnamespace") +
      " UNION ALL SELECT 3, o.oid, o.cfgnamespace, o.cfgname, quote_ident(o.cfgname), o.cfgowner, "
      "'(PARSER = ' || quote_ident(n.nspname) || '.' || quote_ident(p.prsname) || ')', "
      "ARRAY(SELECT ' ADD MAPPING FOR ' || quote_ident((SELECT k.alias FROM "
      "ts_token_type(o.cfgparser) k WHERE k.tokid = m.maptokentype)) || ' WITH ' || "
      "string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) FROM pg_ts_config_map "
      "m WHERE m.mapcfg = o.oid GROUP BY m.maptokentype ORDER BY m.maptokentype) FROM pg_ts_config "
      "o JOIN pg_ts_parser p ON p.oid = o.cfgparser JOIN pg_namespace n ON n.oid = "
      "p.prsnamespace" +
      where("pg_ts_config", "o.cfgnamespace") + " ORDER BY 1, 2";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Form& form = kForms[row.number()];
    const Oid oid = row.oid();
    const Oid schema = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    Object& object = gathering.add({form.catalog, oid, 0}, form.kind, schema, name, quoted);
    object.owner = gathering.role(row.oid());
    const std::string what = "TEXT SEARCH " + (form.statement + object.identity);
    Defined defined{{"CREATE " + what + " " + row.text()}};
    for (const std::string& mapping : row.list())
      defined.statements.push_back("ALTER " + what + mapping);
    object.details = std::move(defined);
  });
}

}  // namespace sluice::schema
