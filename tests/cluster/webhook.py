"""A mutating webhook on this machine, called by a cluster through a Service."""
import base64
import contextlib
import http.server
import json
import ssl
import tempfile
import threading

from machine import run

PATCH = [{"op": "add", "path": "/metadata/labels", "value": {"patched": "yes"}}]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        review["response"] = {"uid": review.pop("request")["uid"], "allowed": True, "patchType": "JSONPatch",
                              "patch": base64.b64encode(json.dumps(PATCH).encode()).decode()}
        answer = json.dumps(review).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def objects(address, port, bundle):
    meta = {"name": "hook", "namespace": "default"}
    return [
        {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"ports": [{"port": 443, "targetPort": port}]}},
        {"apiVersion": "v1", "kind": "Endpoints", "metadata": meta,
         "subsets": [{"addresses": [{"ip": address}], "ports": [{"port": port}]}]},
        {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
         "metadata": {"name": "hook"}, "webhooks": [{
             "name": "hook.sluice.test", "sideEffects": "None", "admissionReviewVersions": ["v1"],
             "failurePolicy": "Fail", "timeoutSeconds": 5,
             "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                        "resources": ["configmaps"]}],
             "namespaceSelector": {"matchExpressions": [
                 {"key": "kubernetes.io/metadata.name", "operator": "DoesNotExist"}]},
             "clientConfig": {"service": {"name": "hook", "namespace": "default"}, "caBundle": bundle}}]}]


@contextlib.contextmanager
def patching_webhook(cluster):
    with tempfile.TemporaryDirectory() as work:
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=hook", "-addext", "subjectAltName=DNS:hook.default.svc",
            "-keyout", f"{work}/key", "-out", f"{work}/crt")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{work}/crt", f"{work}/key")
        with open(f"{work}/crt", "rb") as certificate:
            bundle = base64.b64encode(certificate.read()).decode()
    address = cluster.settings["host_ip"]
    server = http.server.ThreadingHTTPServer((address, 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    cluster.apply(*objects(address, server.server_address[1], bundle))
    try:
        # Until the API server and kube-proxy have seen it, a write passes by or is refused.
        run("bash", "-c", 'for i in {1..100}; do kubectl create configmap probe --dry-run=server -o json'
            ' 2>&1 | grep -q patched && exit; sleep 0.2; done; kubectl create configmap probe --dry-run=server; exit 1',
            env={"PATH": run(f"{cluster_script()}", "bin").stdout.strip() + ":/usr/bin:/bin",
                 "KUBECONFIG": f"{cluster.state}/kubeconfig"})
        yield
    finally:
        cluster.kubectl("delete", "mutatingwebhookconfiguration", "hook", check=False)
        server.shutdown()


def cluster_script():
    return __file__.rsplit("/", 1)[0] + "/cluster"
