"""Migration tools side by side: one run, one server, rounds interleaved, medians. `make bench`."""
import argparse
import collections
import os
import pathlib
import statistics
import subprocess
import sys
import time

import catalog
import graph
import tools
from server import Server


def measure(command, environment, output):
    """Seconds and MiB that the process took, with all that it started."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                               env={**os.environ, "LC_ALL": "C.UTF-8", **environment})
    _, status, usage = os.wait4(process.pid, 0)
    took = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit status {process.returncode}")
    return took, usage.ru_maxrss / 1024


class Figures:
    def __init__(self):
        self.seconds = collections.defaultdict(list)
        self.again = collections.defaultdict(list)
        self.memory = collections.defaultdict(float)
        self.notes = {}
        self.failed = []


def run_once(tool, count, server, figures, log):
    database = server.fresh()
    path = tool.directory(count)
    tool.prepare(database)
    environment = tool.environment(database)
    seconds, memory = measure(tool.command(path, database), environment, log)
    made = server.sql(database, "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^t[0-9]+$'")
    if made != str(count):
        raise RuntimeError(f"{tool.name} made {made} tables of {count}")
    again = getattr(tool, "command_again", tool.command)(path, database)
    figures.seconds[tool.name].append(seconds)
    figures.memory[tool.name] = max(figures.memory[tool.name], memory)
    for _ in range(3):
        figures.again[tool.name].append(measure(again, environment, log)[0])


def table(title, figures, names):
    print(f"\n{title}\n")
    print("| tool | time | of the floor | nothing to do | peak memory |")
    print("| --- | ---: | ---: | ---: | ---: |")
    floor = statistics.median(figures.seconds[names[0]])
    for name in names:
        if name in figures.notes:
            print(f"| {name} | {figures.notes[name]} | | | |")
            continue
        seconds = statistics.median(figures.seconds[name])
        again = statistics.median(figures.again[name])
        print(f"| {name} | {seconds:.2f} s | {seconds / floor:.2f} | {again * 1000:.0f} ms | "
              f"{figures.memory[name]:.0f} MiB |")
    sys.stdout.flush()


def compare(fsync, count, rounds, all_tools, server, log, deadline):
    server.fsync(fsync)
    figures = Figures()
    for tool in all_tools:
        reason = tool.missing()
        if reason:
            figures.notes[tool.name] = f"not available: {reason}"
        elif tool.most and count > tool.most:
            figures.notes[tool.name] = f"left out: minutes at {count}"
    for number in range(rounds):
        for tool in all_tools:
            slow = isinstance(tool, tools.Sqitch) and number > 0
            if tool.name in figures.notes or slow:
                continue
            if time.monotonic() > deadline and figures.seconds[tool.name]:
                continue
            try:
                run_once(tool, count, server, figures, log)
            except RuntimeError as error:
                if tool is all_tools[0]:
                    raise  # nothing can be told without the floor
                figures.notes[tool.name] = f"failed: {error}"
                figures.failed.append(f"{tool.name}: {error}")
    done = min(len(figures.seconds[tool.name]) for tool in all_tools[:2])
    table(f"{count} revisions of one statement, fsync {'on' if fsync else 'off'}, medians of {done} rounds",
          figures, [tool.name for tool in all_tools])
    return figures.failed


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), "unknown processor")
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo", encoding="utf-8")) // 1048576
    kernel = os.uname().release
    return f"{os.cpu_count()} cores ({model}), {memory} GiB, Linux {kernel}, load before: {os.getloadavg()[0]:.1f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", default="build/bench", help="what is made once is kept there")
    parser.add_argument("--sizes", default="500,5000")
    parser.add_argument("--rounds", default="5,3", help="one number for each size")
    parser.add_argument("--fsync", default="off,on")
    parser.add_argument("--tools", default="", help="part of their names, by comma; none: all")
    parser.add_argument("--catalog", default="1000,10000", help="tables of the schemas that are read")
    parser.add_argument("--catalog-program", default="build/tests/bench_catalog")
    parser.add_argument("--seconds", type=int, default=600, help="no further round is begun after it")
    options = parser.parse_args()
    root = pathlib.Path(options.root).absolute()
    root.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + options.seconds
    npm = tools.install_npm(root)
    print(machine())
    print("; ".join(tools.versions(npm)))
    server, failed = Server(), []
    try:
        wanted = [word for word in options.tools.split(",") if word]
        tools.Npm.npm = npm
        chosen = [tool(root, server) for tool in tools.TOOLS
                  if tool in tools.TOOLS[:2] or not wanted or any(word in tool.name for word in wanted)]
        with open(root / "output.log", "w", encoding="utf-8") as log:
            sizes = [int(size) for size in options.sizes.split(",") if size]
            rounds = [int(number) for number in options.rounds.split(",")]
            for size, number in zip(sizes, rounds + rounds[-1:] * len(sizes)):
                for fsync in options.fsync.split(","):
                    failed += compare(fsync == "on", size, number, chosen, server, log, deadline)
    finally:
        server.stop()
    # A thousand tables are ten thousand files, which a disk may take seconds to make and longer to remove.
    server = Server(in_memory=True)
    try:
        for size in [int(size) for size in options.catalog.split(",") if size]:
            catalog.compare(server, options.catalog_program, size, 9 if size <= 1000 else 3)
            catalog.compare_whole(server, root, tools.Sluice.program, size, 5 if size <= 1000 else 1)
    finally:
        server.stop()
    graph.table(root, tools.Sluice.program)
    if failed:
        sys.exit("\n".join(["failed:", *failed]))


if __name__ == "__main__":
    main()
