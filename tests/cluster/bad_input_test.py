"""Each mistake has a condition reason of its own and is told what to do about; nothing else happens."""
import time

import pytest

from harness import mistakes
from harness.mistakes import MISTAKES, before, database, right
from harness.world import World, condition_of, is_rolled_out

NAMES = [mistake.name for mistake in MISTAKES]


class Table:
    """All mistakes, made at once in one namespace."""

    def __init__(self, world):
        self.world = world
        world.start_database(mistakes.PASSWORD)
        created = "\n".join(f"CREATE DATABASE {database(name)} OWNER trips;" for name in NAMES)
        world.database.sql(created, "postgres", "postgres")
        self.each_database("CREATE TABLE owned AS SELECT n, md5(n::text) FROM generate_series(1, 9000) n")
        world.apply([before(mistake.name) for mistake in MISTAKES if mistake.name != "no-workload"])
        self.until_running("1")
        self.contents_before = self.contents()
        self.replica_sets_before = self.replica_sets()
        objects = []
        for mistake in MISTAKES:
            release = right(mistake.name)
            mistake.make(release)
            objects += release.list()
        world.apply(objects)
        self.told = {mistake.name: self.until_told(mistake) for mistake in MISTAKES}
        self.contents_after = self.contents()
        self.replica_sets_after = self.replica_sets()
        self.deployments = {item["metadata"]["name"]: item
                            for item in world.api.list("Deployment", world.namespace)}

    def each_database(self, sql):
        script = "\n".join(f"\\connect {database(name)}\n{sql};" for name in NAMES)
        self.world.database.sql(script)

    def until_running(self, version):
        def running():
            deployments = {item["metadata"]["name"]: item for item in
                           self.world.api.list("Deployment", self.world.namespace)}
            return all(is_rolled_out(deployments[name]) and deployments[name]["spec"]["template"][
                "metadata"]["labels"]["version"] == version for name in NAMES if name in deployments)
        self.world.until(running, f"version {version} runs everywhere", 120)

    def until_told(self, mistake):
        kind = "Reconciling" if mistake.waits else "Stalled"
        return self.world.until(
            lambda: (item := self.world.migration(mistake.name)) and
            condition_of(item, kind).get("reason") == mistake.reason and
            condition_of(item, kind)["status"] == "True" and item,
            f"{mistake.name} is {kind} of {mistake.reason}", 120)

    def contents(self):
        """{database: a checksum of all that is in it, without Sluice's own schema}"""
        script = "for d in " + " ".join(map(database, NAMES)) + "; do echo $d $(pg_dump -h /tmp -U " \
            "trips -N sluice $d | grep -v restrict | md5sum); done"
        lines = self.world.database.execute("sh", "-c", script).splitlines()
        return dict(line.split(maxsplit=1) for line in lines)

    def replica_sets(self):
        return {item["metadata"]["name"]: item["spec"]["replicas"] for item in
                self.world.api.list("ReplicaSet", self.world.namespace)}


@pytest.fixture(scope="module")
def table(cluster, operator):
    world = World(cluster, operator, "bad-input")
    yield Table(world)
    world.end()


@pytest.fixture(params=MISTAKES, ids=NAMES)
def mistake(request):
    return request.param


def test_the_message_says_what_to_do(table, mistake):
    kind = "Reconciling" if mistake.waits else "Stalled"
    message = condition_of(table.told[mistake.name], kind)["message"]
    for word in mistake.words:
        assert word in message


def test_it_waits_or_is_stalled(table, mistake):
    told = table.told[mistake.name]
    shown = {kind: condition_of(told, kind)["status"] for kind in ("Ready", "Reconciling", "Stalled")}
    assert shown == {"Ready": "False", "Reconciling": str(mistake.waits),
                     "Stalled": str(not mistake.waits)}


def test_the_database_stays_as_it_was_unless_only_the_workload_is_amiss(table, mistake):
    name = database(mistake.name)
    assert (table.contents_before[name] == table.contents_after[name]) != mistake.migrates


def test_the_deployment_runs_on_as_it_was(table, mistake):
    sets_before = {name: replicas for name, replicas in table.replica_sets_before.items()
                   if name.rsplit("-", 1)[0] == mistake.name}
    sets_after = {name: replicas for name, replicas in table.replica_sets_after.items()
                  if name.rsplit("-", 1)[0] == mistake.name}
    if mistake.held:
        assert table.deployments[mistake.name]["spec"]["paused"] is True
        assert sets_after == sets_before
    else:
        assert not table.deployments.get(mistake.name, {"spec": {}})["spec"].get("paused")


@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m.waits and m.reason not in
                                     ("SourceMissing", "VolumeMissing", "WorkloadMissing")],
                         ids=lambda mistake: mistake.name)
def test_what_waits_is_tried_again(table, mistake):
    table.world.until(lambda: table.world.migration(mistake.name)["status"]["run"]["attempt"] >= 3,
                      "a third attempt is made", 60)


def test_what_is_stalled_is_left_alone(table, cluster, operator):
    """After the last test has looked, nothing is written about those that only a change can help."""
    stalled = {mistake.name for mistake in MISTAKES if not mistake.waits}
    mark = cluster.audit.mark()
    time.sleep(5)
    written = cluster.audit.writes(mark, user=operator.account, namespace=table.world.namespace)
    assert [request for request in written if request.name in stalled] == []


def test_every_mistake_can_be_put_right(table):
    """By applying what should have been applied; where that fits, without another touch."""
    world = table.world
    world.kubectl("delete", "pvc", "volume-full", "--wait=false")
    objects = []
    for mistake in MISTAKES:
        release = right(mistake.name)
        if mistake.name == "volume-full":
            release["claim"]["metadata"]["name"] = "volume-full-2"
            release["migration"]["spec"]["backup"]["volume"]["persistentVolumeClaim"]["claimName"] = \
                "volume-full-2"
        objects += release.list()
    world.apply(objects)
    for mistake in MISTAKES:
        world.until_ready(120, mistake.name)
    table.until_running("2")
    shown = table.contents()
    assert all(shown[database(name)] != table.contents_before[database(name)] for name in NAMES)
