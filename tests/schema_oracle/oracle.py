"""One pair, there and back: the SQL that `sluice diff` prints, applied by psql to a database with rows, must make
what `pg_dump -s` calls the other schema."""
import dataclasses
import difflib

import dump
import judge
import rows
import sluice
from server import Failed

NAMES = """
SELECT n.nspname, c.relname, c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'S')"""


@dataclasses.dataclass
class Failure:
    pair: str
    place: str
    direction: str
    what: str
    sql: str = ""

    def __str__(self):
        text = f"{self.pair} ({self.place}), {self.direction}: {self.what}"
        return text + (f"\n--- the SQL\n{self.sql.strip()}\n---" if self.sql else "")


@dataclasses.dataclass
class Filled:
    """How many tables should have had rows, and how many had none all the same."""
    tables: int = 0
    empty: int = 0

    def __add__(self, other):
        return Filled(self.tables + other.tables, self.empty + other.empty)

    def __str__(self):
        return f"{self.empty} of {self.tables} times a table had no rows"


def delta(expected, seen):
    lines = difflib.unified_diff(expected.splitlines(), seen.splitlines(), "fresh", "migrated", n=2, lineterm="")
    return "\n".join(lines)


def survey(server, database):
    connection = server.connect(database)
    try:
        found = rows.state(connection)
        with connection.cursor() as cursor:
            cursor.execute(NAMES)
            return found, {(schema, name): text for schema, name, text in cursor.fetchall()}
    finally:
        connection.close()


def fill(server, database, without):
    connection = server.connect(database)
    try:
        tables, empty = rows.fill(connection, without)
        return Filled(tables, len(empty))
    finally:
        connection.close()


class Way:
    """From the schema that `database` has to that of `fresh`, which `wanted` makes."""

    def __init__(self, server, pair, direction, database, fresh, wanted, hints=""):
        self.server, self.pair, self.direction = server, pair, direction
        self.database, self.fresh, self.wanted, self.hints = database, fresh, wanted, hints
        self.words = pair.words("options")
        self.sql = ""
        self.filled = Filled()

    def failure(self, what):
        return Failure(self.pair.name, self.pair.place, self.direction, what, self.sql)

    def plan(self):
        if self.hints:
            return sluice.plan_of_file(self.server, self.url, self.wanted, self.words)
        return sluice.plan(self.server, self.url, self.server.url(self.fresh), self.words)

    def go(self):
        """What went wrong; None: nothing."""
        self.url = self.server.url(self.database)
        owners = "--owners" in self.words
        expected = dump.normalised(self.server.dump(self.fresh, owners))
        self.filled = fill(self.server, self.database, self.pair.words("no rows"))
        before, names = survey(self.server, self.database)
        try:
            self.sql = sluice.script(self.server, self.url, self.wanted, self.words)
            plan = self.plan()
        except sluice.Refused as error:
            return self.failure(f"diff: {error}")
        try:
            self.server.psql(self.database, self.sql)
        except Failed as error:
            return self.failure(f"psql: {error}")
        seen = dump.normalised(self.server.dump(self.database, owners))
        if seen != expected:
            return self.failure("pg_dump differs:\n" + delta(expected, seen))
        after, names_after = survey(self.server, self.database)
        wrong = judge.judge(before, after, plan, {**names_after, **names}, self.pair)
        if wrong:
            return self.failure("; ".join(wrong))
        try:
            second = self.plan()
        except sluice.Refused as error:
            return self.failure(f"the second diff: {error}")
        if second["groups"] or second["differences"]:
            left = "\n".join(statement["sql"] for statement in sluice.statements(second))
            return self.failure(f"the second diff is not empty: {second['differences']}\n{left}")
        return None

    def refused(self, words):
        self.url = self.server.url(self.database)
        before = self.server.dump(self.database)
        try:
            self.sql = sluice.script(self.server, self.url, self.wanted, self.words)
            return self.failure("is not refused")
        except sluice.Refused as error:
            if words not in str(error):
                return self.failure(f"is refused, but not for {words}: {error}")
        return None if dump.normalised(self.server.dump(self.database)) == dump.normalised(before) else self.failure("changed something")


def ways(server, pair, old, new):
    hints = {side: pair.facts.get(f"{side} hints", "").replace(" & ", "\n") + "\n" for side in ("old", "new")}
    yield Way(server, pair, "old to new", old, new, hints["new"] + pair.new, hints["new"].strip())
    if "only forward" not in pair.facts:
        yield Way(server, pair, "back to old", old, None, hints["old"] + pair.old, hints["old"].strip())


def check(server, pair):
    """(the first thing that went wrong or None, what had rows). A pair's SQL that does not load is an error of the test."""
    filled = Filled()
    with server.database() as seed, server.database() as new:
        server.psql(seed, pair.old)
        server.psql(new, pair.new)
        with server.database(seed) as old:
            server.psql(old, pair.rows)
            for way in ways(server, pair, old, new):
                way.fresh = way.fresh or seed
                failure = way.refused(pair.facts["refused"]) if "refused" in pair.facts else way.go()
                filled += way.filled
                if failure:
                    return failure, filled
    return None, filled
