"""Reading a schema, beside `pg_dump -s` of the same database as the floor."""
import os
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


def compare(server, program, count, rounds):
    database = server.fresh()
    fill(server, database, count)
    commands = {"pg_dump -s (the floor)": [str(BIN / "pg_dump"), "-s", "-d", server.url(database)],
                "sluice, the catalog": [program, server.url(database)]}
    took = {name: [] for name in commands}
    memory = dict.fromkeys(commands, 0.0)
    alone = []
    objects = 0
    for _ in range(rounds):
        for name, command in commands.items():
            milliseconds, peak, printed = measure(command)
            took[name].append(milliseconds)
            memory[name] = max(memory[name], peak)
            if command[0] == program:
                objects = int(printed.split()[0])
                alone.append(float(printed.split()[1]))
    floor = statistics.median(took["pg_dump -s (the floor)"])
    print(f"\nReading {count} tables, {objects} objects, medians of {rounds}\n")
    print("| what | time | of the floor | of it reading | peak memory |\n| --- | ---: | ---: | ---: | ---: |")
    for name in commands:
        middle = statistics.median(took[name])
        reading = f"{statistics.median(alone):.0f} ms" if name.startswith("sluice") else ""
        print(f"| {name} | {middle:.0f} ms | {middle / floor:.2f} | {reading} | {memory[name]:.0f} MiB |")
    sys.stdout.flush()
