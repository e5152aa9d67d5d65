"""What went on in a namespace while a test did something else."""
import json
import os
import subprocess
import threading
import time

from .cluster import HERE


class Watch:
    """Every state of the objects of one kind in a namespace, in order, as the API server tells."""

    def __init__(self, api, kind, namespace):
        self.seen = []  # (when it was told, what happened, the object)
        self.ended = False
        self.connection, self.response = api.watch(kind, namespace)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        try:
            for line in self.response:
                event = json.loads(line)
                self.seen.append((time.time(), event["type"], event["object"]))
        except (OSError, ValueError, AttributeError):
            pass
        self.ended = True

    def objects(self):
        return [item for _, _, item in list(self.seen)]

    def stop(self):
        assert not self.ended, "the watch ended by itself, so it may have missed something"
        self.connection.sock.shutdown(2)
        self.thread.join(10)


class ServicePoller:
    """A client of a Service inside the cluster, with a new connection for each request."""

    def __init__(self, cluster, url, rate=20, seconds=600):
        self.process = subprocess.Popen(
            [f"{HERE}/cluster", "exec", "--name", cluster.name, "--", "/usr/bin/python3",
             os.path.join(HERE, "harness", "poll_service.py"), url, str(rate), str(seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=cluster.environment)
        assert self.process.stdout.readline() == "polling\n"

    def stop(self):
        """{"requests", "failures": [...]}"""
        told, _ = self.process.communicate(timeout=30)
        return json.loads(told.splitlines()[-1])
