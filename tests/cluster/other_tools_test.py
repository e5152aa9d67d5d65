"""Revisions that are the files of another tool, as they are."""
from harness import mistakes, releases

RIDERS, NAMES, MAILS = "20260101000000", "20260102000000", "20260103000000"
FILES = {
    f"{RIDERS}_riders.sql": "-- migrate:up\nCREATE TABLE riders (id bigint PRIMARY KEY, name text);\n"
                            "-- migrate:down\nDROP TABLE riders;\n",
    f"{NAMES}_names.sql": "-- migrate:up transaction:false\n"
                          "CREATE INDEX CONCURRENTLY riders_name ON riders (name);\n"
                          "-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY riders_name;\n"}
MORE = {f"{MAILS}_mails.sql": "-- migrate:up\nALTER TABLE riders ADD COLUMN mail text;\n"
                              "-- migrate:down\nALTER TABLE riders DROP COLUMN mail;\n"}


def release(files, requires):
    objects = releases.load("1")
    migration, source = releases.pick(objects, "SchemaMigration"), releases.pick(objects, "ConfigMap")
    source["data"] = files
    return [source, migration, mistakes.workload(
        "trips-api", mistakes.pods(requires, {"sluice.dev/requires": requires}), {"sluice.dev/gated": "true"})]


def test_the_files_of_dbmate(world):
    world.apply(release(FILES, NAMES))
    world.until_ready()
    world.until_rolled_out()
    assert world.database.sql("SELECT indisvalid FROM pg_index WHERE indexrelid = "
                              "'riders_name'::regclass") == ["t"]
    world.database.sql("INSERT INTO riders VALUES (1, 'Ada')")
    world.apply(release(FILES | MORE, MAILS))
    world.until(lambda: "mail" in world.database.columns("riders"), "the third file is applied")
    world.until_ready()
    world.until_rolled_out()
    assert world.database.times_applied() == {RIDERS: 1, NAMES: 1, MAILS: 1}
    assert world.database.sql("SELECT name FROM riders") == ["Ada"]


def test_a_file_that_breaks_keeps_the_workload(world):
    world.apply(release(FILES, NAMES))
    world.until_ready()
    world.until_rolled_out()
    broken = {f"{MAILS}_mails.sql": "-- migrate:up\nALTER TABLE passengers ADD COLUMN mail text;\n"}
    world.apply(release(FILES | broken, MAILS))
    world.until_stalled()
    assert f"{MAILS}_mails.sql:2" in world.condition("Stalled")["message"]
    assert world.paused()
    assert world.database.times_applied() == {RIDERS: 1, NAMES: 1}
