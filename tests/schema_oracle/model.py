"""A schema as a value that can be changed at random and printed as SQL.

The name of a column says what its types may be (n: numbers and text of digits, d: days and times, j: JSON, b: boolean,
e: an enum, o: a domain, a: an array, f: a foreign key), so that rows outlive each change of a type that a change may
make. Nothing unique is without `id`, nothing required is without a default: what is left is what a plan must manage."""
import dataclasses

NUMBERS = ["smallint", "integer", "bigint", "numeric", "numeric(12,3)", "text", "varchar(40)"]
TYPES = {"n": NUMBERS, "d": ["date", "timestamp", "timestamptz"], "j": ["json", "jsonb"], "b": ["boolean"],
         "a": ["integer[]", "bigint[]", "text[]"]}
DEFAULTS = {"n": ["'7'", "1 + 1", "one(3)"], "d": ["'2024-05-06'", "now()"], "j": ["'{}'"], "b": ["true"], "a": ["'{}'", "'{1,2}'"]}


@dataclasses.dataclass
class Column:
    type: str
    default: str = ""
    required: bool = False
    generated: str = ""
    identity: str = ""
    serial: bool = False
    collation: str = ""
    storage: str = ""
    statistics: int = -1
    comment: str = ""


@dataclasses.dataclass
class Table:
    columns: dict = dataclasses.field(default_factory=dict)
    key: bool = True
    unlogged: bool = False
    options: dict = dataclasses.field(default_factory=dict)
    checks: dict = dataclasses.field(default_factory=dict)      # name: (column, expression, what follows)
    uniques: dict = dataclasses.field(default_factory=dict)     # name: (columns, what follows)
    keys: dict = dataclasses.field(default_factory=dict)        # name: (column, table, what follows)
    indexes: dict = dataclasses.field(default_factory=dict)     # name: (columns, definition)
    triggers: dict = dataclasses.field(default_factory=dict)    # name: (columns, definition, state)
    policies: dict = dataclasses.field(default_factory=dict)    # name: (columns, definition)
    statistics: dict = dataclasses.field(default_factory=dict)  # name: (columns, definition)
    parent: str = ""                                            # inherits
    partition_by: str = ""
    partitions: dict = dataclasses.field(default_factory=dict)  # name: bound
    security: str = ""
    replica: str = ""
    comment: str = ""
    grants: dict = dataclasses.field(default_factory=dict)      # (role, column): privileges


@dataclasses.dataclass
class View:
    base: str
    columns: list
    condition: str = ""
    materialized: bool = False
    options: str = ""
    other: str = ""  # joined by id
    comment: str = ""
    reader: str = ""
    index: bool = False


@dataclasses.dataclass
class Function:
    arguments: str
    result: str
    body: str
    reads: str = ""
    columns: list = dataclasses.field(default_factory=list)
    comment: str = ""
    private: bool = False


@dataclasses.dataclass
class Schema:
    enums: dict = dataclasses.field(default_factory=dict)    # name: labels
    domains: dict = dataclasses.field(default_factory=dict)  # name: (type, {constraint: expression}, default)
    sequences: dict = dataclasses.field(default_factory=dict)
    tables: dict = dataclasses.field(default_factory=dict)
    views: dict = dataclasses.field(default_factory=dict)    # in the order of what reads what
    functions: dict = dataclasses.field(default_factory=dict)

    def columns_of(self, relation):
        if relation in self.tables:
            table = self.tables[relation]
            return [*table.columns, *(self.columns_of(table.parent) if table.parent in self.tables else [])]
        return list(self.views[relation].columns) if relation in self.views else []


