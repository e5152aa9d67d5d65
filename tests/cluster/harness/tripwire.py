"""Stops the world at one write: an admission webhook on this machine that the test cluster's API server
asks about chosen writes, and that acts before it answers. The write itself always goes through."""
import base64
import contextlib
import http.server
import json
import ssl
import tempfile
import threading

from .cluster import run

NAME = "sluice-test-tripwire"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        request = review.pop("request")
        self.server.asked(request)
        review["response"] = {"uid": request["uid"], "allowed": True}
        answer = json.dumps(review).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Tripwire(http.server.ThreadingHTTPServer):
    """While it stands, `act` is called once, at the first write for which `wanted(request)` is true;
    request is that of the AdmissionReview."""
    daemon_threads = True

    def __init__(self, address, wanted, act):
        super().__init__((address, 0), Handler)
        self.wanted, self.act = wanted, act
        self.lock = threading.Lock()
        self.ready, self.struck = threading.Event(), threading.Event()

    def asked(self, request):
        self.ready.set()
        with self.lock:
            if not self.struck.is_set() and self.wanted(request):
                self.act()
                self.struck.set()


def configuration(group, resource, url, authority):
    return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": NAME}, "webhooks": [{
                "name": "tripwire.sluice.test", "sideEffects": "None", "timeoutSeconds": 10,
                "admissionReviewVersions": ["v1"], "failurePolicy": "Ignore",
                "clientConfig": {"url": url, "caBundle": authority},
                "rules": [{"apiGroups": [group], "apiVersions": ["*"], "resources": [resource],
                           "operations": ["CREATE", "UPDATE"]}]}]}


@contextlib.contextmanager
def tripwire(world, group, resource, wanted, act, probe):
    """`probe()` is a write of that resource; it is repeated until the API server asks about it."""
    address = world.cluster.settings["host_ip"]
    with tempfile.TemporaryDirectory() as work:
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", "/CN=tripwire", "-addext", f"subjectAltName=IP:{address}",
            "-keyout", f"{work}/key", "-out", f"{work}/certificate")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{work}/certificate", f"{work}/key")
        with open(f"{work}/certificate", "rb") as file:
            authority = base64.b64encode(file.read()).decode()
    server = Tripwire(address, wanted, act)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"https://{address}:{server.server_address[1]}/"
    world.kubectl("apply", "-f", "-", input=json.dumps(configuration(group, resource, url, authority)))
    try:
        world.until(lambda: (probe(), server.ready.is_set())[1], "the tripwire is stretched")
        yield server.struck
    finally:
        world.kubectl("delete", "validatingwebhookconfiguration", NAME, check=False)
        server.shutdown()
        server.server_close()
