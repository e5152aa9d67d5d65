// What relations need besides create, drop and alter: the parts of them that have a place of their
// own in the order. Internal to this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/catalog.h"
#include "schema/ddl_kinds.h"

namespace sluice::schema {

// ATTACH PARTITION, of a table that stands alone, with its constraints and indexes: PostgreSQL
// then finds each of its parent's among them. New partitions come this way too: PARTITION OF would
// take ACCESS EXCLUSIVE on the parent. Rows are there unless `how.fresh`: a check that is
// validated before spares reading them under the lock.
std::vector<Statement> attach_partition(const Catalog& from, const Catalog& to, const Object& table,
                                        const DdlContext& how);
// DETACH PARTITION. Not CONCURRENTLY, which leaves a check constraint that nobody wants and cannot
// be beside a default partition.
std::vector<Statement> detach_partition(const Catalog& from, const Object& table,
                                        const DdlContext& how);

// What a check that is there for a while is called: `start` and `end`, or a number behind them
// where a constraint of the table, or of what inherits from it, has that name before or after. Such
// a one may be what a run that was killed has left: then it goes as whatever is not wanted does.
std::string name_of_passing_check(const Catalog& from, const Catalog& to, const std::string& schema,
                                  const std::string& table, std::string_view start,
                                  std::string_view end);

// VALIDATE CONSTRAINT.
Statement validate_constraint(const Object& constraint);

// REPLICA IDENTITY USING INDEX and CLUSTER ON, of a table; of a materialized view, CLUSTER ON.
// `was` nullptr: a new one.
std::vector<Statement> finish_table(const Object* was, const Object& is);

// ALTER INDEX … ATTACH PARTITION, of the index of a table that already is a partition; of a primary
// key or unique constraint too, whose parent is `parent`.
Statement attach_index(const Object& index, const std::string& parent);

// OWNED BY, as `sequence` has it; or nobody.
Statement own_sequence(const Object& sequence);
Statement disown_sequence(const Object& sequence);
// Its position after the values that the column has, and not before where the sequence `source`
// stands (quoted; empty: none). Nothing where neither is known.
std::vector<Statement> continue_sequence(const Object& column, const std::string& identity,
                                         const Sequence& sequence, const std::string& source = "");
// Where the identity of a column stands, kept in a sequence of its own until another goes on from
// there: DROP IDENTITY takes the identity's along.
std::vector<Statement> hold_position(const Object& column);
std::string held_position(const Object& column);
Statement let_go_position(const Object& column);

// To a type that is made again under the same name, by `expression`; `losses`: what that does to
// the values. Empty: to a collation that is.
Statement convert_column(const Object& was, const Object& is, const std::string& expression,
                         std::vector<Hazard> losses);

Statement set_default(const Object& column);
Statement drop_default(const Object& column);
Statement drop_identity(const Object& column);

// AS type INCREMENT BY … as far as it is not what PostgreSQL would choose; with a space in front.
// `type`: say AS too.
std::string sequence_options(const Sequence& sequence, bool type);
// INCREMENT BY …, each option that differs; empty: the same.
std::vector<std::string> sequence_changes(const Sequence& was, const Sequence& is);

// name type COLLATE … DEFAULT … NOT NULL, as CREATE TABLE and ADD COLUMN have it.
std::string column_definition(const Object& column, bool with_default = true);
// What that cannot say: storage, statistics, options; actions of ALTER TABLE.
std::vector<std::string> column_settings(const Object& column);

// Whether adding it writes the table anew: a default that may differ from row to row, identity,
// a generated column, a domain with constraints.
bool fills_each_row(const Catalog& catalog, const Object& column);

}  // namespace sluice::schema
