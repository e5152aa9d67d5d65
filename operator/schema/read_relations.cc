// Tables, views, materialized views and sequences.
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

ReplicaIdentity to_replica_identity(char letter) {
  switch (letter) {
    case 'n':
      return ReplicaIdentity::Nothing;
    case 'f':
      return ReplicaIdentity::Full;
    case 'i':
      return ReplicaIdentity::Index;
    default:
      return ReplicaIdentity::Default;
  }
}

std::string without_semicolon(std::string_view query) {
  if (query.ends_with(';')) query.remove_suffix(1);
  return std::string(query);
}

// What all rows begin with; the rest is of one kind of relation.
struct Relation {
  char kind = 'r';
  bool unlogged = false;
  bool is_partition = false;
  Options options;
  std::string access_method, tablespace;
};

Table to_table(Relation& relation, Fields& row) {
  Table table;
  table.persistence = relation.unlogged ? Persistence::Unlogged : Persistence::Permanent;
  table.options = std::move(relation.options);
  table.access_method = std::move(relation.access_method);
  table.tablespace = std::move(relation.tablespace);
  table.replica_identity = to_replica_identity(row.letter());
  table.row_security = row.flag();
  table.force_row_security = row.flag();
  table.of_type = row.text();
  table.partition_by = row.text();
  table.bound = row.text();
  table.bound_check = row.text();
  std::vector<std::string> parents = row.list();
  if (relation.is_partition && !parents.empty())
    table.partition_of = std::move(parents.front());
  else
    table.inherits = std::move(parents);
  return table;
}

Details to_details(Relation& relation, Fields& row, std::string_view query, bool populated) {
  switch (relation.kind) {
    case 'v': {
      View view;
      view.definition = without_semicolon(query);
      view.options = std::move(relation.options);
      return view;
    }
    case 'm': {
      MaterializedView view;
      view.definition = without_semicolon(query);
      view.options = std::move(relation.options);
      view.access_method = std::move(relation.access_method);
      view.tablespace = std::move(relation.tablespace);
      view.populated = populated;
      return view;
    }
    default:
      return to_table(relation, row);
  }
}

Kind to_kind(char letter) {
  switch (letter) {
    case 'v':
      return Kind::View;
    case 'm':
      return Kind::MaterializedView;
    default:
      return Kind::Table;
  }
}

}  // namespace

void read_relations(Gathering& gathering) {
  const std::string sql =
      "SELECT c.oid, c.relnamespace, c.relname, quote_ident(c.relname), c.relowner, c.relkind, "
      "c.relpersistence = 'u', c.relispartition, c.reloptions, t.reloptions, am.amname, "
      "sp.spcname, CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, "
      "c.relispopulated, c.relreplident, c.relrowsecurity, c.relforcerowsecurity, "
      "CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END, "
      "CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, "
      "pg_get_expr(c.relpartbound, c.oid), "
      // By hash, it names the parent by its oid.
      "CASE WHEN c.relispartition AND pg_get_expr(c.relpartbound, c.oid) NOT LIKE '%WITH (%' THEN "
      "pg_get_partition_constraintdef(c.oid) END, "
      "CASE WHEN c.relkind IN ('r', 'p') THEN ARRAY(SELECT h.inhparent::regclass::text FROM "
      "pg_inherits h WHERE h.inhrelid = c.oid ORDER BY h.inhseqno) END "
      "FROM pg_class c LEFT JOIN pg_class t ON t.oid = c.reltoastrelid "
      "LEFT JOIN pg_am am ON am.oid = c.relam AND am.amname <> 'heap' "
      "LEFT JOIN pg_tablespace sp ON sp.oid = c.reltablespace "
      "WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relpersistence <> 't' AND " +
      gathering.in_schemas("c.relnamespace") + " AND " +
      Gathering::not_in_extension("pg_class", "c.oid") + " ORDER BY c.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid schema = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    const Oid owner = row.oid();
    Relation relation;
    relation.kind = row.letter();
    relation.unlogged = row.flag();
    relation.is_partition = row.flag();
    row.add_options(relation.options, "");
    row.add_options(relation.options, "toast.");
    relation.access_method = row.text();
    relation.tablespace = row.text();
    const std::string_view query = row.view();
    const bool populated = row.flag();
    Object& object =
        gathering.add({kRelationClass, oid, 0}, to_kind(relation.kind), schema, name, quoted);
    object.owner = gathering.role(owner);
    object.details = to_details(relation, row, query, populated);
  });
}

void read_sequences(Gathering& gathering) {
  const std::string sql =
      "SELECT c.oid, c.relnamespace, c.relname, quote_ident(c.relname), c.relowner, "
      "c.oid::regclass::text, c.relpersistence = 'u', format_type(s.seqtypid, NULL), s.seqstart, "
      "s.seqmin, s.seqmax, s.seqincrement, s.seqcache, s.seqcycle, d.refobjid, d.refobjsubid, "
      "d.deptype FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid "
      "LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND "
      "d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype "
      "IN ('a', 'i') WHERE c.relpersistence <> 't' AND " +
      gathering.in_schemas("c.relnamespace") + " AND " +
      Gathering::not_in_extension("pg_class", "c.oid") + " ORDER BY c.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid schema = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    const Oid owner = row.oid();
    std::string identity = row.text();
    Sequence sequence;
    sequence.unlogged = row.flag();
    sequence.type = row.text();
    sequence.start = row.text();
    sequence.minimum = row.text();
    sequence.maximum = row.text();
    sequence.increment = row.text();
    sequence.cache = row.text();
    sequence.cycle = row.flag();
    const Oid table = row.oid();
    const int part = static_cast<int>(row.number());
    const bool of_identity = row.letter() == 'i';
    Object* column = gathering.find({kRelationClass, table, part});
    if (of_identity) {
      if (column == nullptr || !std::get<Column>(column->details).identity) return;
      auto& its = std::get<Column>(column->details).identity;
      its->sequence = std::move(sequence);
      its->sequence_name = std::move(identity);
      return;
    }
    if (column != nullptr) {
      sequence.owner_schema = column->key.schema;
      sequence.owner_table = column->key.relation;
      sequence.owner_column = column->key.name;
    }
    Object& object = gathering.add({kRelationClass, oid, 0}, Kind::Sequence, schema, name, quoted);
    object.owner = gathering.role(owner);
    object.details = std::move(sequence);
  });
}

}  // namespace sluice::schema
