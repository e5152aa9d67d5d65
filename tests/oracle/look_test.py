"""`heads`, `branches` and `history` list what Alembic lists, on random graphs."""
import collections
import concurrent.futures
import json
import random
import traceback
import warnings

import alembic_oracle
import graphs
import sluice
from alembic.script.revision import RevisionError

GRAPHS = 120
RANGES = 6
UNSORTED = object()


def listed(directory, *words):
    answer = json.loads(sluice.run([*words, "--dir", str(directory), "--output", "json"]).stdout)
    return answer if "error" in answer else [each["revision"] for each in answer["revisions"]]


def make_range(rng, graph):
    """Both ends absolute, or one of them relative to the other; Alembic does not know `current`
    without a database."""
    ids = [node.id for node in graph.nodes]

    def name():
        return rng.choice(ids + ids + graph.labels + ["head", "heads"])

    return rng.choice([
        lambda: (name(), name()), lambda: ("", name()), lambda: (name(), ""), lambda: ("base", name()),
        lambda: (rng.choice(ids), "+" + str(rng.randint(1, 3))),
    ])()


def history(graph, start, end):
    """As ScriptDirectory.walk_revisions() asks; None: refused; UNSORTED: Alembic had the revisions, and
    its own check of the order that it makes of them failed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return [revision.revision for revision in alembic_oracle.revision_map(graph).iterate_revisions(
                end or "heads", start or "base", inclusive=True, assert_relative_length=False)]
        except AssertionError as error:
            return UNSORTED if traceback.extract_tb(error.__traceback__)[-1].line == "assert not todo" else None
        except RevisionError:
            return None


def compare(case):
    graph, directory, ranges = case
    map_ = alembic_oracle.revision_map(graph)
    branchpoints = {node.id for node in graph.nodes if map_.get_revision(node.id).is_branch_point}
    pairs = [
        ("heads", set(listed(directory, "heads")), set(map_.heads)),
        ("heads", set(listed(directory, "heads", "--resolve-dependencies")),
         {revision.revision for revision in map_.get_revisions("heads")}),
        ("branches", set(listed(directory, "branches")), branchpoints),
    ]
    for start, end in ranges:
        expected = history(graph, start, end)
        answer = listed(directory, "history", "-r", f"{start}:{end}")
        if isinstance(answer, dict):
            answer = None
        text = f"history {start}:{end}"
        if expected is UNSORTED:
            pairs.append(("unsorted", answer is None, False))
        elif expected is None or answer is None:
            pairs.append((text, answer, expected))
        else:
            pairs.append((text, set(answer), set(expected)))
            newer = set()
            for id_ in answer:
                pairs.append(("order of " + text, graph.parents[id_] & newer, set()))
                newer.add(id_)
    return directory.name, pairs


def test_lists_are_alembics(tmp_path):
    cases = []
    for number in range(GRAPHS):
        rng = random.Random(f"look/{number}")
        graph = graphs.make_graph(rng)
        directory = tmp_path / f"graph{number}"
        sluice.write(graph, directory)
        cases.append((graph, directory, [make_range(rng, graph) for _ in range(RANGES)]))
    counts, wrong = collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, pairs in pool.map(compare, cases):
            for what, answer, expected in pairs:
                counts["refused" if expected is None else what.split()[0]] += 1
                if answer != expected:
                    wrong.append(f"{name}: {what}: Sluice {answer}, Alembic {expected}")
    print(f"\ncompared {sum(counts.values())} lists on {GRAPHS} graphs with Alembic: {dict(counts)}")
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:20])
    assert counts["history"] > 300
    assert counts["unsorted"] < counts["history"] / 50
