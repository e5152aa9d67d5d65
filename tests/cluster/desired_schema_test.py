"""spec.schema: a wanted schema in place of revisions; and how a database is proved, by names, checks and
looks for drift."""
import hashlib
import os
import time

import pytest
import yaml

from harness import mistakes, releases
from harness.cluster import CHECKOUT

SCHEMA = """CREATE TYPE fare AS ENUM ('full', 'half');
CREATE TABLE riders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE trips (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rider bigint REFERENCES riders,
  kind fare NOT NULL DEFAULT 'full');
CREATE INDEX trips_rider ON trips (rider);
CREATE VIEW half_fares AS SELECT id, rider FROM trips WHERE kind = 'half';
"""
MORE = SCHEMA.replace("name text NOT NULL", "name text NOT NULL, email text") + \
    "CREATE UNIQUE INDEX riders_email ON riders (email);\n"


def wanted(sql, policy="Additive", **spec):
    """A ConfigMap with the schema, its SchemaMigration and a Deployment that waits for it."""
    release = releases.load("1")
    migration, source = releases.pick(release, "SchemaMigration"), releases.pick(release, "ConfigMap")
    source["data"] = {"schema.sql": sql}
    migration["spec"].pop("revisions")
    migration["spec"]["schema"] = {"from": {"configMaps": [{"name": source["metadata"]["name"]}]},
                                   "policy": policy}
    migration["spec"].update(spec)
    version = hashlib.sha256(sql.encode()).hexdigest()[:12]
    return [source, migration, mistakes.workload("trips-api", mistakes.pods(version, {}),
                                                 {"sluice.dev/gated": "true"})]


def told(world, kind):
    return world.condition(kind).get("reason")


def test_the_example_is_as_its_readme_says(world):
    path = os.path.join(CHECKOUT, "examples", "desired-schema", "schema.yaml")
    world.kubectl("apply", "-f", path)
    world.kubectl("wait", "smig/trips", "--for=condition=Ready", "--timeout=2m")
    with open(path, encoding="utf-8") as file:
        objects = list(yaml.safe_load_all(file))
    files = objects[0]["data"]
    files["1_tables.sql"] = files["1_tables.sql"].replace("  email text\n", "  email text,\n  phone text\n")
    world.apply(objects)
    world.until(lambda: "phone" in world.database.columns("riders"), "a column is added")
    world.until_ready()
    files["1_tables.sql"] = files["1_tables.sql"].replace("  email text,\n", "")
    objects[1]["spec"].pop("verify")
    world.apply(objects)
    world.until(lambda: "left undone" in world.condition("Applied").get("message", ""),
                "what nobody wants is named")
    assert "email" in world.database.columns("riders")


def test_an_additive_schema(world):
    world.apply(wanted(SCHEMA, verify={
        "requires": {"tables": ["trips", "half_fares"], "columns": ["trips.kind"]},
        "checks": [{"name": "no riders yet", "sql": "SELECT count(*) FROM riders", "expect": 0}],
        "noDrift": True}))
    world.until_ready()
    world.until_rolled_out()
    assert "3 required names, 1 check, no drift" in world.condition("Verified")["message"]
    world.database.sql("INSERT INTO riders (name) VALUES ('Ada'); CREATE TABLE mine (id int);"
                       "ALTER TABLE riders ADD COLUMN note text")
    world.apply(wanted(MORE))
    world.until(lambda: world.database.sql("SELECT to_regclass('riders_email')") == ["riders_email"],
                "the index is there")
    world.until_ready()
    # What nobody asked for stays, and is named.
    assert world.database.columns("riders") == ["id", "name", "note", "email"]
    assert world.database.sql("SELECT count(*) FROM mine, riders") == ["0"]
    assert "left undone" in world.condition("Applied")["message"]
    assert world.database.sql("SELECT kind, outcome FROM sluice.runs ORDER BY epoch") == \
        ["sync|succeeded", "sync|succeeded"]


