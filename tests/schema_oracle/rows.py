"""Rows for every table of a database, made from its catalog; and what is in its tables.

The k-th row of any table has f(type, k) in each column, so that foreign keys are satisfied wherever the two
columns have one type. Where a check says no, other values are tried that its own definition names. What is left
violating a foreign key is taken out again. Triggers and rules are off meanwhile.
"""
import random
import re

import psycopg2

ROWS = 3
TRIES = 12
TABLES = """
SELECT c.oid, c.oid::regclass::text, pg_get_expr(c.relpartbound, c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sluice')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 2"""
COLUMNS = """
SELECT a.attname, a.atttypid, a.atttypmod, format_type(a.atttypid, a.atttypmod), a.attnotnull
FROM pg_attribute a WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum"""
CHECKS = """
SELECT coalesce(string_agg(pg_get_constraintdef(oid), ' '), '') || ' ' || coalesce(pg_get_partition_constraintdef(%(table)s), '')
FROM pg_constraint WHERE contype IN ('c', 'p')
  AND (conrelid = %(table)s OR contypid IN (SELECT atttypid FROM pg_attribute WHERE attrelid = %(table)s))"""
FOREIGN_KEYS = """
SELECT conrelid::regclass::text, confrelid::regclass::text,
       (SELECT array_agg(attname ORDER BY k.n) FROM unnest(conkey) WITH ORDINALITY k (c, n)
        JOIN pg_attribute ON attrelid = conrelid AND attnum = k.c),
       (SELECT array_agg(attname ORDER BY k.n) FROM unnest(confkey) WITH ORDINALITY k (c, n)
        JOIN pg_attribute ON attrelid = confrelid AND attnum = k.c), confmatchtype
FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"""
SEQUENCES = """
SELECT seqrelid::regclass::text, greatest(seqmin, least(seqmax, seqstart + 7 * seqincrement)), seqmin, seqmax, seqincrement FROM pg_sequence
WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = seqrelid AND d.deptype = 'e')"""
LITERAL = re.compile(r"'((?:[^']|'')*)'|(?<![\w\"])(\d+(?:\.\d+)?)(?![\w\"])")

VALUES = {
    "boolean": lambda k: "true" if k % 2 else "false", "money": lambda k: f"{k}.50", "character": str, "bytea": lambda k: f"\\x0{k}",
    "date": lambda k: f"2024-01-0{k}", "timestamp without time zone": lambda k: f"2024-01-0{k} 00:00:00",
    "timestamp with time zone": lambda k: f"2024-01-0{k} 00:00:00+00", "time without time zone": lambda k: f"0{k}:00:00",
    "time with time zone": lambda k: f"0{k}:00:00+00", "interval": lambda k: f"{k} seconds", "json": lambda k: f'{{"k": {k}}}',
    "jsonb": lambda k: f'{{"k": {k}}}', "xml": lambda k: f"<k>{k}</k>", "inet": lambda k: f"10.0.0.{k}", "cidr": lambda k: f"10.0.{k}.0/24",
    "macaddr": lambda k: f"08:00:2b:01:02:0{k}", "macaddr8": lambda k: f"08:00:2b:01:02:03:04:0{k}",
    "uuid": lambda k: f"00000000-0000-4000-8000-00000000000{k}", "point": lambda k: f"({k},{k})", "line": lambda k: f"{{1,{k},0}}",
    "lseg": lambda k: f"((0,0),({k},{k}))", "box": lambda k: f"((0,0),({k},{k}))", "path": lambda k: f"((0,0),({k},{k}))",
    "polygon": lambda k: f"((0,0),({k},{k}),({k},0))", "circle": lambda k: f"<(0,0),{k}>", "pg_lsn": lambda k: f"0/{k}",
    "jsonpath": lambda k: f"$.k{k}", "hstore": lambda k: f"k=>{k}", "regclass": lambda k: "pg_class", "regtype": lambda k: "integer",
    "txid_snapshot": lambda k: f"{k}:{k}:", "pg_snapshot": lambda k: f"{k}:{k}:",
}


