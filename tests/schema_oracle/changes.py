"""Changes of a model.Schema at random; each by a random.Random of its own, so that one can be left out."""
import random

from model import DEFAULTS, NUMBERS, TYPES, Column, Function, Schema, Table, View, repair

ROLES = ["app_reader", "app_writer"]
PRIVILEGES = ["SELECT", "INSERT", "SELECT, UPDATE", "ALL"]
WORDS = ["first", "it''s", "Größe", "-- no comment"]


def free(chance, names, prefix, most):
    return chance.choice([name for name in (f"{prefix}{number}" for number in range(most)) if name not in names] or [""])


def pick(chance, names):
    names = sorted(names)
    return chance.choice(names) if names else ""


def new_column(chance, schema, table):
    kind = chance.choice("nnnnddjbaeo")
    name = free(chance, table.columns, kind, 4)
    if not name:
        return
    if kind == "e" and schema.enums:
        enum = pick(chance, schema.enums)
        name = f"e_{enum}"  # the name says which, so that no column changes from one to another
        table.columns[name] = Column(enum, f"'{schema.enums[enum][1]}'" if chance.random() < 0.5 else "")
    elif kind == "o" and schema.domains:
        domain = pick(chance, schema.domains)
        table.columns[f"o_{domain}"] = Column(domain)
    elif kind in TYPES:
        column = Column(chance.choice(TYPES[kind]))
        if chance.random() < 0.5:
            column.default = chance.choice(DEFAULTS[kind])
            column.required = chance.random() < 0.5
        if schema.sequences and kind == "n" and chance.random() < 0.1:
            column.default = f"nextval('{pick(chance, schema.sequences)}')"
        table.columns[name] = column


def new_table(chance, schema):
    partitioned = chance.random() < 0.25
    name = free(chance, [*schema.tables, *schema.views], "p" if partitioned else "r", 4 if partitioned else 8)
    if not name:
        return
    table = Table({"id": Column("integer", required=True)})
    schema.tables[name] = table
    if partitioned:
        table.partition_by = chance.choice(["RANGE (id)", "HASH (id)"]) if name < "p2" else "RANGE (id)"
        table.partition_by = "HASH (id)" if name == "p1" else "RANGE (id)"
        table.partitions = ({f"{name}_0": "FOR VALUES WITH (modulus 2, remainder 0)", f"{name}_1": "FOR VALUES WITH (modulus 2, remainder 1)"}
                            if name == "p1" else {f"{name}_0": "FOR VALUES FROM (0) TO (1000)"})
    elif chance.random() < 0.3:
        table.columns["id"] = Column("integer", identity=chance.choice(["ALWAYS", "BY DEFAULT"]), required=True)
    elif chance.random() < 0.3:
        table.columns["id"] = Column(chance.choice(["integer", "bigint"]), serial=True, required=True)
    for _ in range(chance.randint(1, 6)):
        new_column(chance, schema, table)


def child(chance, schema):
    parent = pick(chance, [name for name, table in schema.tables.items() if not table.partition_by and not table.parent])
    name = f"{parent}_child"  # always of this parent: a column that is a table's own cannot become inherited only
    if parent and name not in schema.tables:
        schema.tables[name] = Table(key=False, parent=parent)
        new_column(chance, schema, schema.tables[name])


def foreign_key(chance, schema):
    name, other = pick(chance, schema.tables), pick(chance, [each for each, table in schema.tables.items() if table.key and not table.parent])
    if name and other and schema.tables[name].key:
        table = schema.tables[name]
        if f"f_{other}" not in table.columns:
            table.columns[f"f_{other}"] = Column("integer")
        table.keys[f"{name}_to_{other}"] = (f"f_{other}", other, chance.choice(["", " ON DELETE CASCADE", " DEFERRABLE", " ON UPDATE SET NULL"]))


def check(chance, schema):
    name = pick(chance, schema.tables)
    column = pick(chance, [each for each in schema.tables[name].columns if each[0] == "n"]) if name else ""
    if column:
        schema.tables[name].checks[f"{name}_check{chance.randint(0, 2)}"] = (column, chance.choice([
            f"{column}::text <> ''", f"length({column}::text) < {chance.randint(90, 99)}", f"one({chance.randint(1, 9)}) > 0 OR {column} IS NULL"]),
            chance.choice(["", "", "", " NOT VALID"]) if not schema.tables[name].partition_by else "")


