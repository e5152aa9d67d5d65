"""The cluster that ctest's fixture has brought up (or, by hand, the one that $SLUICE_TEST_CLUSTER names),
and namespaces in it."""
import os

import pytest

from harness.cluster import Cluster, Operator
from harness.world import World


@pytest.fixture(scope="session")
def cluster():
    return Cluster(os.environ.get("SLUICE_TEST_CLUSTER", "test"))


@pytest.fixture(scope="session")
def operator(cluster):
    return Operator(cluster)


@pytest.fixture
def empty_world(cluster, operator, request):
    """A namespace."""
    name = request.node.originalname.removeprefix("test_").replace("_", "-")
    made = World(cluster, operator, name[:40].rstrip("-"))
    yield made
    made.end()


@pytest.fixture
def world(empty_world):
    """A namespace with a running database in it."""
    empty_world.start_database()
    return empty_world
