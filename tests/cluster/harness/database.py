"""PostgreSQL in a namespace, asked with psql inside its pod."""
import json

from .cluster import CommandFailed
from .polling import until


class Database:
    def __init__(self, cluster, namespace, deployment="trips-db", name="trips", user="trips"):
        self.cluster = cluster
        self.namespace = namespace
        self.deployment = deployment
        self.name = name
        self.user = user

    def execute(self, *command, **options):
        return self.cluster.kubectl("exec", "-i", f"deployment/{self.deployment}", "--", *command,
                                    namespace=self.namespace, **options).stdout

    def sql(self, statement, database=None, user=None):
        """Rows as text, columns parted by '|'."""
        told = self.execute("psql", "-h", "/tmp", "-U", user or self.user, "-d",
                            database or self.name, "-v", "ON_ERROR_STOP=1", "-XAtq",
                            input=statement)
        return told.splitlines()

    def wait(self):
        def answers():
            try:
                return self.sql("SELECT 1") == ["1"]
            except CommandFailed:
                return False
        until(answers, f"{self.deployment} answers in {self.namespace}", 120, every=0.5)

    def value(self, statement, database=None):
        return "\n".join(self.sql(statement, database))

    def schema(self, database=None):
        """The definitions of everything in it, as pg_dump writes them."""
        told = self.execute("pg_dump", "-h", "/tmp", "-U", self.user, "--schema-only",
                            database or self.name)
        return "\n".join(line for line in told.splitlines()
                         if line and not line.startswith(("--", "\\restrict", "\\unrestrict")))

    def row_checksums(self, database=None):
        """A checksum of the rows of each table, the ledger's among them."""
        tables = self.sql("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE "
                          "schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
                          database)
        asked = " UNION ALL ".join(
            f"SELECT '{table}', count(*), md5(string_agg(t::text, ';' ORDER BY t::text)) "
            f"FROM {table} AS t" for table in tables)
        return self.sql(asked, database) if tables else []

    def fingerprint(self, database=None):
        return self.schema(database), self.row_checksums(database)

    def applied(self, database=None):
        """{revision: when it took effect, in seconds since the epoch}, of the user's revisions."""
        told = self.value("SELECT coalesce(json_object_agg(id, extract(epoch FROM applied_at)), "
                          "'{}') FROM sluice.revisions WHERE origin = 'user'", database)
        return json.loads(told)

    def times_applied(self, database=None):
        """{revision: how often it was applied, as history tells}."""
        told = self.value("SELECT coalesce(json_object_agg(revision, n), '{}') FROM (SELECT "
                          "revision, count(*) AS n FROM sluice.history WHERE direction = 'up' AND "
                          "origin = 'user' GROUP BY revision) AS counted", database)
        return json.loads(told)

    def columns(self, table="trips", database=None):
        return self.sql("SELECT column_name FROM information_schema.columns WHERE table_schema = "
                        f"'public' AND table_name = '{table}' ORDER BY ordinal_position", database)
