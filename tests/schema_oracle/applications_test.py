"""Schemas that others wrote: each to itself is nothing, each comes from an empty database and goes again, and those of
one application at several ages lead to each other."""
import concurrent.futures
import time

import applications
import oracle
import sluice
from gaps import GAPS
from pairs import Pair
from server import Server

# What is no fact of each pair: ejabberd's second schema requires a column that its first one has not.
UPGRADES = [("ejabberd", "ejabberd2", {"no rows": "*"}), ("openqa63", "openqa80", {}), ("openqa80", "openqa98", {})]


def test_applications_come_and_go():
    schemas = applications.applications()
    cases = [Pair(f"applications/{name}", "applications.txt", "", text) for name, text in schemas.items()]
    cases += [Pair(f"applications/{old} to {new}", "applications.txt", schemas[old], schemas[new], facts=facts)
              for old, new, facts in UPGRADES]
    server, started = Server(), time.monotonic()

    def itself(name):
        with server.database() as database:
            server.psql(database, schemas[name])
            plans = [sluice.plan_of_file(server, server.url(database), text) for text in (schemas[name], server.dump(database))]
            return name, [statement["sql"] for plan in plans for statement in sluice.statements(plan)], [
                difference for plan in plans for difference in plan["differences"]]

    wrong = []
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for name, sql, differences in pool.map(itself, schemas):
                if sql or differences:
                    wrong.append(f"{name} to itself: {differences}\n" + "\n".join(sql))
            failures = [failure for failure, _ in pool.map(lambda pair: oracle.check(server, pair), cases) if failure]
    finally:
        server.stop()
    wrong += [str(failure) for failure in failures if failure.pair not in GAPS]
    gaps = {pair.name for pair in cases if pair.name in GAPS}
    for name in sorted(gaps):
        print(f"  gap: {name}: {GAPS[name]}")
    print(f"\n{len(schemas)} schemas of applications and {len(UPGRADES)} upgrades in {time.monotonic() - started:.0f} s: {len(wrong)} fail")
    for text in wrong:
        print(f"\n{text[:20000]}")
    assert gaps <= {failure.pair for failure in failures}, "a gap that is none any more"
    assert not wrong, "\n".join(text.splitlines()[0] for text in wrong)


def test_regression_schema_comes_and_goes():
    server, started = Server(), time.monotonic()
    try:
        with server.database() as database:
            applications.run_regression(server, database)
            ran = time.monotonic() - started
            dumped = server.dump(database)
            assert not applications.too_few(dumped), f"the regression tests left {applications.too_few(dumped)}"
            plan = sluice.plan_of_file(server, server.url(database), dumped)
            text = [statement["sql"] for statement in sluice.statements(plan)]
            assert not text and not plan["differences"], f"to itself: {plan['differences'][:20]}\n" + "\n".join(text[:50])
        # What is not compared is in both.
        failure, _ = oracle.check(server, Pair("regression", "applications.py", applications.not_compared(dumped), dumped))
        print(f"\nPostgreSQL's regression schema ({dumped.count('-- Name: ')} entries of pg_dump) in {time.monotonic() - started:.0f} s, "
              f"{ran:.0f} s of them to make it; warnings: {len(plan['warnings'])}")
        assert not failure, str(failure)[:20000]
    finally:
        server.stop()
