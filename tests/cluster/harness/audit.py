"""The API server's audit log: who wrote what, and when to the microsecond."""
import datetime
import json
import os

WRITES = {"create", "update", "patch", "delete", "deletecollection"}


def instant(text):
    """Seconds since the epoch, of an RFC 3339 time in UTC."""
    text = text.rstrip("Z")
    form = "%Y-%m-%dT%H:%M:%S.%f" if "." in text else "%Y-%m-%dT%H:%M:%S"
    return datetime.datetime.strptime(text, form).replace(
        tzinfo=datetime.timezone.utc).timestamp()


class Request:
    def __init__(self, event):
        reference = event.get("objectRef", {})
        self.verb = event["verb"]
        self.user = event["user"]["username"]
        self.resource = reference.get("resource", "")
        self.namespace = reference.get("namespace", "")
        self.name = reference.get("name", "")
        self.subresource = reference.get("subresource", "")
        self.code = event.get("responseStatus", {}).get("code", 0)
        self.received = instant(event["requestReceivedTimestamp"])
        self.done = instant(event["stageTimestamp"])

    def __repr__(self):
        path = "/".join(part for part in (self.resource, self.namespace, self.name,
                                          self.subresource) if part)
        return f"{self.verb} {path} by {self.user} -> {self.code}"


class AuditLog:
    def __init__(self, path):
        self.path = path

    def mark(self):
        return os.path.getsize(self.path)

    def since(self, mark, **wanted):
        """The requests answered since the mark whose attributes have the values."""
        with open(self.path, "rb") as file:
            file.seek(mark)
            lines = file.read().split(b"\n")[:-1]
        found = []
        for line in lines:
            event = json.loads(line)
            if event["stage"] != "ResponseComplete":
                continue
            request = Request(event)
            if all(getattr(request, name) == value for name, value in wanted.items()):
                found.append(request)
        return found

    def writes(self, mark, **wanted):
        """Of `since`, those that asked for a change; leader leases apart."""
        return [request for request in self.since(mark, **wanted)
                if request.verb in WRITES and request.resource != "leases"]
