"""The operator killed between two writes, and the runner in mid-apply: the same end as without."""
import os
import random
import signal
import time

import pytest

from harness import releases
from harness.polling import until
from harness.tripwire import tripwire
from harness.world import World

SEED = 20261121
SLEEP = "SELECT pg_sleep(6); ALTER TABLE trips ADD COLUMN {column} integer;"


class Chain:
    """Release after release of one application, each with a revision more."""

    def __init__(self, world):
        self.world = world
        self.objects = releases.smaller(releases.load("1"))
        self.identifiers = [releases.FIRST]
        world.apply(self.objects)
        world.until_ready()
        world.until_rolled_out()

    def next(self, sql="ALTER TABLE trips ADD COLUMN {column} integer;", header=""):
        number = len(self.identifiers)
        identifier = f"{number:02d}faceb00c{number:02d}"
        self.identifiers.append(identifier)
        self.objects = releases.one_more(self.objects, identifier, sql.format(column=f"extra{number}"),
                                         header)
        return self.objects

    def expect_the_end(self):
        """The newest release runs, and each revision took effect once."""
        self.world.until_ready()
        self.world.until_rolled_out()
        deployment = self.world.deployment()
        assert "sluice.dev/held" not in deployment["metadata"]["annotations"]
        requires = deployment["spec"]["template"]["metadata"]["annotations"]["sluice.dev/requires"]
        assert requires == self.identifiers[-1]
        assert self.world.database.times_applied() == dict.fromkeys(self.identifiers, 1)


@pytest.fixture(scope="module")
def chain(cluster, operator):
    world = World(cluster, operator, "faults")
    world.start_database()
    yield Chain(world)
    world.end()


@pytest.fixture(autouse=True)
def restored(operator, world_of_faults):
    """Whatever a test did to the operator, the next one finds it running."""
    yield
    operator.signal(signal.SIGCONT)
    world_of_faults.until(operator.ready, "the operator is ready again")


@pytest.fixture
def world_of_faults(chain):
    return chain.world


def kill(operator):
    """At once; and away with its pod, whose restart the kubelet would put off."""
    assert operator.signal(signal.SIGKILL), "the operator's process is not there"
    for pod in operator.pods():
        operator.cluster.kubectl("delete", "pod", pod["metadata"]["name"], "--grace-period=0",
                                 "--force", "--wait=false", namespace=operator.namespace, check=False)
    until(operator.ready, "the operator is ready after a kill", 60)


def by(operator):
    return lambda request: request["userInfo"]["username"] == operator.account


def test_killed_at_the_creation_of_the_job(chain, operator):
    """The Job is made, but its maker never hears of it."""
    world, mine = chain.world, by(operator)

    def probe():
        world.kubectl("create", "job", "probe", "--image=none", "--dry-run=server")

    with tripwire(world, "batch", "jobs", mine, lambda: operator.signal(signal.SIGSTOP),
                  probe) as struck:
        # The SchemaMigration last: it stops the operator, and with it the webhook.
        world.apply(sorted(chain.next(), key=lambda item: item["kind"] == "SchemaMigration"))
        assert struck.wait(30)
        world.until(lambda: len(world.jobs()) == 2, "the Job is there")
        kill(operator)
    chain.expect_the_end()
    assert len(world.jobs()) == 2


def test_killed_between_the_jobs_completion_and_the_status(chain, operator):
    world = chain.world
    before = set(world.jobs())
    world.apply(chain.next(SLEEP))
    made = world.until(lambda: set(world.jobs()) - before, "a Job is made")
    operator.signal(signal.SIGSTOP)
    world.until(lambda: world.api.get("Job", world.namespace, min(made))["status"].get("succeeded"),
                "the Job has completed")
    assert world.condition("Ready").get("status") != "True"
    assert world.paused()
    kill(operator)
    chain.expect_the_end()
    assert set(world.jobs()) - before == made


def test_killed_between_the_release_and_the_status(chain, operator):
    world, mine = chain.world, by(operator)

    def probe():
        world.kubectl("annotate", "deployment", "trips-db", "--overwrite", f"probe={time.time()}")

    with tripwire(world, "apps", "deployments", mine, lambda: operator.signal(signal.SIGSTOP),
                  probe) as struck:
        world.apply(chain.next())
        assert struck.wait(30)
        world.until(lambda: not world.paused(), "the release has taken effect")
        assert world.condition("Released").get("status") == "False"
        kill(operator)
    chain.expect_the_end()


def test_killed_at_random_moments(chain, operator):
    """Seeded, so that a failure can be looked for again."""
    moments = random.Random(SEED)
    for _ in range(3):
        chain.world.apply(chain.next())
        time.sleep(moments.uniform(0.02, 1.5))
        kill(operator)
        chain.expect_the_end()


def sleeping(world):
    return world.database.sql("SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(6)%' "
                              "AND state = 'active' AND pid <> pg_backend_pid()")


def runner_pod(world):
    """Its status may be behind what the database shows of it."""
    def running():
        pods = world.api.list("Pod", world.namespace, "sluice.dev/run-of")
        return [pod["metadata"]["name"] for pod in pods if pod["status"]["phase"] == "Running"]
    return world.until(running, "the runner's pod is shown running")[0]


@pytest.mark.parametrize("how", [["--wait=false"], ["--grace-period=0", "--force", "--wait=false"]],
                         ids=["deleted", "deleted-by-force"])
def test_the_runners_pod_deleted_in_mid_apply(chain, how):
    world = chain.world
    world.apply(chain.next(SLEEP))
    world.until(lambda: sleeping(world), "the revision is under way")
    world.kubectl("delete", "pod", runner_pod(world), *how)
    chain.expect_the_end()


def test_the_runner_killed_in_mid_apply(chain, cluster):
    world = chain.world
    world.apply(chain.next(SLEEP))
    world.until(lambda: sleeping(world), "the revision is under way")
    for pid in cluster.processes("sluice", "run"):
        os.kill(pid, signal.SIGKILL)
    chain.expect_the_end()


def test_the_runner_killed_in_mid_revision_without_a_transaction(chain, cluster):
    """What took effect before is not done again: the first statement cannot be."""
    world = chain.world
    world.apply(chain.next("ALTER TABLE trips ADD COLUMN {column} integer; SELECT pg_sleep(6);"
                           "CREATE INDEX CONCURRENTLY trips_{column} ON trips ({column});",
                           "-- transaction: none\n"))
    world.until(lambda: sleeping(world), "the revision is under way")
    for pid in cluster.processes("sluice", "run"):
        os.kill(pid, signal.SIGKILL)
    chain.expect_the_end()
    column = f"extra{len(chain.identifiers) - 1}"
    assert world.database.sql("SELECT indisvalid FROM pg_index WHERE indexrelid = "
                              f"'trips_{column}'::regclass") == ["t"]
