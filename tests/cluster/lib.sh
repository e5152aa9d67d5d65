# Shared by the scripts of this directory. Source it; it only defines things.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SLUICE_CACHE=${SLUICE_CACHE:-/var/cache/sluice}
export SLUICE_CACHE

say() { echo "$*" >&2; }
die() { say "error: $*"; exit 1; }

need_root() { [ "$(id -u)" = 0 ] || die "this needs root (namespaces, mounts, cgroups)"; }

# run_logged LOG WHAT COMMAND...: says what failed, where the log is, and its last lines.
run_logged() {
  local log=$1 what=$2 status=0
  shift 2
  "$@" >> "$log" 2>&1 < /dev/null || status=$?
  [ "$status" = 0 ] && return 0
  say "error: $what failed (exit status $status). The end of $log:"
  tail -n 25 "$log" | sed 's/^/  | /' >&2
  return 1
}

# make_once DIR FUNCTION: DIR is either absent or whole. FUNCTION fills a temporary directory beside it,
# given as its argument, which then takes the name DIR. Only one process at a time does this for a DIR.
make_once() {
  local dir=$1 fill=$2 part=$1.part
  [ -d "$dir" ] && return 0
  mkdir -p "$(dirname "$dir")"
  (
    flock 9
    [ -d "$dir" ] && exit 0
    rm -rf "$part"
    mkdir "$part"
    "$fill" "$part"
    mv -T "$part" "$dir"
  ) 9> "$dir.lock"
}

kubernetes_recipe=2
kubernetes_debian=1.20.5+really1.20.2-1.1
kubernetes_version=v1.20.2
kubernetes_dir=$SLUICE_CACHE/kubernetes/$kubernetes_debian-r$kubernetes_recipe
kubernetes_bin=$kubernetes_dir/bin

images_recipe=1
images_dir=$SLUICE_CACHE/images/bookworm-r$images_recipe
# buildah's storage of its own, so that neither the user's images nor their settings matter.
buildah_flags=(--root "$images_dir/storage" --runroot "$images_dir/run" --storage-driver vfs)

# apt_setting NAME: one value of the machine's apt configuration, or nothing.
apt_setting() {
  local value=
  eval "$(apt-config shell value "$1")"
  echo "$value"
}
