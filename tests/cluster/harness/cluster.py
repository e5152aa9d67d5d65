"""A running test cluster, as the tests see it."""
import glob
import os
import signal
import subprocess

from .api import Api
from .audit import AuditLog

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CHECKOUT = os.path.dirname(os.path.dirname(HERE))
CACHE = os.environ.get("SLUICE_CACHE", "/var/cache/sluice")


class CommandFailed(AssertionError):
    pass


def run(*command, check=True, **options):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False,
                          **options)
    if check and done.returncode != 0:
        raise CommandFailed(f"{' '.join(command)} ended with {done.returncode}:\n"
                            f"{done.stdout}{done.stderr}")
    return done


class Cluster:
    def __init__(self, name):
        self.name = name
        self.state = f"{CACHE}/clusters/{name}"
        with open(f"{self.state}/settings", encoding="utf-8") as settings:
            self.settings = dict(line.strip().split("=", 1) for line in settings)
        self.kubeconfig = f"{self.state}/kubeconfig"
        self.environment = {**os.environ, "KUBECONFIG": self.kubeconfig}
        self.binary = run(f"{HERE}/cluster", "bin").stdout.strip() + "/kubectl"
        self.api = Api(self.settings["node_ip"], f"{self.state}/pki")
        self.audit = AuditLog(f"{self.state}/audit.log")

    def kubectl(self, *arguments, namespace=None, check=True, **options):
        where = ("--namespace", namespace) if namespace else ()
        return run(self.binary, *where, *arguments, check=check, env=self.environment, **options)

    def helm(self, *arguments, check=True):
        return run(f"{HERE}/helm", *arguments, check=check, env=self.environment)

    def inside(self, *command, environment=None, check=True, **options):
        """Runs a program of this machine in the cluster's namespaces and network."""
        return run(f"{HERE}/cluster", "exec", "--name", self.name, "--", *command, check=check,
                   env={**self.environment, **(environment or {})}, **options)

    def processes(self, *wanted):
        """The pids, as this machine sees them, of containers' processes with such arguments."""
        mark = f"/{self.settings['cgroup']}/"
        found = []
        for directory in glob.glob("/proc/[0-9]*"):
            try:
                with open(f"{directory}/cmdline", "rb") as file:
                    arguments = file.read().decode(errors="replace").split("\0")
                if not set(wanted) <= set(arguments):
                    continue
                with open(f"{directory}/cgroup", encoding="utf-8") as file:
                    if mark in file.read():
                        found.append(int(directory.split("/")[2]))
            except (OSError, ValueError):
                continue
        return found

    def volume_directory(self, namespace, claim):
        volume = self.api.get("PersistentVolumeClaim", namespace, claim)["spec"]["volumeName"]
        return f"{self.state}/volumes/{volume}"


class Operator:
    """The operator's process in a cluster, and what Helm made of the chart."""
    namespace = "sluice-system"
    release = "sluice"
    account = "system:serviceaccount:sluice-system:sluice"

    def __init__(self, cluster):
        self.cluster = cluster

    def install(self, *options):
        self.cluster.helm("upgrade", "--install", self.release, f"{CHECKOUT}/charts/sluice",
                          "--namespace", self.namespace, "--create-namespace", "--wait",
                          "--timeout", "120s", *options)

    def install_again(self):
        """As the cluster's fixture did."""
        self.install("--set", "image.tag=dev")

    def uninstall(self):
        self.cluster.helm("uninstall", self.release, "--namespace", self.namespace,
                          "--timeout", "120s")

    def pid(self):
        """None while it is not there."""
        found = self.cluster.processes("sluice-operator", "run")
        return found[0] if found else None

    def signal(self, number=signal.SIGKILL):
        pid = self.pid()
        if pid is not None:
            os.kill(pid, number)
        return pid

    def memory(self):
        """VmRSS and VmHWM in KiB."""
        with open(f"/proc/{self.pid()}/status", encoding="utf-8") as file:
            facts = dict(line.split(":", 1) for line in file)
        return {name: int(facts[name].split()[0]) for name in ("VmRSS", "VmHWM")}

    def pods(self):
        return self.cluster.api.list("Pod", self.namespace, "app.kubernetes.io/name=sluice")

    def ready(self):
        return any(condition["type"] == "Ready" and condition["status"] == "True"
                   for pod in self.pods() if "deletionTimestamp" not in pod["metadata"]
                   for condition in pod["status"].get("conditions", ()))

    def log(self, *options):
        return self.cluster.kubectl("logs", "--tail=-1", "--selector=app.kubernetes.io/name=sluice",
                                    *options, namespace=self.namespace, check=False).stdout
