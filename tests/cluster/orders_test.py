"""Objects that come in another order come to the same end."""
from harness import releases
from harness.releases import CARRIER, FIRST


def expect_the_end(world, revision):
    world.until_ready()
    world.until_rolled_out()
    deployment = world.deployment()
    assert not deployment["spec"].get("paused")
    assert "sluice.dev/held" not in deployment["metadata"].get("annotations", {})
    assert world.database.times_applied()[revision] == 1
    assert world.migration()["status"]["gates"][0]["state"] == "Released"


def test_the_deployment_before_its_revisions(world):
    release = releases.smaller(releases.load("1"))
    world.apply([releases.pick(release, "Deployment")])
    assert world.paused()
    world.apply([releases.pick(release, "SchemaMigration")])
    world.until(lambda: world.condition("Ready").get("reason") == "SourceMissing",
                "the ConfigMap is waited for")
    assert world.jobs() == []
    world.apply([releases.pick(release, "ConfigMap")])
    expect_the_end(world, FIRST)


def test_the_deployment_before_its_revisions_in_an_update(world):
    world.apply(releases.smaller(releases.load("1")))
    expect_the_end(world, FIRST)
    release = releases.smaller(releases.load("2"))
    world.apply([releases.pick(release, "Deployment")])
    assert world.paused()
    world.apply([item for item in release if item["kind"] != "Deployment"])
    expect_the_end(world, CARRIER)


def test_the_migration_before_secret_volume_and_database(empty_world):
    empty_world.apply(releases.smaller(releases.load("1")))
    empty_world.until(lambda: empty_world.condition("Reconciling").get("reason") == "VolumeMissing",
                      "the volume is waited for")
    empty_world.start_database()
    expect_the_end(empty_world, FIRST)


def test_the_operator_last(world, operator):
    operator.uninstall()
    try:
        world.apply(releases.smaller(releases.load("1")))
    finally:
        operator.install_again()
    expect_the_end(world, FIRST)
    world.apply(releases.smaller(releases.load("2")))
    expect_the_end(world, CARRIER)
