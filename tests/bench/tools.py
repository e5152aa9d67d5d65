"""The tools that are compared: how each has its directory, and what runs it. A tool writes the same
one-statement changes, `CREATE TABLE tN (id int)`, each in a transaction of its own."""
import glob
import json
import os
import pathlib
import shutil
import subprocess


def statement(number):
    return f"CREATE TABLE t{number} (id int);\n"


class Tool:
    name = ""
    most = None  # changes, above which it would take minutes
    npm = None

    def __init__(self, root, server):
        self.root = pathlib.Path(root) / self.name
        self.server = server

    def missing(self):
        """Why it is not to be had; None: it is."""
        return None

    def directory(self, count):
        path = self.root / str(count)
        if not path.exists():
            path.mkdir(parents=True)
            self.write(path, count)
        return path

    def environment(self, database):
        return {"DATABASE_URL": self.server.url(database)}

    def prepare(self, database):
        """Once per database, not measured."""


class Psql(Tool):
    name = "psql (the floor)"

    def write(self, path, count):
        with open(path / "all.sql", "w", encoding="utf-8") as file:
            for number in range(count):
                file.write(f"BEGIN;\n{statement(number)}INSERT INTO history (revision, applied_at) "
                           f"VALUES ('{number:06}', clock_timestamp());\nCOMMIT;\n")

    def prepare(self, database):
        self.server.sql(database, "CREATE TABLE history (id bigint GENERATED ALWAYS AS IDENTITY "
                        "PRIMARY KEY, revision text NOT NULL, applied_at timestamptz NOT NULL)")

    def command(self, path, database):
        return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.server.url(database), "-f",
                str(path / "all.sql")]

    def command_again(self, path, database):
        return ["psql", "-X", "-q", "-t", "-d", self.server.url(database), "-c",
                "SELECT max(revision) FROM history"]


class Sluice(Tool):
    name = "sluice"
    program = os.environ.get("SLUICE", "build/sluice")

    def missing(self):
        return None if os.access(self.program, os.X_OK) else f"{self.program} is not built"

    def write(self, path, count):
        for number in range(count):
            before = f" {number - 1:06}" if number else ""
            (path / f"{number:06}_table.sql").write_text(
                f"-- revision: {number:06}\n-- revises:{before}\n-- migrate:up\n{statement(number)}"
                f"-- migrate:down\nDROP TABLE t{number};\n")

    def command(self, path, database):
        return [os.path.abspath(self.program), "upgrade", "head", "--dir", str(path)]


class Alembic(Tool):
    name = "alembic"

    def missing(self):
        return None if os.path.exists("/usr/bin/alembic") else "Debian's alembic is not installed"

    def write(self, path, count):
        (path / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
        (path / "env.py").write_text(
            "import os\nimport sqlalchemy\nfrom alembic import context\n"
            "engine = sqlalchemy.create_engine(os.environ['DATABASE_URL'])\n"
            "with engine.connect() as connection:\n"
            "    context.configure(connection=connection, transaction_per_migration=True)\n"
            "    with context.begin_transaction():\n        context.run_migrations()\n")
        (path / "versions").mkdir()
        for number in range(count):
            before = repr(f"{number - 1:06}") if number else None
            (path / "versions" / f"r{number:06}.py").write_text(
                f"from alembic import op\nrevision = '{number:06}'\ndown_revision = {before}\n\n"
                f"def upgrade():\n    op.execute('CREATE TABLE t{number} (id int)')\n\n"
                f"def downgrade():\n    op.execute('DROP TABLE t{number}')\n")

    def command(self, path, database):
        return ["/usr/bin/python3", "/usr/bin/alembic", "-c", str(path / "alembic.ini"), "upgrade", "head"]


class Npm(Tool):
    def binary(self):
        return None

    def missing(self):
        if self.npm is None:
            return "npm install did not succeed"
        return None if self.binary() else f"npm's package {self.name} has no program for this machine"


class Dbmate(Npm):
    name = "dbmate"

    def binary(self):
        found = glob.glob(f"{self.npm}/node_modules/@dbmate/*/bin/dbmate")
        return found[0] if found else None

    def write(self, path, count):
        for number in range(count):
            (path / f"{number:06}_table.sql").write_text(
                f"-- migrate:up\n{statement(number)}\n-- migrate:down\nDROP TABLE t{number};\n")

    def command(self, path, database):
        return [self.binary(), "--no-dump-schema", "--migrations-dir", str(path), "migrate"]


class NodePgMigrate(Npm):
    name = "node-pg-migrate"

    def binary(self):
        path = f"{self.npm}/node_modules/.bin/node-pg-migrate"
        return path if os.path.exists(path) else None

    def write(self, path, count):
        for number in range(count):
            (path / f"{1600000000000 + number}_table.sql").write_text(
                f"-- Up Migration\n{statement(number)}\n-- Down Migration\nDROP TABLE t{number};\n")

    def command(self, path, database):
        return [self.binary(), "up", "--no-single-transaction", "-m", str(path)]


class Sqitch(Tool):
    name = "sqitch"
    most = 500  # it starts a psql for each change

    def missing(self):
        return None if shutil.which("sqitch") else "Debian's sqitch is not installed"

    def write(self, path, count):
        (path / "sqitch.conf").write_text("[core]\n\tengine = pg\n")
        (path / "deploy").mkdir()
        lines = ["%syntax-version=1.0.0", "%project=bench", ""]
        for number in range(count):
            lines.append(f"t{number} 2026-01-01T00:00:00Z Bench <bench@example.org> # a table")
            (path / "deploy" / f"t{number}.sql").write_text(f"BEGIN;\n{statement(number)}COMMIT;\n")
        (path / "sqitch.plan").write_text("\n".join(lines) + "\n")

    def environment(self, database):
        return {"SQITCH_FULLNAME": "Bench", "SQITCH_EMAIL": "bench@example.org"}

    def command(self, path, database):
        return ["sqitch", "--chdir", str(path), "deploy", "--no-verify", "--target",
                self.server.url(database).replace("postgresql://", "db:pg://")]


TOOLS = [Psql, Sluice, Alembic, Dbmate, Sqitch, NodePgMigrate]


def install_npm(root):
    """node-pg-migrate and dbmate, into a directory of the bench's own; None where that fails."""
    path = pathlib.Path(root) / "npm"
    path.mkdir(parents=True, exist_ok=True)
    wanted = (pathlib.Path(__file__).parent / "package.json").read_text()
    if not (path / "done").exists() or (path / "done").read_text() != wanted:
        (path / "package.json").write_text(wanted)
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=path,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                              timeout=180)
        if done.returncode != 0:
            return None
        (path / "done").write_text(wanted)
    return path


def versions(npm):
    def first(command):
        try:
            lines = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   check=False).stdout.splitlines()
            return lines[0].strip() if lines else "?"
        except OSError:
            return "not available"
    said = [first(["psql", "--version"]), first([Sluice.program, "version"]),
            first(["/usr/bin/alembic", "--version"]), first(["sqitch", "--version"])]
    if npm is not None:
        said += [f"{name} {version}" for name, version in
                 json.loads((npm / "package.json").read_text())["dependencies"].items()]
    return said
