"""Small releases with one mistake each, side by side in one namespace and one PostgreSQL: each has a
database, a Secret, a volume claim, a ConfigMap, a SchemaMigration and a Deployment of its own."""
import dataclasses
from typing import Callable, Sequence

from . import releases

PASSWORD = "only-for-a-test"
FIRST, SECOND = "a11ce0000001", "a11ce0000002"


class Objects(dict):
    """What one release applies, by what a change to it would name."""

    def list(self):
        return [item for item in self.values() if item is not None]


@dataclasses.dataclass
class Mistake:
    name: str
    reason: str
    words: Sequence[str]  # what the message says
    make: Callable[[Objects], None]
    waits: bool = False     # Reconciling, and tried again without end; else Stalled
    migrates: bool = False  # the migration itself is not held up by it
    held: bool = True       # the new version of the Deployment is


def url(name, host="trips-db", port=5432, password=PASSWORD):
    return f"postgresql://trips:{password}@{host}:{port}/{database(name)}"


def database(name):
    return name.replace("-", "_")


def pods(version, annotations):
    """A pod that does nothing, and ends when it is told to."""
    return {"metadata": {"labels": {"app": "x", "version": version}, "annotations": annotations},
            "spec": {"terminationGracePeriodSeconds": 1, "automountServiceAccountToken": False,
                     "containers": [{"name": "main", "image": "sluice.test/pause:1",
                                     "imagePullPolicy": "IfNotPresent"}]}}


def workload(name, template, labels, kind="Deployment"):
    template["metadata"]["labels"]["app"] = name
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template}
    if kind == "StatefulSet":
        spec["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "labels": labels},
            "spec": spec}


def before(name):
    """The application as it ran before anybody heard of Sluice."""
    return workload(name, pods("1", {}), {})


def right(name):
    """The release as it should be."""
    files = {"1_first.sql": releases.revision(FIRST, "", "CREATE TABLE first (id int);"),
             "2_second.sql": releases.revision(SECOND, FIRST, "CREATE TABLE second (id int);")}
    return Objects(
        secret={"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name},
                "stringData": {"url": url(name)}},
        claim={"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name},
               "spec": {"accessModes": ["ReadWriteOnce"],
                        "resources": {"requests": {"storage": "1Gi"}}}},
        source={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": files},
        migration={"apiVersion": "sluice.dev/v1alpha1", "kind": "SchemaMigration",
                   "metadata": {"name": name}, "spec": {
                       "database": {"urlFrom": {"name": name, "key": "url"}},
                       "revisions": {"from": {"configMaps": [{"name": name}]}},
                       "gate": {"workloads": [{"kind": "Deployment", "name": name}]},
                       "backup": {"volume": {"persistentVolumeClaim": {"claimName": name}}}}},
        workload=workload(name, pods("2", {"sluice.dev/requires": SECOND}),
                          {"sluice.dev/gated": "true"}))


def files_of(objects):
    return objects["source"]["data"]


def drop(what):
    def change(objects):
        objects[what] = None
    return change


def put(what, *path, value):
    def change(objects):
        place = objects[what]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    return change


def file(name, text):
    return lambda objects: files_of(objects).update({name: text})


def cycle(objects):
    files_of(objects)["1_first.sql"] = releases.revision(FIRST, SECOND, "SELECT 1;")


def no_label(objects):
    objects["workload"]["metadata"]["labels"] = {}


def stateful_set(objects):
    name = objects["migration"]["metadata"]["name"]
    objects["migration"]["spec"]["gate"]["workloads"] = [{"kind": "StatefulSet", "name": name}]


def broken_url(**parts):
    def change(objects):
        name = objects["secret"]["metadata"]["name"]
        objects["secret"]["stringData"]["url"] = url(name, **parts)
    return change


MISTAKES = [
    Mistake("secret-missing", "SecretMissing", ['Secret "secret-missing"', "create it"],
            drop("secret"), waits=True),
    Mistake("key-missing", "SecretMissing", ['Secret "key-missing", key "url"', "create it"],
            put("secret", "stringData", value={"uri": "x"}), waits=True),
    Mistake("wrong-password", "AuthenticationFailed", ["correct the user or the password"],
            broken_url(password="wrong"), waits=True),
    Mistake("unknown-host", "DatabaseUnreachable", ["nowhere.invalid", "check host and port"],
            broken_url(host="nowhere.invalid"), waits=True),
    Mistake("closed-port", "DatabaseUnreachable", ["check host and port"],
            broken_url(host="127.0.0.1", port=9), waits=True),
    Mistake("source-missing", "SourceMissing", ["ConfigMap source-missing", "does not exist"],
            drop("source"), waits=True),
    Mistake("source-empty", "SourceEmpty", ["<id>_<slug>.sql"], put("source", "data", value={})),
    Mistake("no-header", "RevisionInvalid", ["3_third.sql:1", "-- migrate:up"],
            file("3_third.sql", "CREATE TABLE third (id int);\n")),
    Mistake("two-of-one-id", "RevisionDuplicate", ["2_second.sql", "3_third.sql", "remove one"],
            file("3_third.sql", releases.revision(SECOND, FIRST, "SELECT 1;"))),
    Mistake("cycle", "RevisionCycle", [FIRST, SECOND, "must revise an earlier revision"], cycle),
    Mistake("unknown-target", "TargetUnknown", ["deadbeef", "name an id"],
            put("migration", "spec", "revisions", "target", value="deadbeef")),
    Mistake("claim-missing", "VolumeMissing", ["claim-missing", "create the PersistentVolumeClaim"],
            drop("claim"), waits=True),
    Mistake("volume-full", "BackupVolumeFull", ['"volume-full"', "enlarge it"],
            put("claim", "metadata", "annotations", value={"sluice.test/size-limit": "64Ki"}),
            waits=True),
    Mistake("no-workload", "WorkloadMissing", ["Deployment no-workload does not exist"],
            drop("workload"), waits=True, migrates=True, held=False),
    Mistake("not-labelled", "NotLabelled", ["sluice.dev/gated", "add the label"], no_label,
            migrates=True, held=False),
    Mistake("requires-unknown", "RevisionUnknown", ["deadbeef0000", "add it to the source"],
            put("workload", "spec", "template", "metadata", "annotations",
                value={"sluice.dev/requires": "deadbeef0000"}), migrates=True),
    Mistake("stateful-set", "PauseNotPossible", ["StatefulSet stateful-set", "take it out"],
            stateful_set),
    Mistake("not-acted-on", "Unsupported", ["spec.safety.approval"],
            put("migration", "spec", "safety", value={"approval": "Always"})),
]
