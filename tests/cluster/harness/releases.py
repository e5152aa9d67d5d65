"""The quickstart's manifests, as objects that a test may change before it applies them."""
import copy
import hashlib
import json
import os

import yaml

from .cluster import CHECKOUT

QUICKSTART = os.path.join(CHECKOUT, "examples", "quickstart")
FILES = {"database": "database.yaml", "1": "release-1.yaml", "2": "release-2.yaml",
         "3-broken": "release-3-broken.yaml", "3-fixed": "release-3-fixed.yaml"}

# What the releases bring, in the quickstart's own words.
FIRST, CARRIER, PRICE, SEATS = "8c1f0a6e2b41", "2d7b94c05e13", "f46e3a19d870", "05b8c7d2ea96"


def load(release):
    with open(os.path.join(QUICKSTART, FILES[release]), encoding="utf-8") as file:
        return list(yaml.safe_load_all(file))


def pick(objects, kind, name=None):
    found = [item for item in objects
             if item["kind"] == kind and name in (None, item["metadata"]["name"])]
    assert len(found) == 1, f"{len(found)} objects of kind {kind} in the manifest"
    return found[0]


def with_password(objects, password):
    """The database's manifests with another password."""
    objects = copy.deepcopy(objects)
    secret = pick(objects, "Secret")
    old = secret["stringData"]["password"]
    secret["stringData"] = {key: value.replace(old, password)
                            for key, value in secret["stringData"].items()}
    return objects


def with_files(objects, change):
    """The release with its revision files changed by `change(files)`; the ConfigMap's name ends with
    a hash of them, as GitOps tools make it."""
    objects = copy.deepcopy(objects)
    source, migration = pick(objects, "ConfigMap"), pick(objects, "SchemaMigration")
    change(source["data"])
    digest = hashlib.sha256(json.dumps(source["data"], sort_keys=True).encode()).hexdigest()[:10]
    source["metadata"]["name"] = f"trips-revisions-{digest}"
    migration["spec"]["revisions"]["from"]["configMaps"] = [{"name": source["metadata"]["name"]}]
    return objects


def revision(identifier, revises, sql, down="SELECT 1;", header=""):
    """`header`: further lines."""
    return (f"-- revision: {identifier}\n-- revises: {revises}\n-- message: a test's\n{header}"
            f"-- migrate:up\n{sql}\n-- migrate:down\n{down}\n")


def smaller(objects, replicas=1, grace=1):
    """The application where only its gate matters: fewer pods, which end at once."""
    objects = copy.deepcopy(objects)
    spec = pick(objects, "Deployment", "trips-api")["spec"]
    spec["replicas"] = replicas
    spec["template"]["spec"]["terminationGracePeriodSeconds"] = grace
    del spec["template"]["spec"]["containers"][0]["lifecycle"]
    return objects


def one_more(objects, identifier, sql, header=""):
    """The release with one revision more on top, which the application then requires."""
    head = pick(objects, "Deployment", "trips-api")["spec"]["template"]["metadata"]["annotations"][
        "sluice.dev/requires"]
    objects = with_files(objects, lambda files: files.update(
        {f"{identifier}_more.sql": revision(identifier, head, sql, header=header)}))
    template = pick(objects, "Deployment", "trips-api")["spec"]["template"]
    template["metadata"]["annotations"]["sluice.dev/requires"] = identifier
    return objects
