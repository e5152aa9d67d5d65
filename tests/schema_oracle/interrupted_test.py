"""Every pair whose plan has several transactions, killed after each of them. SLUICE_ORACLE_ONLY: those whose name has
this in it."""
import concurrent.futures
import os
import time

import interrupted
import pairs
from gaps import GAPS
from server import Server

ONLY = os.environ.get("SLUICE_ORACLE_ONLY", "")


def test_a_killed_run_is_finished_by_the_next():
    chosen = [pair for pair in pairs.load(ONLY) if pair.name not in GAPS]
    server, started, failures, kills = Server(), time.monotonic(), [], 0
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for wrong, times in pool.map(lambda pair: interrupted.check(server, pair), chosen):
                failures += wrong
                kills += times
    finally:
        server.stop()
    for failure in failures:
        print(f"\n{failure}")
    print(f"\n{len(chosen)} pairs in {time.monotonic() - started:.0f} s: killed {kills} times, {len(failures)} not finished")
    assert ONLY or kills >= 100
    assert not failures, "\n".join(f"{each.pair}, {each.direction}: {each.what.splitlines()[0]}" for each in failures)