def unique(chance, schema):
    name = pick(chance, schema.tables)
    if name and schema.tables[name].key:
        columns = ["id"] + ([pick(chance, [each for each in schema.tables[name].columns if each[0] == "n"])] * (chance.random() < 0.5))
        if all(columns):
            schema.tables[name].uniques[f"{name}_unique{chance.randint(0, 1)}"] = (columns, chance.choice(["", "", " DEFERRABLE"]))


def index(chance, schema):
    name = pick(chance, schema.tables)
    columns = [each for each in schema.columns_of(name) if each[0] in "nde"] if name else []
    if columns:
        chosen = chance.sample(columns, min(len(columns), chance.randint(1, 2)))
        shape = chance.choice(["", "", " DESC NULLS LAST", "::text", " where", " hash", " include"])
        head = "CREATE INDEX {index} ON {table} "
        text = head + f"({', '.join(chosen)})"
        if shape == "::text":
            text = head + f"((one(4)), {chosen[0]})"
        elif shape == " where":
            text += f" WHERE {chosen[0]} IS NOT NULL"
        elif shape == " hash":
            text, chosen = head + f"USING hash ({chosen[0]})", chosen[:1]
        elif shape == " include":
            text = head + f"({chosen[0]}) INCLUDE (id)"
        elif shape:
            text = head + f"({', '.join(each + shape for each in chosen)})"
        chosen += ["id"] if shape == " include" else []
        schema.tables[name].indexes[f"{name}_i{chance.randint(0, 3)}"] = (chosen, text)


def trigger(chance, schema):
    name = pick(chance, schema.tables)
    if name:
        columns = [each for each in schema.columns_of(name) if each[0] in "nd"]
        column = pick(chance, columns)
        moment = chance.choice(["BEFORE INSERT", "AFTER UPDATE", *([f"BEFORE UPDATE OF {column}"] * bool(column))])
        when = chance.choice(["", f"WHEN (new.{column} IS NOT NULL) "]) if column else ""
        schema.tables[name].triggers[f"t{chance.randint(0, 2)}"] = (
            [column] if column else [], "CREATE TRIGGER {trigger} " + f"{moment} ON {{table}} FOR EACH ROW {when}EXECUTE FUNCTION pass()",
            chance.choice(["", "", "DISABLE", "ENABLE ALWAYS"]))


def policy(chance, schema):
    name = pick(chance, schema.tables)
    column = pick(chance, schema.columns_of(name)) if name else ""
    if column:
        schema.tables[name].policies[f"y{chance.randint(0, 1)}"] = (
            [column], "CREATE POLICY {policy} ON {table} " + chance.choice(["", "FOR SELECT ", "TO app_reader "]) + f"USING ({column} IS NOT NULL)")
        schema.tables[name].security = chance.choice(["", "ENABLE", "ENABLE,FORCE"])


def statistics(chance, schema):
    name = pick(chance, schema.tables)
    columns = [each for each in schema.columns_of(name) if each[0] in "nd"] if name else []
    if len(columns) > 1:
        chosen = chance.sample(columns, 2)
        schema.tables[name].statistics[f"{name}_s"] = (chosen, "CREATE STATISTICS {statistics}" + chance.choice([" ", " (mcv) "]) + f"ON {', '.join(chosen)} FROM {{table}}")


def partition(chance, schema):
    name = pick(chance, [name for name, table in schema.tables.items() if table.partition_by.startswith("RANGE")])
    if name:
        number = chance.randint(1, 3)
        table = schema.tables[name]
        if table.partitions.pop(f"{name}_{number}", None) is None:
            table.partitions[f"{name}_{number}"] = "DEFAULT" if number == 3 else f"FOR VALUES FROM ({number}000) TO ({number + 1}000)"


def view(chance, schema):
    base = pick(chance, [name for name in [*schema.tables, *schema.views] if "id" in schema.columns_of(name)])
    name = free(chance, [*schema.tables, *schema.views], *chance.choice([("v", 5), ("v", 5), ("r", 8)]))
    if base and name:
        columns = [each for each in schema.columns_of(base) if each != "id"]
        schema.views[name] = View(base, ["id", *chance.sample(columns, chance.randint(0, len(columns)))], materialized=chance.random() < 0.25,
                                  index=chance.random() < 0.5, options=chance.choice(["", "", "security_barrier"]))


