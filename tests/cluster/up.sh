# Starting a cluster. Sourced by cluster.

# choose_settings MODE: the first free subnet; written down before the lock is given up.
choose_settings() {
  local index=0 net=${SLUICE_CLUSTER_NET:-10.199}
  while grep -qsxF "index=$index" "$clusters"/*/settings || ip link show "slc$index" > /dev/null 2>&1; do
    index=$((index + 1))
    [ "$index" -lt 255 ] || die "255 clusters exist already"
  done
  local snapshotter=overlayfs
  if [ "$(stat -f -c %T "$clusters")" = overlayfs ]; then snapshotter=native; fi
  mkdir -p "$state/log"
  cat > "$state/settings" <<SETTINGS
index=$index
mode=$1
host_ip=$net.$index.1
node_ip=$net.$index.2
link=slc$index
cgroup=sluice-$name
snapshotter=$snapshotter
kube_api_qps=${SLUICE_KUBE_API_QPS:-200}
SETTINGS
}

# wait_for WHAT COMMAND...: until it succeeds; fails when the cluster ends or the time is over.
wait_for() {
  local what=$1
  shift
  until "$@" > /dev/null 2>&1; do
    unshare_pid > /dev/null || fail "the cluster ended while waiting: $what"
    ! keeps_ending > /dev/null || fail "started again and again:$(keeps_ending)"
    [ "$SECONDS" -lt "$deadline" ] || fail "gave up waiting: $what"
    sleep 0.1
  done
  say "  $(elapsed) s  $what"
}

# The component that was started again more than ten times.
keeps_ending() {
  grep -c ' ended with status ' "$state"/log/*.log |
    awk -F: '$2 > 10 { sub(/.*\//, "", $1); sub(/\.log$/, "", $1); names = names " " $1 }
              END { print names; exit names == "" }'
}

elapsed() { awk -v a="$started_at" -v b="$EPOCHREALTIME" 'BEGIN { printf "%5.1f", b - a }'; }

# The beginning and the end of what a component said in its last run: Kubernetes programs name a wrong
# option first, and then print all they know.
last_run() {
  awk '/ ended with status / { last = run; run = ""; next } { run = run $0 "\n" }
       END { printf "%s", run ? run : last }' "$1" |
    awk '{ line[NR] = $0 }
         END { for (i = 1; i <= NR; i++) {
           if (i <= 4 || i > NR - 10) print line[i]; else if (i == 5) print "..." } }'
}

# fail MESSAGE: shows the logs that tell why, keeps them, takes the rest away.
fail() {
  local kept=$SLUICE_CACHE/log/cluster-$name file shown=0
  say "error: cluster '$name': $1"
  rm -rf "$kept"
  mkdir -p "$kept"
  cp "$state"/log/* "$kept"/
  for file in "$kept"/*.log; do
    if grep -q ' ended with status ' "$file" || [ "$(basename "$file")" = init.log ] && [ -s "$file" ]; then
      shown=1
      say "The end of $file:"
      last_run "$file" | sed 's/^/  | /' >&2
    fi
  done
  if [ "$shown" = 0 ]; then
    tail -n 5 "$kept"/*.log >&2
  fi
  say "All logs: $kept"
  end_cluster
  exit 1
}

ready() {
  curl -sf --max-time 2 --cacert "$state/pki/ca.crt" --cert "$state/pki/admin.crt" \
    --key "$state/pki/admin.key" "https://$node_ip:6443/readyz"
}
kubectl() {
  "$kubernetes_bin/kubectl" --cache-dir "$state/kubectl" --kubeconfig "$state/kubeconfig" "$@"
}
create_objects() { sed "s/NODE_IP/$node_ip/" "$here/objects.yaml" | kubectl apply -f -; }
has_service_account() { [ -n "$(kubectl get serviceaccount default -o 'jsonpath={.secrets[0].name}')" ]; }
has_dns() { grep -q kubernetes.default "$state/dns.hosts"; }
node_is_ready() { kubectl wait node/node --for=condition=Ready --timeout=1s; }
service_works() { inside curl -skf --max-time 2 -o /dev/null https://10.96.0.1/healthz; }
load_pause() { inside ctr -n k8s.io images import --snapshotter "$snapshotter" - < "$images_dir/pause.tar"; }

launch() {
  make_cgroups
  "$here/pki" "$state" "$node_ip"
  setsid "$here/reaper" "$state" >> "$state/log/reaper.log" 2>&1 < /dev/null 6>&- 8>&- 9>&- &
  disown
  local i
  for i in {1..200}; do
    if init_pid > /dev/null; then break; fi
    sleep 0.02
  done
  local first pid
  first=$(init_pid) || fail "its first process did not start"
  pid=$(unshare_pid)
  readlink "/proc/$first/ns/pid" > "$state/pidns"
  ip link add "$link" type veth peer name eth0 netns "$pid"
  ip addr add "$host_ip/30" dev "$link"
  ip link set "$link" up
}

interrupted() {
  # Whatever ran when the signal came may have had its output thrown away.
  exec 2>&6
  trap '' INT TERM
  say "interrupted; taking cluster '$name' down"
  end_cluster
  exit 130
}

up() {
  need_root
  mkdir -p "$clusters"
  exec 8> "$clusters/.$name.lock"
  flock 8
  if unshare_pid > /dev/null && [ -e "$state/up" ]; then
    [ "$mode" = "$1" ] || die "cluster '$name' runs already, as $mode; end it first: $here/cluster down --name $name"
    say "cluster '$name' runs already"
    return
  fi
  "$here/build-kubernetes"
  if [ "$1" = node ]; then "$here/images"; fi

  started_at=$EPOCHREALTIME deadline=$((SECONDS + ${SLUICE_UP_DEADLINE:-240}))
  if [ -d "$state" ]; then end_cluster; fi
  exec 9> "$clusters/.lock"
  flock 9
  choose_settings "$1"
  exec 9>&-
  use "$name"
  say "Starting cluster '$name' ($mode) ..."
  exec 6>&2
  trap interrupted INT TERM
  launch
  wait_for "the API server is ready" ready
  wait_for "the first objects are there" create_objects
  if [ "$mode" = node ]; then
    wait_for "containerd has the pause image" load_pause
    wait_for "DNS knows the Services" has_dns
    wait_for "the node is ready" node_is_ready
    wait_for "a Service's address works" service_works
  fi
  wait_for "the default service account is there" has_service_account
  touch "$state/up"
  say "Cluster '$name' is up after$(elapsed) s. KUBECONFIG=$state/kubeconfig"
}
