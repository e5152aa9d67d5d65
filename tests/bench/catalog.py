"""Reading a schema beside `pg_dump -s` of the same database as the floor; a whole diff beside psql, which loads the same
file, and Alembic's autogenerate."""
import os
import pathlib
import statistics
import subprocess
import sys
import time

from server import BIN

COLUMNS = ("id bigserial PRIMARY KEY, parent_id bigint, name text NOT NULL, total numeric(10,2) DEFAULT 0, "
           "created timestamptz DEFAULT now(), kind varchar(20), active boolean DEFAULT true, data jsonb, "
           "note text, n integer NOT NULL")
BATCH = 500


def tables_sql(count):
    """10 columns, 2 indexes besides the key's, and 1 foreign key each."""
    lines = []
    for number in range(count):
        if number % BATCH == 0:
            lines.append("BEGIN;" if number == 0 else "COMMIT; BEGIN;")
        lines.append(f"CREATE TABLE t{number} ({COLUMNS});"
                     f"CREATE INDEX t{number}_name ON t{number} (name);"
                     f"CREATE INDEX t{number}_active ON t{number} (created, kind) WHERE active;"
                     f"ALTER TABLE t{number} ADD FOREIGN KEY (parent_id) REFERENCES t{max(number - 1, 0)};")
    return "\n".join(lines + ["COMMIT;"])


def fill(server, database, count):
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server.url(database)], check=True,
                   input=tables_sql(count), text=True, stdout=subprocess.DEVNULL)
    server.sql(database, "ANALYZE")


def measure(command):
    """Milliseconds, MiB, and what it printed."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C.UTF-8"})
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    took = (time.monotonic() - started) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit status {process.returncode}")
    return took, usage.ru_maxrss / 1024, printed


def take_turns(commands, rounds):
    """By name: median milliseconds, peak MiB, and all that was printed. `before` runs ahead of a command, not timed."""
    took = {name: [] for name in commands}
    memory = dict.fromkeys(commands, 0.0)
    printed = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (before, command) in commands.items():
            before()
            milliseconds, peak, text = measure(command)
            took[name].append(milliseconds)
            memory[name] = max(memory[name], peak)
            printed[name].append(text.decode())
    return {name: (statistics.median(took[name]), memory[name], printed[name]) for name in commands}


def table(title, measured, floor):
    print(f"\n{title}\n\n| what | time | of the floor | peak memory |\n| --- | ---: | ---: | ---: |")
    for name, (middle, peak, _) in measured.items():
        print(f"| {name} | {middle:.0f} ms | {middle / measured[floor][0]:.2f} | {peak:.0f} MiB |")
    sys.stdout.flush()


def compare(server, program, count, rounds):
    database = server.fresh()
    fill(server, database, count)
    nothing = lambda: None
    floor, ours = "pg_dump -s (the floor)", "sluice, the catalog"
    measured = take_turns({floor: (nothing, [str(BIN / "pg_dump"), "-s", "-d", server.url(database)]),
                           ours: (nothing, [program, server.url(database)])}, rounds)
    figures = [line.split() for line in measured[ours][2]]
    table(f"Reading {count} tables, {figures[0][0]} objects, medians of {rounds}", measured, floor)
    print(f"\nOf it reading: {statistics.median(float(line[1]) for line in figures):.0f} ms; to compare two such catalogs: "
          f"{statistics.median(float(line[2]) for line in figures):.0f} ms")


def compare_whole(server, root, sluice, count, rounds):
    """From the database of compare() to a file of the same tables and one more."""
    wanted = pathlib.Path(root) / f"wanted-{count}.sql"
    wanted.write_text(tables_sql(count) + "\nCREATE TABLE extra (id integer);\n", encoding="utf-8")

    def empty():
        if server.sql("postgres", "SELECT 1 FROM pg_database WHERE datname = 'loaded'"):
            server.sql("postgres", "DROP DATABASE loaded")
        server.sql("postgres", "CREATE DATABASE loaded TEMPLATE template0")

    nothing = lambda: None
    floor, ours, peer = "psql, loading the file (the floor)", "sluice diff", "alembic's autogenerate"
    commands = {floor: (empty, ["psql", "-X", "-q", "-f", str(wanted), "-d", server.url("loaded")]),
                ours: (nothing, [sluice, "diff", "--from", server.url("bench"), "--to", str(wanted)])}
    if os.path.exists("/usr/bin/alembic") and count <= 1000:
        commands[peer] = (nothing, ["/usr/bin/python3", str(pathlib.Path(__file__).with_name("alembic_autogenerate.py")),
                                    server.url("bench"), str(count)])
    measured = take_turns(commands, rounds)
    server.sql("postgres", "DROP DATABASE loaded")
    assert all(text.count("CREATE ") == 1 and "CREATE TABLE public.extra" in text for text in measured[ours][2])
    assert all(text.count("add_table") == 1 for text in measured.get(peer, (0, 0, []))[2])
    table(f"A whole diff of {count} tables and the same and one more, medians of {rounds}", measured, floor)
