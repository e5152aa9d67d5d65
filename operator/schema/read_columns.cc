// Columns of tables and views, and the fields of composite types.
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

std::string storage(char letter) {
  switch (letter) {
    case 'p':
      return "PLAIN";
    case 'e':
      return "EXTERNAL";
    case 'x':
      return "EXTENDED";
    case 'm':
      return "MAIN";
    default:
      return "";
  }
}

std::string compression(char letter) {
  switch (letter) {
    case 'p':
      return "pglz";
    case 'l':
      return "lz4";
    default:
      return "";
  }
}

struct Attribute {
  Oid relation = 0;
  int number = 0;
  std::string name, quoted, type, collation;
  Oid default_oid = 0;
  std::string default_value;
  std::string field_comment;  // of a composite type's field: it has no object of its own
};

// What is set for a column, as all that have columns of their own storage can have it.
template <class T>
void add_settings(T& column, Fields& row) {
  column.storage = storage(row.letter());
  column.compression = compression(row.letter());
  column.statistics = static_cast<int>(row.number(-1));
  column.options = row.options();
}

void add_column(Gathering& gathering, Attribute& of, uint32_t position, Fields& row) {
  const Address address{kRelationClass, of.relation, of.number};
  Object* const object = gathering.add_part(address, Kind::Column, of.relation, of.name, of.quoted);
  Column column;
  column.position = position;
  column.type = std::move(of.type);
  column.collation = std::move(of.collation);
  column.not_null = row.flag();
  if (const char identity = row.letter(); identity != '\0') {
    column.identity.emplace();
    column.identity->always = identity == 'a';
  }
  (row.letter() == 's' ? column.generated : column.default_value) = std::move(of.default_value);
  add_settings(column, row);
  column.local = row.flag();
  column.inherited = row.flag();
  object->details = std::move(column);
  if (of.default_oid != 0) gathering.alias({kAttrdefClass, of.default_oid, 0}, gathering.last());
}

void add_view_column(std::vector<ViewColumn>& columns, Attribute& of, Gathering& gathering,
                     Ref view, Fields& row) {
  ViewColumn& column = columns.emplace_back();
  column.name = std::move(of.name);
  column.type = std::move(of.type);
  column.collation = std::move(of.collation);
  column.default_value = of.default_value;
  for (int skipped = 0; skipped < 3; ++skipped) row.view();
  add_settings(column, row);
  if (of.default_oid != 0) gathering.alias({kAttrdefClass, of.default_oid, 0}, view);
}

}  // namespace

void read_columns(Gathering& gathering) {
  const std::string sql =
      "SELECT a.attrelid, a.attnum, a.attname, quote_ident(a.attname), "
      "format_type(a.atttypid, a.atttypmod), " +
      collation_unless("a.attcollation", "t.typcollation") +
      ", ad.oid, pg_get_expr(ad.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE ad.adrelid END), "
      "CASE WHEN c.relkind = 'c' THEN col_description(a.attrelid, a.attnum) END, "
      "a.attnotnull, nullif(a.attidentity, ''), "
      "nullif(a.attgenerated, ''), CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END, " +
      (gathering.version_at_least(14) ? "nullif(a.attcompression, '')" : "NULL") +
      ", a.attstattarget, a.attoptions, a.attislocal, a.attinhcount > 0 FROM pg_attribute a "
      "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid "
      "LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum AND a.atthasdef "
      "WHERE a.attnum > 0 AND c.relkind IN ('r', 'p', 'v', 'm', 'c') AND c.relpersistence <> 't' "
      "AND " +
      gathering.in_schemas("c.relnamespace") + " ORDER BY a.attrelid, a.attnum";
  Oid current = 0;
  const Ref* owner = nullptr;
  uint32_t position = 0;
  each_row(gathering.session, sql, [&](Fields& row) {
    Attribute of;
    of.relation = row.oid();
    if (of.relation != current) {
      current = of.relation;
      position = 0;
      const auto found = gathering.refs.find({kRelationClass, current, 0});
      owner = found == gathering.refs.end() ? nullptr : &found->second;
    }
    if (owner == nullptr) return;
    of.number = static_cast<int>(row.number());
    of.name = row.text();
    of.quoted = row.text();
    of.type = row.text();
    of.collation = row.text();
    of.default_oid = row.oid();
    of.default_value = row.text();
    of.field_comment = row.text();
    const Ref ref = *owner;
    Details& of_owner = gathering.catalog.objects[ref].details;
    if (auto* composite = std::get_if<Composite>(&of_owner))
      composite->fields.push_back({std::move(of.name), std::move(of.type), std::move(of.collation),
                                   std::move(of.field_comment)});
    else if (auto* view = std::get_if<View>(&of_owner))
      add_view_column(view->columns, of, gathering, ref, row);
    else if (auto* materialized = std::get_if<MaterializedView>(&of_owner))
      add_view_column(materialized->columns, of, gathering, ref, row);
    else
      add_column(gathering, of, ++position, row);
  });
}

}  // namespace sluice::schema
