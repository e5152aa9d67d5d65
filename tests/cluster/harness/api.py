"""The API server over the standard library: cheap enough to be asked many times a second."""
import http.client
import json
import ssl
import threading

PLURALS = {
    "SchemaMigration": "apis/sluice.dev/v1alpha1/{ns}schemamigrations",
    "Deployment": "apis/apps/v1/{ns}deployments",
    "ReplicaSet": "apis/apps/v1/{ns}replicasets",
    "StatefulSet": "apis/apps/v1/{ns}statefulsets",
    "Job": "apis/batch/v1/{ns}jobs",
    "Pod": "api/v1/{ns}pods",
    "Event": "api/v1/{ns}events",
    "ConfigMap": "api/v1/{ns}configmaps",
    "PersistentVolumeClaim": "api/v1/{ns}persistentvolumeclaims",
    "Service": "api/v1/{ns}services",
    "Endpoints": "api/v1/{ns}endpoints",
    "Namespace": "api/v1/namespaces",
    "MutatingWebhookConfiguration":
        "apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
}


class ApiError(Exception):
    def __init__(self, code, answer):
        super().__init__(f"{code}: {answer}")
        self.code = code


class Api:
    """Thread safe: each thread has a connection of its own."""

    def __init__(self, address, pki):
        self.address = address
        self.tls = ssl.create_default_context(cafile=f"{pki}/ca.crt")
        self.tls.load_cert_chain(f"{pki}/admin.crt", f"{pki}/admin.key")
        self.local = threading.local()

    def connect(self, timeout=30):
        return http.client.HTTPSConnection(self.address, 6443, context=self.tls, timeout=timeout)

    def request(self, method, path, body=None, content_type="application/json"):
        headers = {"Content-Type": content_type} if body is not None else {}
        text = json.dumps(body) if body is not None else None
        for attempt in (1, 2):
            connection = getattr(self.local, "connection", None) or self.connect()
            self.local.connection = connection
            try:
                connection.request(method, "/" + path, text, headers)
                response = connection.getresponse()
                answer = response.read()
                break
            except (OSError, http.client.HTTPException):
                connection.close()
                self.local.connection = None
                if attempt == 2 or method != "GET":
                    raise
        if response.status >= 400:
            raise ApiError(response.status, answer.decode(errors="replace"))
        return json.loads(answer)

    @staticmethod
    def path(kind, namespace=None, name=None):
        path = PLURALS[kind].format(ns=f"namespaces/{namespace}/" if namespace else "")
        return f"{path}/{name}" if name else path

    def get(self, kind, namespace, name):
        """The object, or None."""
        try:
            return self.request("GET", self.path(kind, namespace, name))
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    def list(self, kind, namespace=None, selector=None):
        query = f"?labelSelector={selector}" if selector else ""
        return self.request("GET", self.path(kind, namespace) + query)["items"]

    def patch(self, kind, namespace, name, change, subresource=""):
        path = self.path(kind, namespace, name) + (f"/{subresource}" if subresource else "")
        return self.request("PATCH", path, change, "application/merge-patch+json")

    def watch(self, kind, namespace):
        """A connection from which lines of {"type", "object"} are read, and the response."""
        connection = self.connect(timeout=600)
        connection.request("GET", "/" + self.path(kind, namespace) + "?watch=1&timeoutSeconds=1800")
        return connection, connection.getresponse()
