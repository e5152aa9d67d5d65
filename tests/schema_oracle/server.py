"""A PostgreSQL server of the oracle's own, on a socket, without fsync; its databases."""
import contextlib
import itertools
import os
import pathlib
import shutil
import subprocess
import tempfile

import psycopg2

BIN = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
# Those that privileges, policies and owners in the pairs name. A cluster has one set of roles.
ROLES = ["app_owner", "app_reader", "app_writer", '"Zoë ""the"" auditor"']
SETTINGS = {
    "listen_addresses": "", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
    "autovacuum": "off", "wal_level": "logical", "max_wal_size": "4GB", "shared_buffers": "64MB",
    "checkpoint_timeout": "1h", "max_connections": "60",
}


class Failed(Exception):
    """psql or pg_dump said no; the message is what they said."""


class Server:
    def __init__(self):
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="sluice-oracle-", dir=place))
        self.root.chmod(0o777)
        self._numbers = itertools.count(1)
        self._control("initdb", "-D", self.root / "data", "-U", "postgres", "-E", "UTF8", "--locale=C", "-A",
                      "trust", "-N")
        settings = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        self._control("pg_ctl", "-D", self.root / "data", "-w", "-l", self.root / "log", "-o",
                      f"-k {self.root} {settings}", "start")
        for role in ROLES:
            self.sql("postgres", f"CREATE ROLE {role}")

    def _control(self, program, *words):
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*prefix, str(BIN / program), *map(str, words)], check=True, cwd="/",
                       stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"})

    def url(self, database):
        return f"postgresql://postgres@/{database}?host={self.root}"

    def connect(self, database):
        return psycopg2.connect(self.url(database))

    def sql(self, database, text):
        """One statement, in no transaction."""
        connection = self.connect(database)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(text)
        finally:
            connection.close()

    def psql(self, database, text):
        """As `psql -f` of a person would: stops at the first error, transactions are the text's own."""
        done = subprocess.run(
            [BIN / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-f", "-"],
            input=text, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"})
        if done.returncode:
            raise Failed(done.stderr.strip())

    def dump(self, database, owners=False):
        words = [] if owners else ["--no-owner"]
        done = subprocess.run([BIN / "pg_dump", "--schema-only", *words, "-d", self.url(database)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise Failed(done.stderr.strip())
        return done.stdout

    @contextlib.contextmanager
    def database(self, template="template0"):
        """A new database, gone when the block ends; its name is unlike any of the scratch ones."""
        name = f"pair_{next(self._numbers)}"
        self.sql("postgres", f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield name
        finally:
            self.sql("postgres", f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self):
        self._control("pg_ctl", "-D", self.root / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.root)