def function(chance, schema):
    reads = pick(chance, [*schema.tables, *schema.views])
    name = f"g{chance.randint(0, 3)}"
    if reads and chance.random() < 0.6:
        column = pick(chance, schema.columns_of(reads))
        schema.functions[name] = Function("", "bigint", f"sql BEGIN ATOMIC SELECT count({column}) FROM {reads}; END", reads, [column])
    else:
        schema.functions[name] = Function(*chance.choice([("a integer", "integer"), ("a integer, b text DEFAULT 'x'", "integer"), ("b integer", "integer")]),
                                          chance.choice(["sql AS 'SELECT $1'", "plpgsql AS 'BEGIN RETURN NULL; END'", "sql STABLE STRICT AS 'SELECT $1'"]))


def enum(chance, schema):
    name = free(chance, schema.enums, "mood", 3)
    if name:
        schema.enums[name] = [f"w{number}" for number in range(5)]


def label(chance, schema):
    """Rows have the labels 1 to 3, counted from 0."""
    name = pick(chance, schema.enums)
    if name:
        labels = schema.enums[name]
        word = free(chance, labels, "w", 12)
        what = chance.choice(["first", "last", "late", "late", "less", "turn"])
        if what == "first" and word:
            labels.insert(0, word)
        elif what == "last" and word:
            labels.append(word)
        elif what == "late" and word and len(labels) > 4:
            labels.insert(4, word)
        elif what == "less" and len(labels) > 5:
            labels.pop()
        elif what == "turn" and len(labels) > 5:
            labels[4:] = labels[:3:-1]


def domain(chance, schema):
    name = f"amount{chance.randint(0, 1)}"
    type_, checks, _ = schema.domains.get(name, (chance.choice(["integer", "bigint"]), {}, ""))
    checks = dict(checks)
    checks[f"c{chance.randint(0, 2)}"] = f"VALUE > -{chance.randint(1, 9)}"
    schema.domains[name] = (type_, checks, chance.choice(["", "1", "2"]))


def sequence(chance, schema):
    schema.sequences[f"q{chance.randint(0, 2)}"] = chance.choice(["", "INCREMENT BY 2", "CACHE 5 MAXVALUE 1000", "AS integer CYCLE"])


def column(chance, schema):
    name = pick(chance, schema.tables)
    if name:
        new_column(chance, schema, schema.tables[name])


def generated(chance, schema):
    name = pick(chance, schema.tables)
    base = pick(chance, [each for each, facts in schema.tables[name].columns.items() if each[0] == "n" and facts.type in NUMBERS[:5] and not facts.generated]) if name else ""
    if base:
        schema.tables[name].columns["x"] = Column("numeric", generated=f"{base} * 2")


def alter_column(chance, schema):
    name = pick(chance, schema.tables)
    if not name:
        return
    table = schema.tables[name]
    each = pick(chance, [each for each in table.columns if each[0] in TYPES or each == "id"])
    if not each:
        return
    facts, kind = table.columns[each], each[0]
    what = chance.choice(["type", "type", "default", "required", "collation", "storage", "statistics", "comment"])
    if what == "type" and each == "id" and not table.partition_by and not facts.identity and not facts.serial:
        facts.type = chance.choice(["integer", "bigint"])
    elif what == "type" and kind in TYPES:
        facts.type = chance.choice(TYPES[kind])
    elif what == "default" and kind in DEFAULTS:
        facts.default = chance.choice(["", *DEFAULTS[kind]])
        facts.required = facts.required and bool(facts.default)
    elif what == "required" and facts.default:
        facts.required = not facts.required
    elif what == "collation":
        facts.collation = chance.choice(["", "C", "POSIX"])
    elif what == "storage":
        facts.storage = chance.choice(["", "EXTERNAL", "MAIN"])
    elif what == "statistics":
        facts.statistics = chance.choice([-1, 0, 50])
    else:
        facts.comment = chance.choice(["", *WORDS])


