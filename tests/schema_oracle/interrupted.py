"""One pair, forward, where the plan's run is killed between two of its transactions: what a new diff says then must
lead to the wanted schema all the same."""
import psycopg2

import dump
import oracle
import sluice


def apply(server, database, groups):
    """As Sluice's engine does: what shares a group shares a transaction, or is in none."""
    connection = server.connect(database)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for group in groups:
                statements = [statement["sql"] for statement in group["statements"]]
                for sql in ["BEGIN", *statements, "COMMIT"] if group["transactional"] else statements:
                    cursor.execute(sql)
    finally:
        connection.close()


class Run:
    """Of one pair, killed after so many groups and begun anew."""

    def __init__(self, server, pair, seed, fresh, expected):
        self.server, self.pair, self.seed, self.fresh, self.expected = server, pair, seed, fresh, expected
        self.words = pair.words("options")
        self.hints = pair.facts.get("new hints", "").replace(" & ", "\n")

    def plan(self, database):
        url = self.server.url(database)
        if self.hints:
            return sluice.plan_of_file(self.server, url, self.hints + "\n" + self.pair.new, self.words)
        return sluice.plan(self.server, url, self.server.url(self.fresh), self.words)

    def killed_after(self, done, groups):
        """What went wrong; None: nothing."""
        with self.server.database(self.seed) as database:
            sql = ""
            try:
                apply(self.server, database, groups[:done])
                second = self.plan(database)["groups"]
                sql = "\n--\n".join(";\n".join(each["sql"] for each in group["statements"]) for group in second)
                apply(self.server, database, second)
                third = self.plan(database)
            except (sluice.Refused, psycopg2.Error) as error:
                return self.failure(done, groups, str(error).strip(), sql)
            seen = dump.normalised(self.server.dump(database, "--owners" in self.words))
            if seen != self.expected:
                return self.failure(done, groups, "pg_dump differs:\n" + oracle.delta(self.expected, seen), sql)
            if third["groups"] or third["differences"]:
                return self.failure(done, groups, f"the third diff is not empty: {third['differences']}", sql)
        return None

    def failure(self, done, groups, what, sql=""):
        direction = f"killed after {done} of {len(groups)} groups"
        return oracle.Failure(self.pair.name, self.pair.place, direction, what, sql)


def check(server, pair):
    """(what went wrong, how many times it was killed)."""
    if "refused" in pair.facts:
        return [], 0
    with server.database() as seed, server.database() as new:
        server.psql(seed, pair.old)
        server.psql(new, pair.new)
        server.psql(seed, pair.rows)
        oracle.fill(server, seed, pair.words("no rows"))
        run = Run(server, pair, seed, new, None)
        try:
            groups = run.plan(seed)["groups"]
        except sluice.Refused as error:
            return [run.failure(0, [], str(error))], 0
        if len(groups) < 2:
            return [], 0
        run.expected = dump.normalised(server.dump(new, "--owners" in run.words))
        failures = [run.killed_after(done, groups) for done in range(1, len(groups))]
        return [failure for failure in failures if failure], len(failures)
