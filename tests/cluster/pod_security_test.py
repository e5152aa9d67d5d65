"""The checker of pod_security.py, and what it says of the chart and the examples."""

import copy
import hashlib
import json
import pathlib
import subprocess

import pytest
import yaml

import pod_security

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASES = sorted((ROOT / "examples/quickstart").glob("release-*.yaml"))
RESTRICTED = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "volumes": [{"name": "tmp", "emptyDir": {}}],
    "containers": [{
        "name": "one",
        "ports": [{"containerPort": 80}],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }],
}


def test_a_restricted_pod_has_no_violation():
    assert pod_security.violations(RESTRICTED) == []


@pytest.mark.parametrize("path, value, expected", [
    ("hostNetwork", True, "hostNetwork is true"),
    ("hostPID", True, "hostPID is true"),
    ("volumes.0", {"name": "v", "hostPath": {"path": "/"}}, "volume v is a hostPath"),
    ("securityContext.runAsUser", 0, "the pod runs as user 0"),
    ("securityContext.runAsNonRoot", False, "the pod sets runAsNonRoot: false"),
    ("securityContext.runAsNonRoot", None, "container one may run as root"),
    ("securityContext.seccompProfile", None, "container one has no seccompProfile"),
    ("securityContext.seccompProfile.type", "Unconfined", "the pod has seccompProfile Unconfined"),
    ("securityContext.sysctls", [{"name": "kernel.msgmax"}], "sysctl kernel.msgmax is set"),
    ("securityContext.seLinuxOptions", {"role": "r"}, "the pod sets seLinuxOptions"),
    ("containers.0.securityContext", None, "container one allows privilege escalation"),
    ("containers.0.securityContext.privileged", True, "container one is privileged"),
    ("containers.0.securityContext.runAsUser", 0, "container one runs as user 0"),
    ("containers.0.securityContext.procMount", "Unmasked", "container one sets procMount"),
    ("containers.0.securityContext.capabilities.drop", ["CHOWN"], "container one does not drop ALL capabilities"),
    ("containers.0.securityContext.capabilities.add", ["SYS_TIME"], "container one adds capabilities SYS_TIME"),
    ("containers.0.ports.0.hostPort", 80, "container one uses a hostPort"),
    ("containers.0.livenessProbe", {"httpGet": {"host": "x"}}, "container one has a probe or a hook with a host"),
    ("initContainers", [{"name": "first"}], "container first does not drop ALL capabilities"),
    ("ephemeralContainers", [{"name": "debug"}], "container debug allows privilege escalation"),
])
def test_a_pod_that_is_not_restricted_is_told_so(path, value, expected):
    spec = copy.deepcopy(RESTRICTED)
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    holder = spec
    for step in parents:
        holder = holder[step]
    if value is None:
        del holder[last]
    else:
        holder[last] = value
    assert expected in pod_security.violations(spec)


def test_pods_are_found_in_every_kind_that_holds_them():
    template = {"metadata": {}, "spec": RESTRICTED}
    objects = [
        {"kind": "Pod", "metadata": {"name": "p"}, "spec": RESTRICTED},
        {"kind": "Deployment", "metadata": {"name": "d"}, "spec": {"template": template}},
        {"kind": "CronJob", "metadata": {"name": "c"},
         "spec": {"jobTemplate": {"spec": {"template": template}}}},
        {"kind": "PodList", "items": [{"metadata": {"name": "l"}, "spec": RESTRICTED}]},
        {"kind": "ConfigMap", "metadata": {"name": "m"}},
        None,
    ]
    assert [who for who, _, _ in pod_security.pods_in(objects)] == [
        "Pod p", "Deployment d", "CronJob c", "Pod l"]


def documents(path):
    return list(yaml.safe_load_all(path.read_text()))


@pytest.mark.parametrize("values", [[], ["--set", "watchNamespaces={a,b}"]])
def test_the_charts_pods_are_restricted(values):
    rendered = subprocess.run(
        [ROOT / "tests/cluster/helm", "template", "sluice", ROOT / "charts/sluice", *values],
        check=True, capture_output=True, text=True).stdout
    objects = list(yaml.safe_load_all(rendered))
    assert len(list(pod_security.pods_in(objects))) == 2
    assert pod_security.all_violations(objects) == []


EXAMPLES = sorted((ROOT / "examples").glob("**/*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_pods_are_restricted(path):
    assert pod_security.all_violations(documents(path)) == []


def test_every_example_but_the_schema_alone_has_pods():
    without = [path.name for path in EXAMPLES if not list(pod_security.pods_in(documents(path)))]
    assert without == ["schema.yaml"]


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.name)
def test_a_release_names_the_revisions_that_it_brings(path):
    by_kind = {one["kind"]: one for one in documents(path)}
    files = by_kind["ConfigMap"]["data"]
    content = json.dumps(files, sort_keys=True, separators=(",", ":")).encode()
    name = "trips-revisions-" + hashlib.sha256(content).hexdigest()[:10]
    assert by_kind["ConfigMap"]["metadata"]["name"] == name
    migration = by_kind["SchemaMigration"]
    assert migration["spec"]["revisions"]["from"]["configMaps"] == [{"name": name}]
    deployment = by_kind["Deployment"]
    assert deployment["metadata"]["labels"]["sluice.dev/gated"] == "true"
    required = deployment["spec"]["template"]["metadata"]["annotations"]["sluice.dev/requires"]
    assert list(files)[-1].startswith(required + "_")
    gated = migration["spec"]["gate"]["workloads"]
    assert gated == [{"kind": "Deployment", "name": deployment["metadata"]["name"]}]
