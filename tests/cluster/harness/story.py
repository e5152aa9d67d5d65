"""The story of a release, lived through once; what was seen on the way is kept for tests to judge.

Release 1 starts; release 2 brings a column; of release 3's two revisions the second fails; it is taken
back, brought again, corrected; all is applied again unchanged; the SchemaMigration is deleted."""
import copy
import json
import time
import traceback

from . import releases
from .audit import instant
from .polling import stays
from .watching import ServicePoller, Watch
from .world import World

QUIET_SECONDS = 8


class Story:
    def __init__(self, cluster, operator, mode):
        self.cluster = cluster
        self.mode = mode
        self.world = World(cluster, operator, f"story-{mode}")
        self.operator = operator
        self.ended = None  # where and why it ended too early
        self.served = {}   # what the application answered in the end of each step
        self.migrations = {}
        self.deployments = {}
        self.jobs = {}

    def live(self):
        steps = [self.start, self.release_two, self.look_at_the_archive, self.release_three_breaks,
                 self.take_it_back, self.break_again, self.correct, self.apply_again, self.delete]
        for step in steps:
            try:
                step()
            except Exception:  # told by the tests that need what did not happen
                self.ended = f"the story ({self.mode}) ended in {step.__name__}:\n" \
                             f"{traceback.format_exc()}"
                break
        return self

    # The steps.

    def start(self):
        self.world.start_database()
        self.world.apply(releases.load("1"), self.mode)
        self.world.until_ready()
        self.world.until_rolled_out()
        self.note("1")
        self.pods = Watch(self.world.api, "Pod", self.world.namespace)
        self.writes = Watch(self.world.api, "Deployment", self.world.namespace)
        self.migration_states = Watch(self.world.api, "SchemaMigration", self.world.namespace)
        self.audit_from = self.cluster.audit.mark()
        self.poller = ServicePoller(self.cluster, self.url())
        self.before_two = self.world.database.fingerprint()

    def release_two(self):
        self.world.apply(releases.load("2"), self.mode)
        self.right_after_two = self.world.deployment()
        self.waited = self.world.kubectl("wait", "--for=condition=Ready", "smig/trips",
                                         "--timeout=90s", check=False)
        self.world.until_ready()
        self.table = self.world.kubectl("get", "smig").stdout
        self.world.until_rolled_out()
        self.until_served(2)
        self.applied_two = self.world.database.applied()
        self.note("2")

    def look_at_the_archive(self):
        archive = self.migrations["2"]["status"]["backup"]["archive"]
        self.archive = f"{self.cluster.volume_directory(self.world.namespace, 'trips-backups')}" \
                       f"/{archive}"
        database = self.world.database
        database.sql("CREATE DATABASE restored OWNER trips", "postgres", "postgres")
        pods = self.world.api.list("Pod", self.world.namespace, "app=trips-db")
        pod = pods[0]["metadata"]["name"]
        self.world.kubectl("cp", self.archive, f"{pod}:/tmp/archive")
        found = database.execute("sh", "-c", "dirname $(find /tmp/archive -name toc.dat)").strip()
        database.execute("pg_restore", "-h", "/tmp", "-U", "trips", "-d", "restored",
                         "--exit-on-error", found)
        self.restored = database.fingerprint("restored")
        self.restored_columns = database.columns(database="restored")

    def release_three_breaks(self):
        self.world.apply(releases.load("3-broken"), self.mode)
        self.world.until_stalled()
        self.until_served(2)
        self.note("3-broken")
        self.applied_three = self.world.database.applied()
        self.columns_three = self.world.database.columns()
        self.constraints_three = self.world.database.sql(
            "SELECT conname FROM pg_constraint WHERE conname = 'trips_have_seats'")

    def take_it_back(self):
        self.world.apply(releases.load("2"), self.mode)
        self.world.until_ready()
        self.world.until(lambda: not self.world.paused(), "the Deployment is held no longer")
        self.world.until_rolled_out()
        self.note("taken-back")

    def break_again(self):
        self.world.apply(releases.load("3-broken"), self.mode)
        self.world.until_stalled()
        self.note("3-broken-again")

    def correct(self):
        fixed = releases.load("3-fixed")
        self.world.apply([releases.pick(fixed, "ConfigMap"), releases.pick(fixed, "SchemaMigration")],
                         self.mode)
        self.world.until_ready()
        self.world.until_rolled_out()
        self.until_served(3)
        self.note("3-fixed")
        self.applied_fixed = self.world.database.applied()
        self.times_applied = self.world.database.times_applied()
        self.polled = self.poller.stop()
        for watch in (self.pods, self.writes, self.migration_states):
            watch.stop()

    def apply_again(self):
        stays(lambda: True, "what the last step started comes to rest", 2)
        mark = self.cluster.audit.mark()
        self.world.apply(releases.load("3-fixed"), self.mode)
        self.released_manifest = releases.pick(releases.load("3-fixed"), "Deployment")
        self.ungated = self.as_if_never_gated(self.released_manifest)
        time.sleep(QUIET_SECONDS)
        self.writes_when_unchanged = self.cluster.audit.writes(mark, user=self.operator.account,
                                                               namespace=self.world.namespace)
        self.note("applied-again")

    def delete(self):
        self.world.kubectl("delete", "smig", "trips", "--timeout=60s")
        self.world.until(lambda: not self.world.jobs(), "no Job of it is left")
        self.deployments["deleted"] = self.world.deployment()
        self.gone = self.world.migration() is None

    # What it uses.

    def note(self, step):
        self.migrations[step] = self.world.migration()
        self.deployments[step] = self.world.deployment()
        self.jobs[step] = self.world.jobs()
        self.served[step] = self.ask()

    def url(self):
        service = self.world.api.get("Service", self.world.namespace, "trips-api")
        return f"http://{service['spec']['clusterIP']}/trips"

    def ask(self):
        return json.loads(self.cluster.inside("curl", "-sS", "--fail", "--max-time", "5",
                                              self.url()).stdout)

    def until_served(self, version):
        """Of the old pods the last may answer a little longer."""
        def answered():
            return all(self.ask()["version"] == version for _ in range(3))
        self.world.until(answered, f"version {version} answers", every=0.5)

    def as_if_never_gated(self, manifest):
        """What the API server makes of the manifest where the gate has no hand in it."""
        manifest = copy.deepcopy(manifest)
        del manifest["metadata"]["labels"]["sluice.dev/gated"]
        manifest["metadata"]["name"] = "never-gated"
        told = self.world.kubectl("create", "--dry-run=server", "-o", "json", "-f", "-",
                                  input=json.dumps(manifest)).stdout
        made = json.loads(told)
        made["metadata"]["labels"]["sluice.dev/gated"] = "true"
        made["metadata"]["name"] = self.released_manifest["metadata"]["name"]
        return made

    def runs_seen(self):
        """Every state of a run that the status went through, one a line."""
        lines = []
        for _, _, item in self.migration_states.seen:
            run = item.get("status", {}).get("run", {})
            line = " ".join(str(run.get(key, "")) for key in
                            ("name", "state", "stage", "reason", "message"))
            if line not in lines[-1:]:
                lines.append(line)
        return "\n".join(lines)

    def audited(self, **wanted):
        return self.cluster.audit.since(self.audit_from, namespace=self.world.namespace, **wanted)


def template_asks_for(revision):
    """Whether a pod, ReplicaSet or Deployment is of the template that requires the revision."""
    def asks(item):
        metadata = item["spec"]["template"]["metadata"] if "template" in item["spec"] \
            else item["metadata"]
        return metadata.get("annotations", {}).get("sluice.dev/requires") == revision
    return asks


def created(item):
    return instant(item["metadata"]["creationTimestamp"])
