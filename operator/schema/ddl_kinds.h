// The SQL of one object, kind by kind: what ddl.cc dispatches to. Internal to this room.
//
// Each kind offers create_, drop_ and alter_ of the shapes of ddl.h's create(), drop() and alter();
// alter_ is asked only where the two objects differ in more than comment, grants and owner.
// Hazards: none where `how.fresh`; else those of the form that is chosen, by `how.options.offline`
// too.
// `additive` is set on every statement that only adds what nobody can miss; a statement that
// changes or takes away is not additive.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/catalog.h"
#include "schema/ddl.h"
#include "schema/diff.h"

namespace sluice::schema {

using Create = std::vector<Statement>(const Catalog& catalog, const Object& object,
                                      const DdlContext& how);
using Drop = Create;
using Alter = std::optional<std::vector<Statement>>(const Catalog& from, const Object& was,
                                                    const Catalog& to, const Object& is,
                                                    const DdlContext& how);

// ddl_table.cc, ddl_column.cc … Relations.
// A table is created with its columns; a partition standing alone, attached by attach_partition();
// what needs an index (replica identity, CLUSTER ON) is said by finish_table(); OWNED BY by
// own_sequence() (schema/ddl_relation.h).
Create create_table, create_column, create_constraint, create_index, create_sequence,
    create_statistics;
Drop drop_table, drop_column, drop_constraint, drop_index, drop_sequence, drop_statistics;
Alter alter_table, alter_column, alter_constraint, alter_index, alter_sequence, alter_statistics;

// Other kinds. alter_enum() adds labels, and answers nullopt where labels vanish or change their
// order. Of a type that has to be made again while columns have it, schema/diff.cc renames the old
// one aside (rename()), creates the new one, changes the columns, and drops the old one.
Create create_schema, create_extension, create_collation, create_enum, create_composite,
    create_domain, create_range, create_function, create_view, create_materialized_view,
    create_rule, create_trigger, create_policy, create_event_trigger, create_publication,
    create_default_privileges;
Drop drop_schema, drop_extension, drop_collation, drop_enum, drop_composite, drop_domain,
    drop_range, drop_function, drop_view, drop_materialized_view, drop_rule, drop_trigger,
    drop_policy, drop_event_trigger, drop_publication, drop_default_privileges;
Alter alter_schema, alter_extension, alter_collation, alter_enum, alter_composite, alter_domain,
    alter_range, alter_function, alter_view, alter_materialized_view, alter_rule, alter_trigger,
    alter_policy, alter_event_trigger, alter_publication, alter_default_privileges;

// Operator, OperatorFamily, OperatorClass, Cast, TextSearch*.
Create create_defined;
Drop drop_defined;
Alter alter_defined;

// The multirange type that comes with a range, quoted with schema; empty: none (PostgreSQL 13).
std::string multirange_of(const Range& range);
// The type of its bounds.
std::string subtype_of(const Range& range);
// What came with a range under its name, and ALTER TYPE … RENAME leaves: its constructors, its
// multirange with those of its own.
std::vector<Statement> move_constructors_aside(const Object& object);

// What stands in for a view until what its query needs is there: its columns, NULL of their types.
// create_view() then replaces it (CREATE OR REPLACE).
Statement create_view_stub(const Catalog& catalog, const Object& object, const DdlContext& how);

// ddl_text.cc: what all kinds need.

// About `object`; additive as said.
Statement statement(const Object& object, Change change, std::string sql,
                    std::vector<Hazard> hazards = {}, bool additive = false);

// A name as DDL writes it: quoted where it has to be.
std::string quoted(std::string_view name);
std::string qualified(std::string_view schema, std::string_view name);
// At most `bytes` of it, whole characters.
std::string cut(std::string_view name, size_t bytes);
// Of what makes room for another of its name, until that is there: name__old.
std::string aside_name(std::string_view name);
// (a, b)
std::string column_list(const std::vector<std::string>& names);

// The columns, constraints, indexes … of a relation, by name: a part of catalog.objects.
std::span<const Object> belongings(const Catalog& catalog, Kind kind, const std::string& schema,
                                   const std::string& relation);
// The same of a table or view.
std::span<const Object> belongings(const Catalog& catalog, Kind kind, const Object& relation);

// The table or view that it belongs to; nullptr: none.
const Object* relation_of(const Catalog& catalog, const Object& object);

// name = value, …: names and values quoted where they must be; nothing for no options.
std::string option_list(const Options& options);
// SET (…) and RESET (…) that lead from one to the other; empty: the same.
std::vector<std::string> option_changes(const Options& was, const Options& is);

}  // namespace sluice::schema
