// What a database's schema is, as PostgreSQL's catalogs say it: a value, read once, without any
// connection. Both sides of a diff are Catalogs, so that PostgreSQL itself has brought both into
// one form: every expression and definition here is what its pg_get_*def() functions print with
// search_path = pg_catalog, i.e. every name but those of pg_catalog carries its schema.
//
// Objects are a flat list. Columns, constraints and indexes are objects of their own, because they
// come, go, change and are depended on by themselves.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice::schema {

// Index into Catalog::objects.
using Ref = uint32_t;

enum class Kind {
  Schema,
  Extension,
  Collation,
  Enum,
  Composite,
  Domain,
  Range,
  Function,  // functions, procedures, aggregates, window functions
  Operator,
  OperatorFamily,
  OperatorClass,
  Cast,
  TextSearchParser,
  TextSearchTemplate,
  TextSearchDictionary,
  TextSearchConfiguration,
  Sequence,
  Table,  // ordinary, partitioned, a partition
  Column,
  Constraint,
  Index,
  Statistics,
  View,
  MaterializedView,
  Rule,
  Trigger,
  Policy,
  EventTrigger,
  Publication,
  DefaultPrivileges,
};
std::string_view to_string(Kind kind);  // PostgreSQL's words: "materialized view"

// Which object it is, in any database. Names are as the catalog has them, without quotes.
struct Key {
  Kind kind = Kind::Schema;
  std::string schema;    // empty where such objects have none
  std::string relation;  // of what belongs to one: column, constraint, index, rule, trigger,
                         // policy; for the constraint of a domain, none: those are the domain's own
  std::string
      name;  // of a cast: "integer AS public.colour"; of default privileges:
             // "<role>|<schema or nothing>|<TABLES, SEQUENCES, FUNCTIONS, TYPES or SCHEMAS>"
  std::string arguments;  // functions: pg_get_function_identity_arguments(), types only;
                          // operators: "left,right", NONE for none; operator classes and
                          // families: access method; default privileges: TABLES, FUNCTIONS …
  auto operator<=>(const Key&) const = default;
};

struct Grant {
  std::string grantee;    // a role; empty: PUBLIC; kOwner: whoever owns the object
  std::string privilege;  // SELECT, USAGE …
  bool grantable = false;
  auto operator<=>(const Grant&) const = default;
};
inline constexpr std::string_view kOwner = "<owner>";

struct Schema {
  bool operator==(const Schema&) const = default;
};

struct Extension {
  std::string version;
  std::string schema;  // where its objects are
  bool operator==(const Extension&) const = default;
};

struct Collation {
  std::string definition;  // "(provider = icu, locale = 'de', deterministic = false)"
  bool operator==(const Collation&) const = default;
};

struct Enum {
  std::vector<std::string> labels;
  bool operator==(const Enum&) const = default;
};

struct CompositeField {
  std::string name;
  std::string type;
  std::string collation;  // quoted, with schema; empty: the type's own
  std::string comment = {};
  bool operator==(const CompositeField&) const = default;
};
struct Composite {
  std::vector<CompositeField> fields;
  bool operator==(const Composite&) const = default;
};

struct DomainConstraint {
  std::string name;
  std::string definition;  // CHECK (…), without NOT VALID
  bool validated = true;
  std::string comment;
  bool operator==(const DomainConstraint&) const = default;
};
struct Domain {
  std::string type;
  std::string collation;
  std::string default_value;  // empty: none
  bool not_null = false;
  std::vector<DomainConstraint> constraints;  // by name
  bool operator==(const Domain&) const = default;
};

struct Range {
  std::string definition;  // "(subtype = double precision, multirange_type_name = …)"
  bool operator==(const Range&) const = default;
};

enum class FunctionKind { Function, Procedure, Aggregate, Window };
struct Function {
  FunctionKind function_kind = FunctionKind::Function;
  // What CREATE OR REPLACE cannot change: pg_get_function_arguments() (with names, modes and
  // defaults) and pg_get_function_result().
  std::string arguments;
  std::string result;
  std::string language;
  // The whole statement, without a semicolon: CREATE OR REPLACE FUNCTION …; of an aggregate,
  // CREATE AGGREGATE …
  std::string definition;
  bool operator==(const Function&) const = default;
};

// Operator, OperatorFamily, OperatorClass, Cast, TextSearch*: the whole CREATE statement, without a
// semicolon; what cannot be said in it follows as further statements.
struct Defined {
  std::vector<std::string> statements;
  bool operator==(const Defined&) const = default;
};

