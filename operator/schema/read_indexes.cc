// Indexes that no constraint owns.
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

// pg_get_indexdef() of an index on a partitioned table: CREATE [UNIQUE] INDEX name ON ONLY …
std::string without_only(const std::string& definition, std::string_view quoted, bool unique) {
  const std::string start =
      std::string(unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ") + std::string(quoted) + " ON ";
  constexpr std::string_view kOnly = "ONLY ";
  if (!definition.starts_with(start) || definition.compare(start.size(), kOnly.size(), kOnly) != 0)
    return definition;
  return start + definition.substr(start.size() + kOnly.size());
}

}  // namespace

void read_indexes(Gathering& gathering) {
  // A constraint is looked for by its table, too: pg_constraint has no index on conindid, and in a
  // database that was never analysed the planner joins as if there were one row.
  const std::string sql =
      "SELECT c.oid, i.indrelid, c.relname, quote_ident(c.relname), c.oid::regclass::text, "
      "c.relowner, "
      "i.indisunique, "
      "i.indisvalid, t.relkind, i.indisclustered, i.indisreplident, pg_get_indexdef(c.oid), "
      "CASE WHEN c.relispartition THEN (SELECT h.inhparent::regclass::text FROM pg_inherits h "
      "WHERE h.inhrelid = c.oid) END, CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(SELECT "
      "x.v FROM pg_attribute a, LATERAL (VALUES (1, a.attnum::int), (2, a.attstattarget::int)) "
      "x(o, "
      "v) WHERE a.attrelid = c.oid AND a.attstattarget >= 0 ORDER BY a.attnum, x.o) END "
      "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = "
      "i.indrelid WHERE t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't' AND " +
      gathering.in_schemas("c.relnamespace") +
      " AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conrelid = i.indrelid AND n.conindid = "
      "c.oid AND n.contype IN ('p', 'u', 'x')) ORDER BY c.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid relation = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    const std::string_view identity = row.view();
    const Oid owner = row.oid();
    Index index;
    index.unique = row.flag();
    index.valid = row.flag();
    const char kind = row.letter();
    index.on_partitioned = kind == 'p';
    index.on_materialized_view = kind == 'm';
    const bool clusters = row.flag();
    const bool identifies = row.flag();
    index.definition_only = row.text();
    index.definition = index.on_partitioned
                           ? without_only(index.definition_only, quoted, index.unique)
                           : index.definition_only;
    index.attached_to = row.text();
    const std::vector<int> statistics = row.numbers();
    for (size_t at = 0; at + 1 < statistics.size(); at += 2)
      index.statistics.emplace_back(static_cast<uint32_t>(statistics[at]), statistics[at + 1]);
    Object* const table = gathering.find({kRelationClass, relation, 0});
    if (table == nullptr) return;
    if (auto* its = std::get_if<Table>(&table->details)) {
      if (clusters) its->cluster_on = name;
      if (identifies) its->replica_index = name;
    } else if (auto* view = std::get_if<MaterializedView>(&table->details)) {
      if (clusters) view->cluster_on = name;
    }
    Object* const object =
        gathering.add_part({kRelationClass, oid, 0}, Kind::Index, relation, name, quoted);
    object->identity = identity;
    object->owner = gathering.role(owner);
    object->details = std::move(index);
  });
}

}  // namespace sluice::schema
