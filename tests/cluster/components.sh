# How each component is started. Sourced by init, inside the cluster's namespaces.

pki=$state/pki
bin=$kubernetes_bin

control_plane() {
  keep etcd etcd --name node --data-dir "$state/etcd" --unsafe-no-fsync --logger zap --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
    --initial-cluster node=http://127.0.0.1:2380 --quota-backend-bytes 4294967296

  # Without kube-proxy a Service's address leads nowhere: then webhooks are called at its endpoints.
  local routing=false
  if [ "$mode" != node ]; then routing=true; fi
  keep kube-apiserver "$bin/kube-apiserver" --etcd-servers http://127.0.0.1:2379 \
    --advertise-address "$node_ip" --secure-port 6443 --service-cluster-ip-range 10.96.0.0/16 \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" \
    --client-ca-file "$pki/ca.crt" --kubelet-preferred-address-types InternalIP \
    --kubelet-client-certificate "$pki/kubelet-client.crt" --kubelet-client-key "$pki/kubelet-client.key" \
    --service-account-issuer https://kubernetes.default.svc.cluster.local \
    --service-account-key-file "$pki/service-account.pub" \
    --service-account-signing-key-file "$pki/service-account.key" \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --allow-privileged \
    --audit-policy-file "$here/audit-policy.yaml" --audit-log-path "$state/audit.log" \
    --audit-log-maxsize 1000000 --audit-log-mode blocking --enable-aggregator-routing="$routing" \
    --feature-gates TTLAfterFinished=true --max-requests-inflight 800 \
    --max-mutating-requests-inflight 400 --cert-dir "$state/apiserver"

}

# All that follow, started earlier, would meet refusals and wait for seconds before they try again.
until_api() {
  until curl -sf -o /dev/null --max-time 2 --cacert "$pki/ca.crt" --cert "$pki/admin.crt" \
    --key "$pki/admin.key" "https://$node_ip:6443$1"; do
    sleep 0.05
  done
}

controllers() {
  keep kube-controller-manager "$bin/kube-controller-manager" \
    --kubeconfig "$pki/controller-manager.kubeconfig" --leader-elect=false \
    --service-account-private-key-file "$pki/service-account.key" --root-ca-file "$pki/ca.crt" \
    --cluster-signing-cert-file "$pki/ca.crt" --cluster-signing-key-file "$pki/ca.key" \
    --use-service-account-credentials --kube-api-qps "$kube_api_qps" --kube-api-burst "$kube_api_qps" \
    --pvclaimbinder-sync-period 2s --feature-gates TTLAfterFinished=true --port 0 \
    --cert-dir "$state/controller-manager"

  keep kube-scheduler "$bin/kube-scheduler" --kubeconfig "$pki/scheduler.kubeconfig" \
    --leader-elect=false --kube-api-qps "$kube_api_qps" --kube-api-burst "$kube_api_qps" --port 0 \
    --cert-dir "$state/scheduler"
}

containerd_config() {
  local snapshotter=overlayfs
  if [ "$(stat -f -c %T "$state")" = overlayfs ]; then snapshotter=native; fi
  cat <<TOML
version = 2
root = "$state/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "sluice.test/pause:1"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "$snapshotter"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$state/cni"
TOML
}

network_config() {
  cat <<'JSON'
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.0.0/24"}]],
            "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
}

kubelet_config() {
  cat <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
resolvConf: /dev/null
failSwapOn: false
enforceNodeAllocatable: []
evictionHard: {memory.available: 50Mi, nodefs.available: 100Mi, imagefs.available: 100Mi}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
nodeStatusUpdateFrequency: 1s
syncFrequency: 5s
fileCheckFrequency: 0s
httpCheckFrequency: 0s
maxPods: 200
registryPullQPS: 0
kubeAPIQPS: $kube_api_qps
kubeAPIBurst: $kube_api_qps
eventRecordQPS: 0
serializeImagePulls: false
containerLogMaxSize: 100Mi
shutdownGracePeriod: 0s
YAML
}

container_runtime() {
  mkdir -p "$state/cni"
  containerd_config > "$state/containerd.toml"
  network_config > "$state/cni/10-pods.conflist"
  keep containerd containerd --config "$state/containerd.toml"
}

node() {
  kubelet_config > "$state/kubelet.yaml"
  keep kubelet "$bin/kubelet" --config "$state/kubelet.yaml" --kubeconfig "$pki/kubelet.kubeconfig" \
    --root-dir "$state/kubelet" --cert-dir "$state/kubelet/pki" --hostname-override node \
    --node-ip "$node_ip" --container-runtime remote \
    --container-runtime-endpoint unix:///run/containerd/containerd.sock
  keep dns "$here/dns" "$state"
  keep volumes "$here/volumes" "$state"

  until_api /api/v1/nodes/node
  # Everything from pods is masqueraded, so that answers come back this way whether or not the kernel
  # shows bridged packets to iptables.
  keep kube-proxy "$bin/kube-proxy" --kubeconfig "$pki/proxy.kubeconfig" --proxy-mode iptables \
    --hostname-override node --masquerade-all --conntrack-max-per-core 0 \
    --iptables-min-sync-period 100ms --healthz-bind-address 0.0.0.0:10256
}