class Maker:
    """Values of types, as text that the type's input function takes."""

    def __init__(self, cursor):
        self.cursor = cursor
        self.kinds = {}

    def ask(self, question, *values):
        self.cursor.execute(question, values or None)
        return self.cursor.fetchall()

    def value(self, type_, modifier, name, k):
        if type_ not in self.kinds:
            self.kinds[type_] = self.ask("SELECT typtype::text, typcategory::text, typelem, typbasetype, typtypmod, typrelid, "
                                         "format_type(oid, NULL) FROM pg_type WHERE oid = %s", type_)[0]
        kind, category, element, base, base_modifier, relation, plain = self.kinds[type_]
        if kind == "d":
            return self.value(base, base_modifier, name, k)
        if kind == "e":
            labels = self.ask("SELECT enumlabel FROM pg_enum WHERE enumtypid = %s ORDER BY enumsortorder", type_)
            return labels[k % len(labels)][0] if labels else None
        if kind == "r":
            return self.ask("SELECT format('[%%s,%%s)', %s, %s) FROM pg_range WHERE rngtypid = %s", *(
                self.value(self.ask("SELECT rngsubtype FROM pg_range WHERE rngtypid = %s", type_)[0][0], -1, "", each)
                for each in (k, k + 1)), type_)[0][0]
        if kind == "m":
            range_ = self.ask("SELECT rngtypid FROM pg_range WHERE rngmultitypid = %s", type_)[0][0]
            return "{" + self.value(range_, -1, "", k) + "}"
        if kind == "c":
            fields = [self.value(field, field_modifier, "", k) for field, field_modifier in self.ask(
                "SELECT atttypid, atttypmod FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                relation)]
            return "(" + ",".join("" if field is None else '"' + field.replace("\\", "\\\\").replace('"', '""') + '"'
                                  for field in fields) + ")"
        if category == "A":
            one = self.value(element, modifier, "", k)
            return None if one is None else '{"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"}'
        if plain in ("bit", "bit varying"):
            length = modifier if modifier > 0 else 1
            return format(k, f"0{length}b")[-length:]
        return VALUES.get(plain, str)(k)


def quote(name):
    return '"' + name.replace('"', '""') + '"'


def literals(text):
    return [(match[1].replace("''", "'") if match[1] is not None else match[2]) for match in LITERAL.finditer(text)]


def insertion(table, columns):
    if not columns:
        return f"INSERT INTO {table} DEFAULT VALUES"
    names = ", ".join(quote(column) for column, *_ in columns)
    values = ", ".join("%s::" + type_.replace("%", "%%") for *_, type_, _ in columns)
    return f"INSERT INTO {table} ({names})".replace("%", "%%") + f" OVERRIDING SYSTEM VALUE VALUES ({values})"


def fill(connection, without=()):
    """Returns how many tables should have rows now, those of `without` not counted, and which of them are empty all the same."""
    connection.autocommit = False
    cursor = connection.cursor()
    cursor.execute("SET session_replication_role = replica")
    maker = Maker(cursor)
    has_rows = lambda name: maker.ask(f"SELECT EXISTS (SELECT FROM ONLY {name})")[0][0]
    tables = [each for each in maker.ask(TABLES) if each[1] not in without and "*" not in without]
    for table, name, bound in tables:
        if has_rows(name):
            continue
        columns = maker.ask(COLUMNS, table)
        cursor.execute(CHECKS, {"table": table})
        named = literals(cursor.fetchone()[0] + " " + (bound or ""))
        chance = random.Random(name)
        for k in range(1, ROWS + 1):
            for attempt in range(TRIES):
                values = {}
                for column, type_, modifier, _, _ in columns:
                    value = maker.value(type_, modifier, column, k)
                    if attempt and named and chance.random() < 0.6:
                        value = chance.choice(named)
                    values[column] = value
                cursor.execute("SAVEPOINT row")
                try:
                    cursor.execute(insertion(name, columns), list(values.values()) or None)
                    cursor.execute("RELEASE row")
                    break
                except psycopg2.Error:
                    cursor.execute("ROLLBACK TO row")
    for table, other, columns, keys, match in maker.ask(FOREIGN_KEYS):
        pairs = " AND ".join(f"a.{quote(column)} = b.{quote(key)}" for column, key in zip(columns, keys))
        there = (" AND " if match == "s" else " OR ").join(f"a.{quote(column)} IS NOT NULL" for column in columns)
        lonely = f"FROM {table} a WHERE ({there}) AND NOT EXISTS (SELECT FROM {other} b WHERE {pairs})"
        if maker.ask(f"SELECT EXISTS (SELECT {lonely})")[0][0]:
            cursor.execute(f"DELETE {lonely}")
    for name, last, *_ in maker.ask(SEQUENCES):
        cursor.execute("SELECT setval(%s, %s)", (name, last))
    empty = [name for _, name, _ in tables if not has_rows(name)]
    connection.commit()
    return len(tables), empty


STATE = """
SELECT c.oid, c.oid::regclass::text, c.relfilenode,
       ARRAY(SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid)
         || CASE WHEN c.reloftype <> 0 THEN ARRAY[c.reloftype::regtype::text] ELSE '{}' END,
       c.relpersistence::text, (SELECT amname FROM pg_am WHERE oid = c.relam), c.reltablespace
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sluice')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"""
STATE_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attgenerated::text || a.attidentity::text, a.attcollation::regcollation::text,
       EXISTS (SELECT FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem WHERE t.oid = a.atttypid AND 'c' IN (t.typtype, e.typtype)),
       (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum JOIN pg_type t ON enumtypid IN (t.oid, t.typelem, t.typbasetype)
        WHERE t.oid = a.atttypid)
FROM pg_attribute a WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped"""


def state(connection):
    """Of each table: its columns, its storage, and its own rows as text, column by column. Of each sequence: where
    it stands."""
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SET session_replication_role = DEFAULT; SET row_security = off")
    cursor.execute(STATE)
    tables = {}
    for oid, name, node, parents, *storage in cursor.fetchall():
        cursor.execute(STATE_COLUMNS, (oid,))
        columns = {column: facts for column, *facts in cursor.fetchall()}
        names = sorted(columns)
        row = ", ".join(f"{quote(column)}::text" for column in names)
        cursor.execute(f"SELECT {row} FROM ONLY {name}")
        rows = [dict(zip(names, values)) for values in cursor.fetchall()]
        tables[name] = {"columns": columns, "node": node, "parents": parents, "storage": storage, "rows": rows}
    cursor.execute(SEQUENCES)
    sequences = {}
    for name, _, *facts in cursor.fetchall():
        cursor.execute(f"SELECT last_value FROM {name}")
        sequences[name] = (*cursor.fetchone(), *facts)
    return tables, sequences
