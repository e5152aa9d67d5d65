"""The cluster works, and nothing of it stays. Run as root: /usr/bin/python3 -m pytest cluster_test.py"""
import json
import os
import re
import signal
import subprocess
import time

import pytest
import yaml

from machine import living, processes_in, run, snapshot
from webhook import patching_webhook

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.environ.get("SLUICE_CACHE", "/var/cache/sluice")
TAG = f"t{os.getpid()}"


class Cluster:
    def __init__(self, suffix, *up_options):
        self.name = f"{TAG}-{suffix}"
        self.state = f"{CACHE}/clusters/{self.name}"
        self.before = snapshot(self.name)
        self.up(*up_options)

    def up(self, *options):
        started = time.monotonic()
        print(self("up", *options).stderr)
        print(f"up: {time.monotonic() - started:.1f} s")
        with open(f"{self.state}/settings", encoding="utf-8") as settings:
            self.settings = dict(line.strip().split("=", 1) for line in settings)
        with open(f"{self.state}/pidns", encoding="utf-8") as pidns:
            self.pidns = pidns.read().strip()

    def __call__(self, command, *arguments, check=True):
        return run(f"{HERE}/cluster", command, "--name", self.name, *arguments, check=check)

    def kubectl(self, *arguments, check=True, **options):
        kubectl = run(f"{HERE}/cluster", "bin").stdout.strip() + "/kubectl"
        return run(kubectl, "--cache-dir", f"{self.state}/kubectl", "--kubeconfig", f"{self.state}/kubeconfig", *arguments, check=check, **options)

    def apply(self, *objects):
        self.kubectl("apply", "-f", "-", input=yaml.safe_dump_all(objects))

    def unshare_pid(self):
        with open(f"{self.state}/pid", encoding="utf-8") as pid:
            return int(pid.read())

    def end_by(self, action):
        """Ends it, and proves that nothing stays."""
        inside = processes_in(self.pidns)
        assert len(inside) > 5
        action()
        self.expect_nothing_left(inside)

    def expect_nothing_left(self, inside=()):
        started = time.monotonic()
        while True:
            now = snapshot(self.name)
            now["processes inside"] = living(inside)
            # Other clusters may come and go meanwhile; their links are not ours.
            ours = self.settings["link"]
            now["links"] = {link for link in now["links"] if not link.startswith("slc") or link == ours}
            left = {what: [thing for thing in things if thing not in self.before.get(what, ())]
                    for what, things in now.items()}
            left = {what: things for what, things in left.items() if things}
            if not left:
                print(f"nothing left after {time.monotonic() - started:.1f} s")
                return
            assert time.monotonic() - started < 60, f"left behind: {json.dumps(left, indent=1)}"
            time.sleep(0.1)


def job(name, script):
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
            "spec": {"backoffLimit": 0, "template": {"spec": {"restartPolicy": "Never", "containers": [
                {"name": "main", "image": "debian:bookworm-slim", "command": ["bash", "-ec", script]}]}}}}


def claim(name, **annotations):
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": name, "annotations": annotations},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}


def service(name, port, **spec):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
            "spec": {"ports": [{"port": port}], **spec}}


@pytest.fixture(scope="module")
def node():
    cluster = Cluster("node")
    archive = run("bash", "-c", f"source {HERE}/lib.sh; echo $images_dir/debian.tar").stdout.strip()
    cluster("load-image", archive)
    yield cluster
    cluster("down")


def finish(cluster, name):
    """The log of a Job that must succeed."""
    done = cluster.kubectl("wait", "--for=condition=complete", f"job/{name}", "--timeout=90s", check=False)
    log = cluster.kubectl("logs", f"job/{name}", check=False).stdout
    assert done.returncode == 0, f"{done.stderr}\n{log}\n" + cluster.kubectl("describe", "pods").stdout
    return log


def test_a_control_plane_serves_and_leaves_nothing():
    cluster = Cluster("cp", "--control-plane")
    cluster.kubectl("create", "configmap", "written-by-the-test")
    with open(f"{cluster.state}/audit.log", encoding="utf-8") as audit:
        assert any(event["verb"] == "create" and event["objectRef"].get("name") == "written-by-the-test"
                   for event in map(json.loads, audit) if "objectRef" in event)
    cluster.end_by(lambda: cluster("down"))
    assert not os.path.exists(cluster.state)
    asked = cluster("kubeconfig", check=False)
    assert asked.returncode == 1 and "no cluster" in asked.stderr and asked.stdout == ""


def test_two_control_planes_side_by_side():
    first, second = Cluster("one", "--control-plane"), Cluster("two", "--control-plane")
    first.kubectl("create", "configmap", "only-in-the-first")
    assert second.kubectl("get", "configmap", "only-in-the-first", check=False).returncode == 1
    for cluster in (first, second):
        cluster("down")
    first.expect_nothing_left()


def test_a_webhook_is_called_at_its_endpoints_without_a_node():
    cluster = Cluster("hook", "--control-plane")
    with patching_webhook(cluster):
        cluster.kubectl("create", "configmap", "to-patch")
        assert '"patched":"yes"' in cluster.kubectl("get", "configmap", "to-patch", "-o", "json").stdout.replace(" ", "")
    cluster("down")


