"""Schemas that others wrote: of real applications, out of Debian's packages, and PostgreSQL's own regression tests."""
import collections
import fcntl
import glob
import gzip
import os
import pathlib
import re
import subprocess

import dump
from server import BIN

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("SLUICE_CACHE", "/var/cache/sluice")) / "schemas"
# What their authors may have meant for an older PostgreSQL, or for psql.
OLD_WORDS = [(r"WITH \(?OIDS *(= *FALSE)?\)?|WITHOUT OIDS", ""), (r"^\\(?!\.).*$", ""), (r"^CREATE (OR REPLACE )?LANGUAGE .?plpgsql.?;", ""),
             (r"^(BEGIN|COMMIT);$", "")]  # one of them does not end what it begins


def unpack(package):
    """Where the package's files are."""
    place = CACHE / package
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            made = CACHE / ".made"
            subprocess.run(["rm", "-rf", made], check=True)
            made.mkdir()
            subprocess.run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=3", "download", package],
                           check=True, cwd=made, stdout=subprocess.DEVNULL)
            subprocess.run(["dpkg-deb", "-x", *made.glob("*.deb"), made / "files"], check=True)
            (made / "files").rename(place)
    return place


def read(path):
    text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()
    for words, instead in OLD_WORDS:
        text = re.sub(words, instead, text, flags=re.MULTILINE)
    return text


def applications():
    """By name, their SQL."""
    found = {}
    for line in (HERE / "applications.txt").read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            name, *patterns = words
            paths = {}
            for package, pattern in (pattern.split(":") for pattern in patterns):
                some = sorted(glob.glob(str(unpack(package) / pattern)))
                assert some, f"{package} has no {pattern}"
                paths.update(dict.fromkeys(some))
            found[name] = "\n".join(read(pathlib.Path(path)) for path in paths)
    return found


def regression_source():
    version = subprocess.run([BIN / "postgres", "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    package, revision = f"postgresql-{BIN.parent.name}", re.search(r"Debian ([^)]+)\)", version)[1]
    place = CACHE / "source"
    if not (place / package).exists():
        place.mkdir(parents=True, exist_ok=True)
        subprocess.run([HERE.parent / "cluster/apt-source", package, revision, place], check=True)
    return place / package / "src/test/regress"


def run_regression(server, database):
    """PostgreSQL's regression tests, in their order; what they leave is a schema of everything. Those that need the
    library of C functions fail, and so do a few things after them."""
    source = regression_source()
    environment = {**os.environ, "PG_ABS_SRCDIR": str(source), "PG_ABS_BUILDDIR": str(server.root), "PG_LIBDIR": str(server.root),
                   "PG_DLSUFFIX": ".so", "PGTZ": "PST8PDT", "PGDATESTYLE": "Postgres, MDY", "LC_ALL": "C"}
    (server.root / "results").mkdir(exist_ok=True)
    (server.root / "results").chmod(0o777)
    for line in (source / "parallel_schedule").read_text().splitlines():
        if line.startswith("test:"):
            for name in line[5:].split():
                subprocess.run([BIN / "psql", "-X", "-q", "-d", server.url(database), "-f", source / "sql" / f"{name}.sql"],
                               check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=server.root,
                               timeout=300)


# Four fifths of what PostgreSQL 15's tests leave, by pg_dump's kinds. With less, some of them did not run.
REGRESSION_HAS = {"TABLE": 490, "FUNCTION": 180, "TABLE ATTACH": 150, "INDEX": 110, "CONSTRAINT": 75, "TRIGGER": 48, "AGGREGATE": 37,
                  "VIEW": 37, "SEQUENCE": 36, "RULE": 32, "TYPE": 21, "DOMAIN": 15, "FK CONSTRAINT": 12, "POLICY": 7}


def too_few(dumped):
    """What a dump of the regression schema has less of than it should, by kind."""
    found = collections.Counter(re.findall(r"^-- Name: .*; Type: ([^;]*); Schema: ", dumped, re.MULTILINE))
    return {kind: f"{found[kind]} of at least {least}" for kind, least in REGRESSION_HAS.items() if found[kind] < least}


NOT_COMPARED = ("ACCESS METHOD", "FOREIGN DATA WRAPPER", "SERVER", "TRANSFORM")


def not_compared(dumped):
    """What of a dump Sluice says that it does not compare, in an order that loads: base types with the functions that make
    them, shell types, and the above; privileges on PostgreSQL's own tables, which it does not look at."""
    settings, *entries = dump.cut(dumped)
    kept, shell = [re.sub(r"^\\.*\n", "", settings, flags=re.MULTILINE)], None
    for entry in entries:
        name, kind, schema = re.match(r"--\n-- Name: (.*); Type: ([^;]*); Schema: ([^;]*);", entry).groups()
        shell = name if kind == "SHELL TYPE" else shell
        if shell or kind in NOT_COMPARED or schema == "pg_catalog" or re.search(r"^CREATE TYPE [\w.]+;$", entry, re.MULTILINE):
            kept.append(entry)
        if kind == "TYPE" and name == shell:
            shell = None
    return "".join(kept)
