"""What it costs: measured and printed, and asserted only where time plays no part."""
import json
import os
import statistics
import time

import pytest

from harness import releases
from harness.polling import until
from harness.world import World

QUIET_SECONDS = 20


@pytest.fixture(scope="module")
def world(cluster, operator):
    made = World(cluster, operator, "speed")
    made.start_database()
    made.apply(releases.smaller(releases.load("1")))
    made.until_ready()
    made.until_rolled_out()
    yield made
    made.end()


@pytest.fixture(scope="module")
def figures():
    """{what: figure}; told when the last test is done, also in the file that $SLUICE_FIGURES names."""
    collected = {}
    yield collected
    block = "".join(f"  {what:58} {figure}\n" for what, figure in collected.items())
    print(f"\nSpeed and size, as measured by this run\n{block}")
    if "SLUICE_FIGURES" in os.environ:
        with open(os.environ["SLUICE_FIGURES"], "w", encoding="utf-8") as file:
            file.write(block)


def restart(operator):
    for pod in operator.pods():
        operator.cluster.kubectl("delete", "pod", pod["metadata"]["name"], namespace=operator.namespace)
    until(operator.ready, "the operator is ready again")


def test_it_is_ready_again_after_a_restart(world, operator, figures):
    restart(operator)
    lines = [json.loads(line) for line in operator.log().splitlines() if line.startswith("{")]
    assert any(line.get("msg") == "started" or line.get("message") == "started" for line in lines)
    figures["operator: process start to /readyz"] = ready_after(world, operator)


def ready_after(world, operator):
    """A second operator's worth of measuring: asks /readyz from the moment the process is there."""
    pod = operator.pods()[0]["metadata"]["name"]
    operator.cluster.kubectl("delete", "pod", pod, "--wait=false", namespace=operator.namespace)
    pid = until(lambda: (new := operator.pid()) and new_pod(operator, pod) and new,
                "a new process", every=0.005)
    started = time.monotonic()
    address = until(lambda: next((item["status"].get("podIP") for item in operator.pods()
                                  if item["metadata"]["name"] != pod), None), "it has an address",
                    every=0.01)
    world.cluster.inside("bash", "-c", f"until curl -sf http://{address}:8080/readyz; do sleep 0.01; done",
                         timeout=60)
    took = time.monotonic() - started
    until(operator.ready, "the operator is ready again")
    return f"{took * 1000:.0f} ms (process {pid})"


def new_pod(operator, old):
    return all(pod["metadata"]["name"] != old for pod in operator.pods())


def test_memory_with_one_migration(world, operator, figures):
    time.sleep(2)
    memory = operator.memory()
    assert memory["VmRSS"] > 0
    figures["operator: resident memory, now and at most"] = \
        f"{memory['VmRSS'] / 1024:.1f} MiB, {memory['VmHWM'] / 1024:.1f} MiB"


def test_a_steady_state_makes_no_writes(world, cluster, operator, figures):
    mark = cluster.audit.mark()
    time.sleep(QUIET_SECONDS)
    assert cluster.audit.writes(mark, user=operator.account) == []
    asked = cluster.audit.since(mark, user=operator.account)
    figures[f"operator: requests in {QUIET_SECONDS} s at rest (writes: none)"] = len(asked)


def test_from_change_to_job_and_from_completion_to_release(world, cluster, operator, figures):
    objects = releases.smaller(releases.load("1"))
    to_job, to_release, whole = [], [], []
    for number in range(4):
        identifier = f"5beed000000{number}"
        objects = releases.one_more(objects, identifier, f"ALTER TABLE trips ADD COLUMN s{number} int;")
        mark = cluster.audit.mark()
        world.apply(objects)
        world.until_ready()
        world.until(lambda: not world.paused(), "the workload is released")
        made = cluster.audit.since(mark, namespace=world.namespace)
        changed = [request.done for request in made if request.resource == "schemamigrations"
                   and request.verb == "patch" and request.user != operator.account]
        job = [request for request in made if request.resource == "jobs" and request.code == 201]
        assert len(job) == 1
        # The kubelet's last word on the run's pod before the release is that it has ended.
        ended = [request.done for request in made if request.resource == "pods" and
                 request.subresource == "status" and request.user.startswith("system:node") and
                 request.name.startswith(job[0].name)]
        released = [request.done for request in made if request.resource == "deployments" and
                    request.user == operator.account and request.verb == "patch"]
        assert len(released) == 1
        to_job.append(job[0].done - changed[0])
        to_release.append(released[0] - max(moment for moment in ended if moment < released[0]))
        whole.append(released[0] - changed[0])
    for what, taken in (("change of the SchemaMigration to Job created", to_job),
                        ("end of the run's pod to Deployment released", to_release),
                        ("change of the SchemaMigration to Deployment released", whole)):
        figures[what] = f"median {statistics.median(taken) * 1000:.0f} ms, most {max(taken) * 1000:.0f} ms"


def test_an_upgrade_with_nothing_to_do(world, cluster, figures):
    """The command line beside the database, so that nothing but itself is measured."""
    pod = f"upgrade-{world.namespace}"[:60]
    source = releases.pick(world_release(world), "ConfigMap")
    overrides = {"spec": {"restartPolicy": "Never", "containers": [{
        "name": "main", "image": "sluice.dev/sluice:dev", "imagePullPolicy": "IfNotPresent",
        "command": ["bash", "-c", "for i in {1..12}; do s=$EPOCHREALTIME; sluice upgrade head --dir /r "
                    ">/dev/null || exit; echo $(( ${EPOCHREALTIME/./} - ${s/./} )); done"],
        "env": [{"name": "DATABASE_URL",
                 "valueFrom": {"secretKeyRef": {"name": "trips-db", "key": "url"}}}],
        "volumeMounts": [{"name": "r", "mountPath": "/r"}]}],
        "volumes": [{"name": "r", "configMap": {"name": source["metadata"]["name"]}}]}}
    world.kubectl("run", pod, "--image=none", "--restart=Never", "--overrides", json.dumps(overrides))
    world.until(lambda: world.api.get("Pod", world.namespace, pod)["status"]["phase"]
                in ("Succeeded", "Failed"), "the upgrades are done")
    told = world.kubectl("logs", pod).stdout.split()
    assert len(told) == 12, told
    figures["sluice upgrade with nothing to do (over TCP)"] = \
        f"median {statistics.median(map(int, told)) / 1000:.0f} ms of 12"


def world_release(world):
    """The source that the live SchemaMigration names."""
    name = world.migration()["spec"]["revisions"]["from"]["configMaps"][0]["name"]
    return [{"kind": "ConfigMap", **world.api.get("ConfigMap", world.namespace, name)}]
