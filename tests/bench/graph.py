"""Planning a large graph, and linting many statements: sluice alone, without a database."""
import os
import random
import statistics
import subprocess
import time

REVISIONS = 10_000
MERGES = 2_000
STATEMENTS = 5_000


def write_graph(path):
    """Branches and merges as they come, from a fixed seed."""
    chance = random.Random(7)
    heads = []
    merges = set(chance.sample(range(10, REVISIONS), MERGES))
    for number in range(REVISIONS):
        name = f"{chance.getrandbits(48):012x}"
        if number in merges and len(heads) >= 2:
            revises = chance.sample(heads, 2)
        else:
            # Merges join what forks split: as many of one as of the other.
            revises = [chance.choice(heads)] if heads else []
        fork = len(heads) < 2 or (number not in merges and chance.random() < MERGES / (REVISIONS - MERGES))
        if not (fork and number not in merges):
            heads = [head for head in heads if head not in revises]
        heads.append(name)
        (path / f"{name}_x.sql").write_text(
            f"-- revision: {name}\n-- revises: {', '.join(revises)}\n-- migrate:up\n"
            f"CREATE TABLE t{number} (id int);\n-- migrate:down\nDROP TABLE t{number};\n")


def write_statements(path):
    (path / "a_all.sql").write_text(
        "-- revision: a\n-- migrate:up\n" +
        "".join(f"ALTER TABLE t{number} ADD COLUMN c int NOT NULL DEFAULT 0;\n"
                for number in range(STATEMENTS)) + "-- migrate:down\nSELECT 1;\n")


def timed(command, times=7):
    seconds = []
    memory = 0
    for _ in range(times):
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.monotonic() - started)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: exit status {process.returncode}")
        memory = max(memory, usage.ru_maxrss / 1024)
    return statistics.median(seconds) * 1000, memory


def table(root, program):
    for name, write in (("graph", write_graph), ("statements", write_statements)):
        if not (root / name / "done").exists():
            (root / name).mkdir(parents=True, exist_ok=True)
            write(root / name)
            (root / name / "done").touch()
    print("\nWithout a database, medians of 7\n\n| what | time | peak memory |\n| --- | ---: | ---: |")
    for title, command in (
            (f"plan of {REVISIONS} revisions with {MERGES} merges, files read and all",
             ["plan", "heads", "--at", "base", "--output", "json", "--dir", root / "graph"]),
            ("heads of the same: files and graph without a plan", ["heads", "--dir", root / "graph"]),
            (f"lint of {STATEMENTS} statements", ["lint", "--dir", root / "statements"]),
            ("the process alone (version)", ["version"])):
        milliseconds, memory = timed([str(word) for word in [program, *command]])
        print(f"| {title} | {milliseconds:.0f} ms | {memory:.0f} MiB |")
    planning = os.path.join(os.path.dirname(program), "tests", "bench_planning")
    done = subprocess.run([planning, root / "graph"], stdout=subprocess.PIPE, text=True, check=True)
    print(f"| graph and plan of the same alone, without reading files or printing | {done.stdout.strip()} ms | |")