def test_a_full_schema_loses_nothing_unless_it_is_allowed_to(world):
    world.apply(wanted(MORE, "Full"))
    world.until_ready()
    world.database.sql("INSERT INTO riders (name, email) VALUES ('Ada', 'ada@example.com')")
    before = world.database.fingerprint()
    world.apply(wanted(SCHEMA, "Full"))
    world.until(lambda: told(world, "Stalled") == "DataLoss", "it is refused")
    assert world.paused()
    message = world.condition("Stalled")["message"]
    assert "riders" in message and "email" in message and "safety.destructive" in message
    assert world.database.fingerprint()[0] == before[0]
    world.apply(wanted(SCHEMA, "Full", safety={"destructive": "Allow"}))
    world.until_ready()
    world.until_rolled_out()
    assert world.database.columns("riders") == ["id", "name"]
    assert world.database.sql("SELECT name FROM riders") == ["Ada"]


def test_a_schema_that_fails_lets_the_rollout_go_on_where_told_to(world):
    world.apply(wanted(SCHEMA, onFailure="Continue"))
    world.until_ready()
    world.until_rolled_out()
    world.database.sql("INSERT INTO riders (name) VALUES ('Ada'), ('Ada')")
    broken = SCHEMA + "CREATE UNIQUE INDEX riders_name ON riders (name);\n"
    world.apply(wanted(broken, onFailure="Continue"))
    world.until(lambda: told(world, "Ready") == "ContinuedAfterFailure", "the failure is reported")
    world.until_rolled_out()
    assert "riders_name" in world.condition("Ready")["message"]
    assert world.condition("Applied")["status"] == "False"
    assert world.migration()["status"]["lastError"]
    assert not world.paused()


@pytest.mark.parametrize("sql, words", [
    ("CREATE TABLE a (id int);\nCREATE TABLE a (id int);\n", ["schema.sql:2", "already exists"]),
    ("CREATE EXTENSION nowhere;\n", ["schema.sql:1", "nowhere"]),
    ("\\connect other\n", ["schema.sql:1", "connect"]),
], ids=["does-not-load", "extension", "psql-command"])
def test_a_file_that_is_no_schema(world, sql, words):
    before = world.database.fingerprint()
    world.apply(wanted(sql))
    world.until(lambda: world.condition("Stalled").get("status") == "True", "it is refused")
    for word in words:
        assert word in world.condition("Stalled")["message"]
    assert world.paused()
    assert world.database.fingerprint() == before


def test_what_does_not_hold_keeps_the_workload(world):
    release = releases.smaller(releases.load("1"))
    migration = releases.pick(release, "SchemaMigration")
    migration["spec"]["verify"] = {
        "requires": {"tables": ["nowhere"], "columns": ["trips.nothing"]},
        "checks": [{"name": "arithmetic", "sql": "SELECT 1 + 1", "expect": 3}]}
    world.apply(release)
    world.until(lambda: told(world, "Stalled") == "VerificationFailed", "it does not hold")
    message = world.condition("Verified")["message"]
    for word in ("table nowhere is not there", "column trips.nothing is not there",
                 "check arithmetic: expected 3, found 2"):
        assert word in message
    # What its template asks for by name is applied, so it is let go; one that asks for all is not.
    assert world.condition("Applied")["status"] == "True"
    migration["spec"].pop("verify")
    world.apply([migration])
    world.until_ready()


def test_drift_is_found_told_and_gone(world):
    release = releases.smaller(releases.load("1"))
    migration = releases.pick(release, "SchemaMigration")
    migration["spec"]["driftCheck"] = {"every": "1m"}
    world.apply(release)
    world.until_ready()
    world.until_rolled_out()
    began = time.monotonic()
    world.database.sql("ALTER TABLE trips ADD COLUMN by_hand text")
    world.until(lambda: told(world, "Verified") == "Drifted", "drift is found", 150)
    assert time.monotonic() - began > 30, "not before the interval is over"
    drift = world.migration()["status"]["drift"]
    assert any("by_hand" in name for name in drift["objects"]), drift
    assert world.condition("Ready")["status"] == "True"
    assert not world.paused()
    assert "Drifted" in [event["reason"] for event in world.events()]
    # The same as a condition of a run: refused before anything else waits on it.
    migration["spec"]["verify"] = {"noDrift": True}
    world.apply([migration])
    world.until(lambda: told(world, "Stalled") == "Drifted", "the run finds it, too")
    world.database.sql("ALTER TABLE trips DROP COLUMN by_hand")
    world.kubectl("annotate", "smig", "trips", "sluice.dev/retry=1")
    world.until_ready()
    world.until(lambda: (world.migration()["status"].get("drift") or {}).get("state") == "Clean",
                "the next look finds nothing", 150)
