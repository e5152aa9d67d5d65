"""Every pair of pairs/, in both directions. SLUICE_ORACLE_ONLY: those whose name has this in it."""
import concurrent.futures
import os
import time

import oracle
import pairs
from gaps import GAPS
from server import Server

ONLY = os.environ.get("SLUICE_ORACLE_ONLY", "")


def test_pairs_there_and_back():
    chosen = pairs.load(ONLY)
    server, started, failures, passed, filled = Server(), time.monotonic(), [], set(), oracle.Filled()
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for pair, (failure, rows) in zip(chosen, pool.map(lambda pair: oracle.check(server, pair), chosen)):
                filled += rows
                if failure:
                    failures.append(failure)
                else:
                    passed.add(pair.name)
    finally:
        server.stop()
    wrong = [failure for failure in failures if failure.pair not in GAPS]
    for failure in wrong:
        print(f"\n{failure}")
    gaps = [pair.name for pair in chosen if pair.name in GAPS]
    print(f"\n{len(chosen)} pairs there and back in {time.monotonic() - started:.0f} s: {len(passed)} pass, {len(wrong)} fail, "
          f"{len(gaps)} known gaps; {filled}")
    for name in gaps:
        print(f"  gap: {name}: {GAPS[name]}")
    assert ONLY or len(chosen) >= 250
    # A few tables can have no rows; without rows nothing shows what the SQL loses.
    assert ONLY or (filled.tables >= 400 and filled.empty <= filled.tables // 20), f"{filled}"
    others = ("seed ", "applications/", "regression")
    assert {name for name in GAPS if not name.startswith(others)} <= {pair.name for pair in pairs.load()}, "a gap that is no pair"
    assert not passed & set(GAPS), f"no gaps any more: {sorted(passed & set(GAPS))}"
    assert not wrong, "\n".join(f"{failure.pair}, {failure.direction}: {failure.what.splitlines()[0]}" for failure in wrong)