def repair(schema):
    """Takes out what refers to something that is no more."""
    while True:
        before = repr(schema)
        schema.tables = {name: table for name, table in schema.tables.items() if not table.parent or table.parent in schema.tables}
        for name, table in schema.tables.items():
            there = set(schema.columns_of(name))
            for column, facts in list(table.columns.items()):
                kind = column[0]
                gone = (kind == "e" and facts.type.removesuffix("[]") not in schema.enums) or (kind == "o" and facts.type not in schema.domains)
                gone = gone or (kind == "f" and not target(schema, column))
                gone = gone or (table.parent and column in schema.columns_of(table.parent))
                if gone or (facts.generated and facts.generated.split()[0] not in table.columns):
                    del table.columns[column]
                elif facts.generated and table.columns[facts.generated.split()[0]].type not in NUMBERS[:5]:
                    del table.columns[column]
                elif kind == "f":
                    facts.type = schema.tables[target(schema, column)].columns["id"].type
                if "nextval" in facts.default and facts.default.split("'")[1] not in schema.sequences:
                    facts.default = ""
            there = set(schema.columns_of(name))
            table.checks = {each: facts for each, facts in table.checks.items() if facts[0] in there}
            table.keys = {each: facts for each, facts in table.keys.items() if facts[0] in table.columns and target(schema, facts[0]) == facts[1]}
            for group in ("uniques", "indexes", "triggers", "policies", "statistics"):
                setattr(table, group, {each: facts for each, facts in getattr(table, group).items() if set(facts[0]) <= there})
            table.grants = {(role, column): words for (role, column), words in table.grants.items() if not column or column in there}
            if table.replica and table.replica not in table.indexes:
                table.replica = ""
        known = set(schema.tables)
        for name, view in list(schema.views.items()):
            view.columns = [column for column in view.columns if view.base in known and column in schema.columns_of(view.base)]
            if view.condition and view.condition not in view.columns:
                view.condition = ""
            if view.other and view.other not in known:
                view.other = ""
            if not view.columns or view.columns[0] != "id" or name in schema.tables:
                del schema.views[name]
            else:
                known.add(name)
        for name, function in list(schema.functions.items()):
            if function.reads and not set(function.columns) <= set(schema.columns_of(function.reads)):
                del schema.functions[name]
        if repr(schema) == before:
            return schema


def target(schema, column):
    """Of a column of the name f_TABLE."""
    name = column[2:]
    return name if name in schema.tables and schema.tables[name].key and not schema.tables[name].parent else ""


def column_sql(name, column, identity=True):
    text = f"{name} " + ({"integer": "serial", "bigint": "bigserial"}[column.type] if column.serial else column.type)
    text += f' COLLATE "{column.collation}"' if column.collation and column.type in ("text", "varchar(40)") else ""
    text += f" DEFAULT {column.default}" if column.default else ""
    text += f" GENERATED ALWAYS AS ({column.generated}) STORED" if column.generated else ""
    text += f" GENERATED {column.identity} AS IDENTITY" if column.identity and identity else ""
    return text + (" NOT NULL" if column.required else "")


def table_sql(name, table):
    parts = [column_sql(column, facts) for column, facts in table.columns.items()]
    parts += [f"CONSTRAINT {name}_pk PRIMARY KEY (id)"] if table.key else []
    parts += [f"CONSTRAINT {each} UNIQUE ({', '.join(columns)}){more}" for each, (columns, more) in table.uniques.items()]
    yield (f"CREATE {'UNLOGGED ' if table.unlogged else ''}TABLE {name} (\n    " + ",\n    ".join(parts) + "\n)" +
           (f" INHERITS ({table.parent})" if table.parent else "") + (f" PARTITION BY {table.partition_by}" if table.partition_by else "") +
           (" WITH (" + ", ".join(f"{key} = {value}" for key, value in table.options.items()) + ")" if table.options else ""))
    for each, bound in table.partitions.items():
        yield f"CREATE TABLE {each} PARTITION OF {name} {bound}"
    for each, (_, expression, more) in table.checks.items():
        yield f"ALTER TABLE {name} ADD CONSTRAINT {each} CHECK ({expression}){more}"
    for column, facts in table.columns.items():
        if facts.storage and facts.type in ("text", "varchar(40)", "json", "jsonb"):
            yield f"ALTER TABLE {name} ALTER COLUMN {column} SET STORAGE {facts.storage}"
        if facts.statistics >= 0:
            yield f"ALTER TABLE {name} ALTER COLUMN {column} SET STATISTICS {facts.statistics}"
        if facts.comment:
            yield f"COMMENT ON COLUMN {name}.{column} IS '{facts.comment}'"
    for each, (_, definition) in table.indexes.items():
        yield definition.format(index=each, table=name)
    if table.replica:
        yield f"ALTER TABLE {name} REPLICA IDENTITY USING INDEX {table.replica}"
    for each, (_, definition) in table.statistics.items():
        yield definition.format(statistics=each, table=name)
    if table.comment:
        yield f"COMMENT ON TABLE {name} IS '{table.comment}'"
    for words in table.security.split(","):
        if words:
            yield f"ALTER TABLE {name} {words} ROW LEVEL SECURITY"


