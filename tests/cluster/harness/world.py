"""A namespace of its own for a test: the database, the application and their SchemaMigration."""
import itertools
import os

import yaml

from . import releases
from .database import Database
from .polling import until

counter = itertools.count(1)

# Metadata that the API server and other controllers write.
SERVERS = {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"}
OTHERS = {"deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"}


class World:
    def __init__(self, cluster, operator, purpose):
        self.cluster = cluster
        self.api = cluster.api
        self.operator = operator
        self.namespace = f"{purpose}-{os.getpid()}-{next(counter)}"
        cluster.kubectl("create", "namespace", self.namespace)
        self.database = Database(cluster, self.namespace)

    def end(self):
        self.cluster.kubectl("delete", "namespace", self.namespace, "--wait=false",
                             "--ignore-not-found")

    # What a user does.

    def kubectl(self, *arguments, **options):
        return self.cluster.kubectl(*arguments, namespace=self.namespace, **options)

    def apply(self, objects, mode="client"):
        """client, server: kubectl apply. replace: kubectl replace, and create for what is new; without
        Services, whose address a replace would have to repeat."""
        text = yaml.safe_dump_all(objects)
        if mode == "client":
            return self.kubectl("apply", "-f", "-", input=text)
        if mode == "server":
            return self.kubectl("apply", "--server-side", "-f", "-", input=text)
        there = [item for item in objects
                 if self.api.get(item["kind"], self.namespace, item["metadata"]["name"])]
        new = [item for item in objects if item not in there]
        changed = [item for item in there if item["kind"] != "Service"]
        for verb, group in (("create", new), ("replace", changed)):
            if group:
                self.kubectl(verb, "-f", "-", input=yaml.safe_dump_all(group))

    def start_database(self, password="only-for-a-test"):
        self.apply(releases.with_password(releases.load("database"), password))
        self.database.wait()

    # What can be seen.

    def migration(self, name="trips"):
        return self.api.get("SchemaMigration", self.namespace, name)

    def deployment(self, name="trips-api"):
        return self.api.get("Deployment", self.namespace, name)

    def jobs(self):
        """The runs' Jobs, by name."""
        return sorted(job["metadata"]["name"] for job in self.api.list("Job", self.namespace))

    def condition(self, wanted, name="trips"):
        """{"status", "reason", "message", …}; empty while there is none for the newest spec."""
        return condition_of(self.migration(name), wanted)

    def events(self, kind="SchemaMigration"):
        return [event for event in self.api.list("Event", self.namespace)
                if event["involvedObject"]["kind"] == kind]

    def paused(self, name="trips-api"):
        return self.deployment(name)["spec"].get("paused", False)

    def rolled_out(self, name="trips-api"):
        return is_rolled_out(self.deployment(name))

    # Waiting.

    def until(self, condition, what, timeout=60, every=0.1):
        return until(condition, what, timeout, every, self.diagnosis)

    def until_ready(self, timeout=90, name="trips"):
        self.until(lambda: self.condition("Ready", name).get("status") == "True",
                   f"SchemaMigration {name} is ready", timeout)
        return self.migration(name)

    def until_stalled(self, timeout=90, name="trips"):
        self.until(lambda: self.condition("Stalled", name).get("status") == "True",
                   f"SchemaMigration {name} is stalled", timeout)
        return self.migration(name)

    def until_rolled_out(self, timeout=90, name="trips-api"):
        self.until(lambda: self.rolled_out(name), f"Deployment {name} has rolled out", timeout)

    def diagnosis(self):
        """All that could tell why something did not come about."""
        shown = ["get smig,deployment,job,pod -o wide", "get smig -o yaml", "get events",
                 "logs --selector=sluice.dev/run-of --tail=30 --prefix"]
        parts = []
        for command in shown:
            done = self.kubectl(*command.split(), check=False)
            parts.append(f"--- kubectl {command}\n{done.stdout}{done.stderr}")
        deployment = self.deployment()
        if deployment:
            metadata = deployment["metadata"]
            parts.append(f"--- trips-api: paused {deployment['spec'].get('paused')}, "
                         f"annotations {metadata.get('annotations')}")
        log = self.operator.log("--since=5m").splitlines()
        parts.append("--- operator\n" + "\n".join(line for line in log[-400:]
                                                  if self.namespace in line or '"namespace"' not in line))
        return "\n".join(parts)

    def as_written(self, name="trips-api"):
        """What the owner's manifest makes of the live Deployment where nothing gates it, and what it
        is: two pairs of (annotations, spec) to compare."""
        live = self.deployment(name)
        return facts_of(live)


def facts_of(deployment):
    """All of a Deployment that its owner, or Sluice, could have written."""
    metadata = {key: value for key, value in deployment["metadata"].items() if key not in SERVERS}
    metadata["annotations"] = {key: value for key, value in metadata.get("annotations", {}).items()
                               if key not in OTHERS}
    return metadata, deployment["spec"]


def condition_of(migration, wanted):
    if migration is None:
        return {}
    status = migration.get("status", {})
    if status.get("observedGeneration") != migration["metadata"]["generation"]:
        return {}
    for condition in status.get("conditions", ()):
        if condition["type"] == wanted:
            return condition
    return {}


def is_rolled_out(deployment):
    status, spec = deployment.get("status", {}), deployment["spec"]
    return (not spec.get("paused") and
            status.get("observedGeneration") == deployment["metadata"]["generation"] and
            status.get("updatedReplicas") == spec["replicas"] == status.get("replicas") ==
            status.get("availableReplicas"))
