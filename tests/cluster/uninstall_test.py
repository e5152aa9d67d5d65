"""What is left when Sluice goes: everything as its owner wrote it."""
import json

import pytest

from harness import releases
from harness.world import facts_of


@pytest.fixture
def held(world):
    """A namespace whose application is held at a revision that fails."""
    world.apply(releases.smaller(releases.load("1")))
    world.until_ready()
    world.until_rolled_out()
    world.apply(releases.smaller(releases.load("3-broken")))
    world.until_stalled()
    assert world.paused()
    return world


def expect_untouched(world):
    """The Deployment is as its owner's manifest says, so that its newest template rolls out."""
    metadata, spec = facts_of(world.deployment())
    assert "paused" not in spec
    assert metadata["annotations"] == {} and "finalizers" not in metadata


def test_deleting_a_migration_lets_go_what_it_holds(held):
    held.kubectl("delete", "smig", "trips", "--timeout=60s")
    expect_untouched(held)
    held.until(lambda: not held.jobs(), "no Job of it is left")


def test_the_owners_own_pause_outlives_the_migration(world):
    release = releases.smaller(releases.load("1"))
    releases.pick(release, "Deployment")["spec"]["paused"] = True
    world.apply(release)
    world.until_ready()
    assert world.paused()
    world.kubectl("delete", "smig", "trips", "--timeout=60s")
    assert world.paused()
    assert facts_of(world.deployment())[0]["annotations"] == {}


def test_deleting_the_namespace_of_a_held_workload(held):
    held.kubectl("delete", "namespace", held.namespace, "--timeout=90s")


def test_uninstalling_leaves_nothing_held(held, operator, cluster):
    operator.uninstall()
    try:
        expect_untouched(held)
        assert "finalizers" not in held.migration()["metadata"]
        hooks = cluster.api.list("MutatingWebhookConfiguration")
        assert [hook["metadata"]["name"] for hook in hooks if "sluice" in json.dumps(hook)] == []
        left = cluster.kubectl("get", "all,secret", "-o", "name", "--selector",
                               "app.kubernetes.io/name=sluice", namespace=operator.namespace).stdout
        assert left == ""
        held.kubectl("delete", "smig", "trips", "--timeout=20s")
    finally:
        operator.install_again()