def later_sql(name, table):
    for each, (column, other, more) in table.keys.items():
        yield f"ALTER TABLE {name} ADD CONSTRAINT {each} FOREIGN KEY ({column}) REFERENCES {other}{more}"
    for each, (_, definition, state) in table.triggers.items():
        yield definition.format(trigger=each, table=name)
        if state:
            yield f"ALTER TABLE {name} {state} TRIGGER {each}"
    for each, (_, definition) in table.policies.items():
        yield definition.format(policy=each, table=name)
    for (role, column), words in table.grants.items():
        yield f"GRANT {words}{f' ({column})' if column else ''} ON {name} TO {role}"


def view_sql(name, view):
    columns = ", ".join(f"x.{column}" for column in view.columns) + (", y.id AS other_id" if view.other else "")
    join = f" JOIN {view.other} y ON y.id::text = x.id::text" if view.other else ""
    where = f" WHERE x.{view.condition} IS NOT NULL" if view.condition else ""
    kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
    options = f" WITH ({view.options})" if view.options and not view.materialized else ""
    yield f"CREATE {kind} {name}{options} AS SELECT {columns} FROM {view.base} x{join}{where}"
    if view.materialized and view.index:
        yield f"CREATE INDEX {name}_id ON {name} (id)"
    if view.comment:
        yield f"COMMENT ON {kind} {name} IS '{view.comment}'"
    if view.reader:
        yield f"GRANT SELECT ON {name} TO {view.reader}"


def function_sql(name, function):
    yield f"CREATE FUNCTION {name}({function.arguments}) RETURNS {function.result} LANGUAGE {function.body}"
    if function.comment:
        yield f"COMMENT ON FUNCTION {name} IS '{function.comment}'"
    if function.private:
        yield f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC"


def sql(schema):
    lines = ["CREATE FUNCTION one(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
             "CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'"]
    lines += [f"CREATE TYPE {name} AS ENUM ({', '.join(map(repr, labels))})" for name, labels in schema.enums.items()]
    for name, (type_, checks, default) in schema.domains.items():
        lines.append(f"CREATE DOMAIN {name} AS {type_}" + (f" DEFAULT {default}" if default else "") +
                     "".join(f" CONSTRAINT {each} CHECK ({expression})" for each, expression in checks.items()))
    lines += [f"CREATE SEQUENCE {name} {options}" for name, options in schema.sequences.items()]
    for name, function in schema.functions.items():
        lines += function_sql(name, function) if not function.reads else []
    for name, table in sorted(schema.tables.items(), key=lambda item: depth(schema, item[0])):
        lines += table_sql(name, table)
    for name, table in schema.tables.items():
        lines += later_sql(name, table)
    for name, view in schema.views.items():
        lines += view_sql(name, view)
    for name, function in schema.functions.items():
        lines += function_sql(name, function) if function.reads else []
    return "".join(line + ";\n" for line in lines)


def depth(schema, name):
    parent = schema.tables[name].parent
    return 1 + depth(schema, parent) if parent else 0
