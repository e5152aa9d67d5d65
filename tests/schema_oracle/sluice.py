"""`sluice diff`, as a process."""
import json
import os
import pathlib
import re
import subprocess

PROGRAM = os.environ.get("SLUICE", str(pathlib.Path(__file__).resolve().parents[2] / "build/sluice"))


class Refused(Exception):
    """It ended with another status than 0; the message is what it said."""


def _run(server, from_, to, wanted, words):
    done = subprocess.run(
        [PROGRAM, "diff", "--from", from_, "--to", to, "--scratch-url", server.url("postgres"), *words],
        input=wanted, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=120)
    if done.returncode:
        raise Refused(f"exit {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _file(wanted):
    """Nothing is refused as a file; here it is a schema, too."""
    return wanted if re.sub(r"(?m)^\s*--.*$", "", wanted).strip() else wanted + "SELECT;\n"


def script(server, from_, wanted, words=()):
    """The SQL for psql; `wanted` is SQL, which Sluice loads into a scratch database."""
    return _run(server, from_, "-", _file(wanted), words)


def plan(server, from_, to, words=()):
    """The same as facts; both are URLs."""
    return json.loads(_run(server, from_, to, "", [*words, "--output", "json"]))


def plan_of_file(server, from_, wanted, words=()):
    return json.loads(_run(server, from_, "-", _file(wanted), [*words, "--output", "json"]))


def statements(plan_):
    return [statement for group in plan_["groups"] for statement in group["statements"]]