def test_a_job_runs_to_completion(node):
    started = time.monotonic()
    node.apply(job("hello", "echo hello from a pod"))
    assert finish(node, "hello") == "hello from a pod\n"
    print(f"job: {time.monotonic() - started:.1f} s")


def test_services_have_names_in_pods(node):
    node.apply(job("names", "for name in kubernetes kubernetes.default kubernetes.default.svc.cluster.local;"
                            "do getent ahostsv4 $name | head -n1; done; exec 3<>/dev/tcp/kubernetes/443"))
    assert finish(node, "names").count("10.96.0.1 ") == 3
    node.apply(service("newcomer", 80, clusterIP="10.96.7.7"),
               job("late-names", "until getent hosts newcomer; do sleep 0.1; done; ! getent hosts nobody"))
    assert "10.96.7.7" in finish(node, "late-names")


def test_claims_are_bound_and_a_limited_one_fills_up(node):
    pod_job = job("volumes", "echo kept > /normal/file; head -c 20M /dev/zero > /small/file || echo full")
    pod = pod_job["spec"]["template"]["spec"]
    pod["securityContext"] = {"runAsUser": 4242, "runAsNonRoot": True}
    pod["volumes"] = [{"name": n, "persistentVolumeClaim": {"claimName": n}} for n in ("normal", "small")]
    pod["containers"][0]["volumeMounts"] = [{"name": n, "mountPath": f"/{n}"} for n in ("normal", "small")]
    node.apply(claim("normal"), claim("small", **{"sluice.test/size-limit": "8Mi"}), pod_job)
    assert "full" in finish(node, "volumes")
    volumes = f"{node.state}/volumes"
    assert any(os.path.exists(f"{volumes}/{name}/file") for name in os.listdir(volumes))
    node.kubectl("delete", "job/volumes", "pvc/normal", "pvc/small")
    until = time.monotonic() + 60
    while os.listdir(volumes):
        assert time.monotonic() < until, os.listdir(volumes)
        time.sleep(0.2)


def test_exec_and_port_forward_reach_a_pod(node):
    node.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "server"},
                "spec": {"terminationGracePeriodSeconds": 0, "containers": [
                    {"name": "main", "image": "debian:bookworm-slim", "command": [
                        "perl", "-MIO::Socket::INET", "-e",
                        "$s = IO::Socket::INET->new(LocalPort => 8080, Listen => 5);"
                        "while ($c = $s->accept) { print $c qq(served\\n); close $c }"]}]}})
    node.kubectl("wait", "--for=condition=Ready", "pod/server", "--timeout=90s")
    assert node.kubectl("exec", "server", "--", "echo", "inside").stdout == "inside\n"
    kubectl = run(f"{HERE}/cluster", "bin").stdout.strip() + "/kubectl"
    with subprocess.Popen([kubectl, "--cache-dir", f"{node.state}/kubectl", "--kubeconfig", f"{node.state}/kubeconfig", "port-forward",
                           "pod/server", ":8080"], stdout=subprocess.PIPE, text=True) as forward:
        try:
            port = re.search(r":(\d+) ->", forward.stdout.readline()).group(1)
            assert run("bash", "-c", f"head -n1 < /dev/tcp/127.0.0.1/{port}").stdout == "served\n"
        finally:
            forward.kill()


def test_a_webhook_is_called_through_its_service(node):
    with patching_webhook(node):
        node.kubectl("create", "configmap", "to-patch")
        assert '"patched":"yes"' in node.kubectl("get", "configmap", "to-patch", "-o", "json").stdout.replace(" ", "")


def test_killing_unshare_leaves_nothing(node):
    node.end_by(lambda: os.kill(node.unshare_pid(), signal.SIGKILL))
    assert node("kubeconfig", check=False).returncode == 1


def test_up_again_after_a_kill():
    cluster = Cluster("again", "--control-plane")
    os.kill(cluster.unshare_pid(), signal.SIGKILL)
    cluster.up("--control-plane")
    cluster.kubectl("get", "namespaces")
    cluster.end_by(lambda: cluster("down"))


def test_a_cluster_that_cannot_start_says_why():
    name = f"{TAG}-broken"
    environment = {**os.environ, "SLUICE_KUBE_API_QPS": "not-a-number", "SLUICE_UP_DEADLINE": "20"}
    done = subprocess.run([f"{HERE}/cluster", "up", "--name", name, "--control-plane"],
                          capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert "kube-controller-manager" in done.stderr and "not-a-number" in done.stderr
    assert not os.path.exists(f"{CACHE}/clusters/{name}")


def test_an_interrupted_up_leaves_nothing():
    name = f"{TAG}-interrupted"
    before = snapshot(name)
    with subprocess.Popen([f"{HERE}/cluster", "up", "--name", name], stderr=subprocess.PIPE, text=True) as up:
        while not os.path.exists(f"{CACHE}/clusters/{name}/pidns"):
            assert up.poll() is None, up.stderr.read()
            time.sleep(0.05)
        up.send_signal(signal.SIGTERM)
        assert "interrupted" in up.stderr.read()
        assert up.wait() == 130
    assert not os.path.exists(f"{CACHE}/clusters/{name}")
    assert snapshot(name)["cgroups"] == before["cgroups"]
    assert not snapshot(name)["processes"]
