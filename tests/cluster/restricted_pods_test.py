"""Every pod that runs meets the restricted standard, as the API server has it in the end."""
import pytest

from harness import releases
from pod_security import all_violations


@pytest.fixture
def released(world):
    world.apply(releases.smaller(releases.load("1")))
    world.until_ready()
    world.until_rolled_out()
    return world


def test_the_operators_pod(operator):
    pods = [{"kind": "Pod", **pod} for pod in operator.pods()]
    assert pods and all_violations(pods) == []


def test_the_pods_of_a_run_the_application_and_the_database(released):
    pods = [{"kind": "Pod", **pod} for pod in released.api.list("Pod", released.namespace)]
    assert any("sluice.dev/run-of" in pod["metadata"]["labels"] for pod in pods)
    assert len(pods) >= 3 and all_violations(pods) == []


def test_a_runs_pod_has_no_token(released):
    runs = released.api.list("Pod", released.namespace, "sluice.dev/run-of")
    for pod in runs:
        assert pod["spec"]["automountServiceAccountToken"] is False
        mounts = [mount["mountPath"] for container in pod["spec"]["containers"]
                  for mount in container["volumeMounts"]]
        assert not any("serviceaccount" in mount for mount in mounts)


def test_the_operator_may_not_read_secrets(released, operator):
    for verb in ("get", "list", "watch"):
        told = released.kubectl("auth", "can-i", verb, "secrets", "--as", operator.account, check=False)
        assert told.stdout.strip() == "no", verb
