"""Random revision graphs, states that a database can be in, and targets. All from a seed."""
import random


class Node:
    def __init__(self, id_, revises, depends_on, labels):
        self.id, self.revises, self.depends_on, self.labels = id_, revises, depends_on, labels


class Graph:
    """Nodes in the order of their making, each after what it needs."""

    def __init__(self, nodes):
        self.nodes = nodes
        self.by_id = {node.id: node for node in nodes}
        self.labels = [label for node in nodes for label in node.labels]
        carrier = {label: node.id for node in nodes for label in node.labels}
        self.parents = {node.id: set(node.revises) | {carrier.get(name, name) for name in node.depends_on}
                        for node in nodes}

    def closure(self, ids):
        seen, todo = set(), list(ids)
        while todo:
            id_ = todo.pop()
            if id_ not in seen:
                seen.add(id_)
                todo.extend(self.parents.get(id_, ()))
        return seen

    def tips(self, ids):
        needed = {parent for id_ in ids for parent in self.parents[id_]}
        return [node.id for node in self.nodes if node.id in ids and node.id not in needed]


def make_id(rng, taken):
    while True:
        # Few letters, so that prefixes collide; some ids too short to be found by a prefix.
        id_ = "".join(rng.choice("abc1") for _ in range(rng.choice([3, 5, 6, 12])))
        if id_ not in taken:
            taken.add(id_)
            return id_


def make_graph(rng):
    size = rng.randint(1, 12)
    line_like, merging, rooting, depending, labelling = (
        rng.random(), rng.random() * 0.4, rng.random() * 0.25, rng.random() * 0.3, rng.random() * 0.4)
    taken, nodes = set(), []
    for _ in range(size):
        id_ = make_id(rng, taken)
        earlier = [node.id for node in nodes]
        heads = [node.id for node in nodes if all(node.id not in other.revises for other in nodes)]
        revises = []
        if earlier and rng.random() >= rooting:
            revises = [rng.choice(heads if rng.random() < line_like else earlier)]
            if rng.random() < merging:
                revises = rng.sample(heads if len(heads) > 1 else earlier, min(2, len(earlier)))
        labels = []
        if rng.random() < labelling:
            labels = ["".join(rng.choice("xyab") for _ in range(rng.choice([3, 5, 6])))]
            labels = [label for label in labels if label not in taken]
            taken.update(labels)
        depends_on = []
        while earlier and len(depends_on) < 2 and rng.random() < depending:
            other = rng.choice(nodes)
            names = other.labels + [other.id]
            if other.id in revises or set(names) & set(depends_on):
                break
            depends_on.append(rng.choice(names))
        nodes.append(Node(id_, revises, depends_on, labels))
    return Graph(nodes)


def make_state(rng, graph):
    """Heads as Alembic's version table would hold them: of a set that holds all it needs."""
    ids = [node.id for node in graph.nodes]
    applied = graph.closure(rng.sample(ids, rng.choice([0, 1, 1, 1, 2, 3, len(ids)]) % (len(ids) + 1)))
    heads = graph.tips(applied)
    rng.shuffle(heads)
    return heads


def make_target(rng, graph):
    ids = [node.id for node in graph.nodes]

    def name():
        kind = rng.random()
        if kind < 0.55:
            return rng.choice(ids)
        if kind < 0.75:
            id_ = rng.choice(ids)
            return id_[: rng.randint(1, len(id_))]
        if kind < 0.85 and graph.labels:
            label = rng.choice(graph.labels)
            return label[: rng.randint(1, len(label))] if rng.random() < 0.3 else label
        return rng.choice(["head", "heads", "base", "nothere", "head", "base"])

    def branch():
        if graph.labels and rng.random() < 0.6:
            label = rng.choice(graph.labels)
            return label[: rng.randint(1, len(label))] if rng.random() < 0.1 else label
        return rng.choice(ids) if rng.random() < 0.95 else "nobody"

    def step():
        return rng.choice(["+", "-"]) + str(rng.choice([0, 1, 1, 1, 2, 2, 3, 4, 20]))

    return rng.choice([
        lambda: name(), lambda: name(), lambda: name(),
        lambda: step(), lambda: step(),
        lambda: name() + step(), lambda: name() + step(),
        lambda: branch() + "@" + name(), lambda: branch() + "@" + rng.choice(["head", "heads", "base"]),
        lambda: branch() + "@" + step(), lambda: branch() + "@" + step(),
        lambda: branch() + "@" + name() + step(),
        lambda: branch() + "@" + rng.choice(["head", "base", "heads"]) + step(),
    ])()


def make_all(seed, graphs, targets):
    """Yields (graph, [(heads, down, target)])."""
    for number in range(graphs):
        rng = random.Random(f"{seed}/{number}")
        graph = make_graph(rng)
        yield graph, [(make_state(rng, graph), rng.random() < 0.5, make_target(rng, graph))
                      for _ in range(targets)]
