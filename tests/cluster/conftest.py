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
def world(cluster, operator, request):
    """A namespace with a running database in it."""
    made = World(cluster, operator, request.node.originalname.replace("_", "-")[:40].rstrip("-"))
    made.start_database()
    yield made
    made.end()
