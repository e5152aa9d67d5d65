# One cluster's state on disk and its remains on the machine. Sourced after lib.sh.

clusters=$SLUICE_CACHE/clusters

# use NAME: sets state, and the cluster's settings where they exist.
use() {
  [[ $1 =~ ^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$ ]] || die "a cluster's name is lower case letters, digits and '-': '$1'"
  name=$1
  state=$clusters/$name
  if [ -f "$state/settings" ]; then source "$state/settings"; fi
}

# The pid of the cluster's unshare process while it lives.
unshare_pid() {
  local pid
  pid=$(cat "$state/pid" 2> /dev/null) || return 1
  tr '\0' ' ' 2> /dev/null < "/proc/$pid/cmdline" | grep -qF -- "$here/init $state " || return 1
  echo "$pid"
}

# The pid, seen from outside, of the first process inside.
init_pid() {
  local pid
  pid=$(unshare_pid) || return 1
  pid=$(cat "/proc/$pid/task/$pid/children") || return 1
  [ -n "$pid" ] && echo "${pid%% *}"
}

need_running() {
  unshare_pid > /dev/null || die "no cluster '$name' is running; start it with: $here/cluster up --name $name"
}

# inside COMMAND...: runs it in the cluster's namespaces.
inside() {
  local pid
  pid=$(init_pid) || die "cluster '$name' ended"
  env KUBECONFIG="$state/kubeconfig" CONTAINERD_ADDRESS=/run/containerd/containerd.sock \
    PATH="$kubernetes_bin:$PATH" nsenter -t "$pid" -m -p -n -u -- "$@"
}

cgroup_dirs() { find /sys/fs/cgroup -maxdepth 2 -type d -name "$cgroup" 2> /dev/null || true; }

make_cgroups() {
  local hierarchy dir
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    local controller
    for controller in cpu memory pids hugetlb; do
      echo "+$controller" 2> /dev/null > /sys/fs/cgroup/cgroup.subtree_control || true
    done
    mkdir -p "/sys/fs/cgroup/$cgroup"
    return
  fi
  for hierarchy in /sys/fs/cgroup/*/; do
    dir=$hierarchy$cgroup
    mkdir -p "$dir"
    # A new cpuset is empty, and nothing can run in it, until it is given its parent's.
    if [ -f "$dir/cpuset.cpus" ]; then
      cat "${hierarchy}cpuset.cpus" > "$dir/cpuset.cpus"
      cat "${hierarchy}cpuset.mems" > "$dir/cpuset.mems"
    fi
  done
}

remove_cgroups() {
  local dir
  cgroup_dirs | while read -r dir; do
    find "$dir" -depth -type d -exec rmdir {} \; 2> /dev/null || true
  done
}

# What is left of a cluster that should be gone, one thing a line.
remains() {
  local pidns
  pidns=$(cat "$state/pidns" 2> /dev/null || true)
  if [ -n "$pidns" ]; then
    find /proc/[0-9]*/ns/pid -lname "$pidns" -printf 'process %h\n' 2> /dev/null || true
  fi
  if ip link show "$link" > /dev/null 2>&1; then echo "network link $link"; fi
  cgroup_dirs | sed 's/^/cgroup /'
}

# settle: waits until nothing is left, removing the cgroups, which nobody else does, and the link, because
# the kernel takes a network namespace that was much used apart in its own time: half a minute, or more.
settle() {
  local i
  ip link delete "$link" 2> /dev/null || true
  for i in {1..300}; do
    remove_cgroups
    if [ -z "$(remains)" ]; then
      # The kernel gives the number of the namespace to another one soon.
      rm -f "$state/pidns"
      return 0
    fi
    sleep 0.1
  done
  return 1
}