struct Sequence {
  std::string type;
  std::string start, minimum, maximum, increment, cache;
  bool cycle = false;
  bool unlogged = false;
  // OWNED BY: the column, unquoted; empty: none. Sequences of identity columns are part of the
  // column, not objects.
  std::string owner_schema, owner_table, owner_column;
  bool operator==(const Sequence&) const = default;
};

enum class Persistence { Permanent, Unlogged };
enum class ReplicaIdentity { Default, Nothing, Full, Index };

// Storage parameters as pg_class.reloptions has them; of the TOAST table with "toast." in front.
using Options = std::map<std::string, std::string>;

struct Table {
  Persistence persistence = Persistence::Permanent;
  std::string partition_by;  // "RANGE (created)"; empty: not partitioned
  std::string partition_of;  // the parent, quoted with schema; empty: no partition
  std::string bound;         // "FOR VALUES …" or "DEFAULT"
  // What its rows have to satisfy: pg_get_partition_constraintdef(). Empty: no partition, or by
  // hash, whose expression names the parent's oid. Does not count in a comparison.
  std::string bound_check;
  std::vector<std::string> inherits;  // quoted with schema, in order; without partition_of
  std::string of_type;                // typed table
  Options options;
  std::string access_method;  // empty: heap, or partitioned
  std::string tablespace;     // empty: the database's
  ReplicaIdentity replica_identity = ReplicaIdentity::Default;
  std::string replica_index;  // unquoted name, for ReplicaIdentity::Index
  std::string cluster_on;     // the index that CLUSTER uses; empty: none
  bool row_security = false;
  bool force_row_security = false;
};
bool operator==(const Table& a, const Table& b);

struct Identity {
  bool always = false;        // else BY DEFAULT
  Sequence sequence;          // its name does not count
  std::string sequence_name;  // quoted with schema
  bool operator==(const Identity&) const = default;
};

struct Column {
  uint32_t position = 0;      // 1-based among those that are there; does not count in a comparison
  std::string type;           // format_type(), with length and precision
  std::string default_value;  // expression; empty: none, or generated
  std::string generated;      // expression of GENERATED ALWAYS AS (…) STORED; empty: none
  bool not_null = false;
  std::optional<Identity> identity;
  std::string collation;    // quoted with schema; empty: the type's own
  std::string storage;      // PLAIN, EXTERNAL, EXTENDED, MAIN; empty: the type's own
  std::string compression;  // pglz, lz4; empty: the server's default
  int statistics = -1;      // -1: the server's default
  Options options;          // n_distinct …
  // Inherited from a parent (a partition's or a child's): comes and goes with the parent's.
  bool inherited = false;
  bool local = true;  // declared here, perhaps besides
};
// Everything but the position.
bool operator==(const Column& a, const Column& b);

enum class ConstraintType { PrimaryKey, Unique, ForeignKey, Check, Exclusion, NotNull };
struct Constraint {
  ConstraintType type = ConstraintType::Check;
  std::string definition;  // pg_get_constraintdef(), without NOT VALID
  bool validated = true;
  std::vector<std::string> columns;  // unquoted; of PrimaryKey, Unique, ForeignKey
  std::string references;            // ForeignKey: the table, quoted with schema
  bool inherited = false;            // comes from a parent's: never created or dropped by itself
  bool local = true;
  // PrimaryKey, Unique, Exclusion: storage parameters, tablespace and comment of the index.
  Options options;
  std::string tablespace;
  std::string index_comment = {};
  bool operator==(const Constraint&) const = default;
};

struct Index {
  std::string definition;       // pg_get_indexdef()
  std::string definition_only;  // of a partitioned table: … ON ONLY …; else the same
  bool unique = false;
  bool valid = true;  // false: what a failed CREATE INDEX CONCURRENTLY left
  bool on_partitioned = false;
  bool on_materialized_view = false;
  std::string attached_to;  // the parent's index, quoted with schema; empty: none
  std::vector<std::pair<uint32_t, int>> statistics;  // of expressions: position, target
  bool operator==(const Index&) const = default;
};

struct Statistics {
  std::string definition;  // pg_get_statisticsobjdef()
  int target = -1;
  bool operator==(const Statistics&) const = default;
};

