"""The same questions to `sluice plan --at`, as a process."""
import json
import os
import pathlib
import subprocess

PROGRAM = os.environ.get("SLUICE", str(pathlib.Path(__file__).resolve().parents[2] / "build/sluice"))


def write(graph, directory):
    directory.mkdir(parents=True)
    for node in graph.nodes:
        (directory / f"{node.id}.sql").write_text(
            f"-- revision: {node.id}\n-- revises: {', '.join(node.revises)}\n"
            f"-- depends-on: {', '.join(node.depends_on)}\n"
            f"-- branch-labels: {', '.join(node.labels)}\n-- migrate:up\n")


def run(arguments):
    return subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)


def plan(directory, heads, down, target):
    done = run(["plan", *(["--down"] if down else []), "--dir", str(directory), "--at",
                ",".join(heads) or "base", "--output", "json", "--", target])
    answer = json.loads(done.stdout)
    assert done.returncode == (1 if "error" in answer else 0), (done.returncode, answer)
    return answer
