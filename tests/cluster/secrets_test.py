"""A canary password stands in the Secret and nowhere else."""
import glob
import json
import os
import threading

import pytest

from harness import releases
from harness.world import World

CANARY = "canary7f3a91c05e6b"
WRONG = "canary0b8d47e2f1ac"


class ArgumentWatcher:
    """Looks through the arguments of this machine's processes, again and again."""

    def __init__(self):
        self.programs, self.leaks = set(), []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        while not self.stopping.wait(0.03):
            for path in glob.glob("/proc/[0-9]*/cmdline"):
                try:
                    with open(path, "rb") as file:
                        arguments = file.read().decode(errors="replace")
                except OSError:
                    continue
                self.programs.add(os.path.basename(arguments.split("\0")[0]))
                if CANARY in arguments or WRONG in arguments:
                    self.leaks.append(arguments.replace("\0", " "))

    def stop(self):
        self.stopping.set()
        self.thread.join()


@pytest.fixture(scope="module")
def lived(cluster, operator):
    """A namespace in which everything happened that a message could be written about."""
    world = World(cluster, operator, "secrets")
    database = releases.with_password(releases.load("database"), CANARY)
    world.apply(database)
    world.database.wait()
    # Enough for the backup to take a moment.
    world.database.sql("CREATE TABLE ballast AS SELECT n, md5(n::text) FROM generate_series(1, 200000) n")
    watcher = ArgumentWatcher()
    world.apply(releases.smaller(releases.load("1")))
    world.until_ready()
    world.apply(releases.smaller(releases.load("3-broken")))
    world.until_stalled()
    wrong = releases.with_password(database, WRONG)
    world.apply([releases.pick(wrong, "Secret")])
    world.apply(releases.smaller(releases.load("2")))
    world.until(lambda: world.condition("Ready").get("reason") == "AuthenticationFailed",
                "a wrong password is told")
    world.apply([releases.pick(database, "Secret")])
    world.until_ready()
    watcher.stop()
    world.watcher = watcher
    yield world
    world.end()


def expect_none(text, where):
    for line in text.splitlines():
        assert CANARY not in line and WRONG not in line, f"in {where}: {line[:400]}"


@pytest.mark.parametrize("kind", ["Pod", "Job", "Event", "SchemaMigration", "Deployment", "ConfigMap"])
def test_no_object_shows_it(lived, kind):
    items = lived.api.list(kind, lived.namespace)
    assert items
    for item in items:
        expect_none(json.dumps(item), f"{kind} {item['metadata']['name']}")


def test_no_log_shows_it(lived, cluster, operator):
    """Those of every container that has been, the operator's too."""
    logs = glob.glob(f"{cluster.state}/var-log/pods/{lived.namespace}_*/*/*.log") + \
        glob.glob(f"{cluster.state}/var-log/pods/{operator.namespace}_*/*/*.log")
    assert any("/runner/" in log for log in logs) and any("/operator/" in log for log in logs)
    for log in logs:
        with open(log, encoding="utf-8", errors="replace") as file:
            expect_none(file.read(), log)


def test_no_argument_shows_it(lived):
    assert {"sluice", "pg_dump"} <= lived.watcher.programs
    assert lived.watcher.leaks == []


def test_no_archive_shows_it(lived, cluster):
    volume = cluster.volume_directory(lived.namespace, "trips-backups")
    manifests = glob.glob(f"{volume}/*/manifest.json")
    assert len(manifests) >= 2
    for manifest in manifests:
        with open(manifest, encoding="utf-8") as file:
            expect_none(file.read(), manifest)


def test_the_ledger_does_not_show_it(lived):
    expect_none(lived.database.execute("pg_dump", "-h", "/tmp", "-U", "trips", "trips"), "the database")


def test_no_log_of_the_cluster_shows_it(cluster, lived):
    with open(f"{cluster.state}/audit.log", encoding="utf-8") as file:
        expect_none(file.read(), "the audit log")