struct ViewColumn {
  std::string name;
  std::string type;
  std::string collation;
  std::string default_value;  // ALTER VIEW … ALTER COLUMN … SET DEFAULT
  std::string comment;
  std::vector<Grant> grants = {};  // on this column alone; sorted
  // Of a materialized view, as Column has them.
  std::string storage = {}, compression = {};
  int statistics = -1;
  Options options = {};
  bool operator==(const ViewColumn&) const = default;
};
struct View {
  std::string definition;  // the query, without a semicolon
  std::vector<ViewColumn> columns;
  Options options;  // security_barrier, check_option …
  bool operator==(const View&) const = default;
};
struct MaterializedView {
  std::string definition;
  std::vector<ViewColumn> columns;
  Options options;
  std::string access_method;  // empty: heap
  std::string tablespace;
  std::string cluster_on;  // the index that CLUSTER uses; empty: none
  bool populated = true;   // does not count in a comparison
};
bool operator==(const MaterializedView& a, const MaterializedView& b);

// ORIGIN (the default), DISABLED, REPLICA, ALWAYS.
enum class Enabled { Origin, Disabled, Replica, Always };

struct Rule {
  std::string definition;  // pg_get_ruledef(), without a semicolon
  Enabled enabled = Enabled::Origin;
  bool operator==(const Rule&) const = default;
};

struct Trigger {
  std::string definition;  // pg_get_triggerdef()
  Enabled enabled = Enabled::Origin;
  bool constraint = false;
  bool inherited = false;  // cloned from a partitioned table's: comes and goes with it
  bool operator==(const Trigger&) const = default;
};

struct Policy {
  std::string command;  // ALL, SELECT …
  bool permissive = true;
  std::vector<std::string> roles;  // sorted; "PUBLIC" for all
  std::string using_expression;    // empty: none
  std::string check_expression;
  bool operator==(const Policy&) const = default;
};

struct EventTrigger {
  std::string event;
  std::string function;           // quoted with schema
  std::vector<std::string> tags;  // sorted; empty: all
  Enabled enabled = Enabled::Origin;
  bool operator==(const EventTrigger&) const = default;
};

struct PublicationTable {
  std::string table;    // quoted with schema
  std::string columns;  // "(a, b)"; empty: all
  std::string filter;   // expression; empty: none
  bool operator==(const PublicationTable&) const = default;
};
struct Publication {
  bool all_tables = false;
  std::vector<PublicationTable> tables;  // by name
  std::vector<std::string> schemas;      // quoted, by name
  Options options;                       // publish, publish_via_partition_root
  bool operator==(const Publication&) const = default;
};

// ALTER DEFAULT PRIVILEGES; the grants are the object's own.
struct DefaultPrivileges {
  bool operator==(const DefaultPrivileges&) const = default;
};

using Details =
    std::variant<Schema, Extension, Collation, Enum, Composite, Domain, Range, Function, Defined,
                 Sequence, Table, Column, Constraint, Index, Statistics, View, MaterializedView,
                 Rule, Trigger, Policy, EventTrigger, Publication, DefaultPrivileges>;

struct Object {
  Key key;
  // As DDL names it, quoted: `public.orders`; `public.f(integer)`, `public.count(*)`;
  // `public.=== (integer, NONE)`; `public.ops USING btree`; `(integer AS public.colour)`; of
  // default privileges `FOR ROLE app IN SCHEMA public`; of a column, constraint, rule, trigger or
  // policy the name alone, `"Total"`, with `relation` beside it.
  std::string identity;
  std::string relation;               // quoted with schema; empty: belongs to none
  std::optional<Ref> owner_relation;  // the table or view that it belongs to
  Details details;
  std::string comment;
  std::string owner;  // a role; read always, compared only when asked for
  // Everything that is granted, the owner's own too; sorted.
  std::vector<Grant> grants;
  bool default_grants = true;  // there is no ACL: `grants` says what that means, for this kind
  // What must be there for this to be: from pg_depend, without what its own relation or PostgreSQL
  // itself is; sorted, each once. A column needs its type, its default's functions, its
  // sequence; a view the columns that it reads; a foreign key the key that it refers to.
  std::vector<Ref> needs;
};

// Of a view or materialized view; of anything else, none.
const std::vector<ViewColumn>& view_columns(const Object& object);

struct Catalog {
  std::vector<Object> objects;  // sorted by key
  int server_version = 0;
  std::string role;  // that has read it, and owns what it makes; empty: not known
  // What is there and not read, a line for each kind: "foreign tables are not compared: public.t,
  // public.u and 7 more".
  std::vector<std::string> warnings;

  const Object* find(const Key& key) const;  // nullptr: none
  const Object& at(Ref ref) const { return objects[ref]; }
};

template <class T>
const T& details(const Object& object) {
  return std::get<T>(object.details);
}

}  // namespace sluice::schema