def alter_table(chance, schema):
    name = pick(chance, schema.tables)
    if not name:
        return
    table = schema.tables[name]
    what = chance.choice(["options", "unlogged", "comment", "grant", "grant", "revoke", "replica"])
    if what == "options" and not table.partition_by:
        table.options = chance.choice([{}, {"fillfactor": 70}, {"fillfactor": 80, "autovacuum_enabled": "off"}])
    elif what == "unlogged" and not table.partition_by and not table.keys and not any(
            key[1] == name for other in schema.tables.values() for key in other.keys.values()):
        table.unlogged = not table.unlogged
    elif what == "comment":
        table.comment = chance.choice(["", *WORDS])
    elif what == "grant":
        table.grants[(chance.choice(ROLES), chance.choice(["", pick(chance, table.columns)]))] = chance.choice(PRIVILEGES)
    elif what == "revoke":
        table.grants = {}
    elif what == "replica" and table.key:
        table.indexes[f"{name}_replica"] = (["id"], "CREATE UNIQUE INDEX {index} ON {table} (id)")
        table.replica = chance.choice(["", f"{name}_replica"]) if not table.partition_by else ""


def alter_view(chance, schema):
    name = pick(chance, schema.views)
    if name:
        one = schema.views[name]
        what = chance.choice(["columns", "condition", "materialized", "other", "comment", "reader"])
        columns = schema.columns_of(one.base)
        if what == "columns":
            one.columns = ["id", *chance.sample([each for each in columns if each != "id"], chance.randint(0, len(columns) - 1))]
        elif what == "condition":
            one.condition = chance.choice(["", pick(chance, one.columns)])
        elif what == "materialized":
            one.materialized = not one.materialized
        elif what == "other":
            one.other = chance.choice(["", pick(chance, [each for each in schema.tables if "id" in schema.columns_of(each)])])
        elif what == "comment":
            one.comment = chance.choice(["", *WORDS])
        else:
            one.reader = chance.choice(["", *ROLES])


def alter_function(chance, schema):
    name = pick(chance, schema.functions)
    if name:
        schema.functions[name].comment = chance.choice(["", *WORDS])
        schema.functions[name].private = chance.random() < 0.5


def drop(chance, schema):
    group = chance.choice(["enums", "domains", "sequences", "tables", "views", "functions", "functions", "views"])
    getattr(schema, group).pop(pick(chance, getattr(schema, group)), None)


def drop_part(chance, schema):
    name = pick(chance, schema.tables)
    if name:
        group = getattr(schema.tables[name], chance.choice(["columns", "columns", "checks", "uniques", "keys", "indexes", "triggers", "policies", "statistics"]))
        group.pop(pick(chance, [each for each in group if each != "id"]), None)


def rename(chance, schema):
    """Without a hint: one goes and another comes."""
    name = pick(chance, schema.tables)
    if name:
        table = schema.tables[name]
        for group in (table.indexes, table.checks, table.columns):
            each = pick(chance, [each for each in group if each[0] in "npr" and each != "id"])
            if each and chance.random() < 0.5:
                other = each[0] + "9" if group is table.columns else each + "_renamed"
                group.setdefault(other, group.pop(each))


def drop_key(chance, schema):
    name = pick(chance, schema.tables)
    if name and not schema.tables[name].partition_by and not any(key[1] == name for table in schema.tables.values() for key in table.keys.values()):
        schema.tables[name].key = not schema.tables[name].key if not schema.tables[name].parent else False


ALTER = [column, column, alter_column, alter_column, alter_column, alter_column, alter_table, alter_table, alter_view, alter_view, alter_function,
         label, label, domain, sequence, drop, drop, drop_part, drop_part, drop_part, rename, drop_key]
CREATE = [new_table, child, foreign_key, check, unique, index, index, trigger, policy, statistics, partition, view, view, function, enum, generated]


def base(seed):
    chance = random.Random(f"base/{seed}")
    schema = Schema()
    for make in (enum, enum, domain, sequence):
        make(chance, schema)
    for _ in range(chance.randint(2, 4)):
        new_table(chance, schema)
    for make in (foreign_key, foreign_key, check, index, index, view, view, child, trigger, policy, function, partition, generated, statistics, unique):
        if chance.random() < 0.6:
            make(chance, schema)
            repair(schema)
    return repair(schema)


def change(schema, seed, number):
    chance = random.Random(f"change/{seed}/{number}")
    chance.choice(ALTER + CREATE)(chance, schema)
    return repair(schema)
