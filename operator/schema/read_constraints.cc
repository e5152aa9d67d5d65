// Constraints of tables and of domains.
#include <utility>

#include "schema/read_gathering.h"

namespace sluice::schema {
namespace {

ConstraintType to_type(char letter) {
  switch (letter) {
    case 'p':
      return ConstraintType::PrimaryKey;
    case 'u':
      return ConstraintType::Unique;
    case 'f':
      return ConstraintType::ForeignKey;
    case 'x':
      return ConstraintType::Exclusion;
    default:
      return ConstraintType::Check;
  }
}

// pg_get_constraintdef() ends so where it is not validated.
std::string without_not_valid(std::string_view definition, bool validated) {
  constexpr std::string_view kEnd = " NOT VALID";
  if (!validated && definition.ends_with(kEnd)) definition.remove_suffix(kEnd.size());
  return std::string(definition);
}

void add_to_domain(Gathering& gathering, Oid oid, Oid domain, DomainConstraint constraint) {
  const auto found = gathering.refs.find({kTypeClass, domain, 0});
  if (found == gathering.refs.end()) return;
  gathering.alias({kConstraintClass, oid, 0}, found->second);
  gathering.domain_constraints[oid] = constraint.name;
  std::get<Domain>(gathering.catalog.objects[found->second].details)
      .constraints.push_back(std::move(constraint));
}

}  // namespace

void read_constraints(Gathering& gathering) {
  const std::string sql =
      "SELECT n.oid, n.contypid, n.conrelid, n.conname, quote_ident(n.conname), n.contype, "
      "n.convalidated, pg_get_constraintdef(n.oid), CASE WHEN n.contype IN ('p', 'u', 'f') THEN "
      "n.conkey END, CASE WHEN n.contype = 'f' THEN n.confrelid::regclass::text END, "
      "n.coninhcount > 0, n.conislocal, ic.reloptions, sp.spcname, ix.indisclustered, "
      "ix.indisreplident, ix.indexrelid FROM pg_constraint n LEFT JOIN pg_index ix ON "
      "ix.indexrelid = n.conindid "
      "AND n.contype IN ('p', 'u', 'x') LEFT JOIN pg_class ic ON ic.oid = ix.indexrelid "
      "LEFT JOIN pg_tablespace sp ON sp.oid = ic.reltablespace "
      "WHERE n.contype IN ('c', 'p', 'u', 'x', 'f') AND " +
      gathering.in_schemas("n.connamespace") +
      // A foreign key to a partitioned table has a constraint of its own for each partition.
      " AND NOT EXISTS (SELECT FROM pg_constraint p WHERE n.contype = 'f' AND p.oid = "
      "n.conparentid AND p.conrelid = n.conrelid) ORDER BY n.conname, n.oid";
  each_row(gathering.session, sql, [&](Fields& row) {
    const Oid oid = row.oid();
    const Oid domain = row.oid();
    const Oid relation = row.oid();
    const std::string_view name = row.view();
    const std::string_view quoted = row.view();
    Constraint constraint;
    constraint.type = to_type(row.letter());
    constraint.validated = row.flag();
    constraint.definition = without_not_valid(row.view(), constraint.validated);
    if (domain != 0) {
      add_to_domain(gathering, oid, domain,
                    {std::string(name), constraint.definition, constraint.validated, ""});
      return;
    }
    for (const int number : row.numbers())
      if (const Object* column = gathering.find({kRelationClass, relation, number}))
        constraint.columns.push_back(column->key.name);
    constraint.references = row.text();
    constraint.inherited = row.flag();
    constraint.local = row.flag();
    constraint.options = row.options();
    constraint.tablespace = row.text();
    const bool clusters = row.flag();
    const bool identifies = row.flag();
    const Oid index = row.oid();
    Object* const table = gathering.find({kRelationClass, relation, 0});
    if (table == nullptr) return;
    if (auto* its = std::get_if<Table>(&table->details)) {
      if (clusters) its->cluster_on = name;
      if (identifies) its->replica_index = name;
    }
    Object* const object =
        gathering.add_part({kConstraintClass, oid, 0}, Kind::Constraint, relation, name, quoted);
    object->details = std::move(constraint);
    if (index != 0) gathering.alias({kRelationClass, index, 0}, gathering.last());
  });
}

}  // namespace sluice::schema
