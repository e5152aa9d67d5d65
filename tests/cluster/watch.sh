# A level-triggered loop over the API server for dns and volumes. Sourced by them.

# api PATH [curl arguments ...]
api() {
  local path=$1
  shift
  curl -sS --fail --cacert "$state/pki/ca.crt" --cert "$state/pki/admin.crt" \
    --key "$state/pki/admin.key" "$@" "https://$node_ip:6443$path"
}

# ticks PATH...: a line for each change of one of these lists, and one at the start.
ticks() {
  local path
  for path in "$@"; do
    while :; do
      echo
      api "$path?watch=1&timeoutSeconds=3000" -N | sed -u 's/.*//' || true
      sleep 0.3
    done &
  done
  wait
}

# on_change FUNCTION PATH...: calls it after each change; one call answers a burst of them.
on_change() {
  local function=$1 i
  shift
  ticks "$@" | while read -r _; do
    for i in {1..10}; do
      read -r -t 0.03 _ || break
    done
    until "$function"; do
      echo "$function failed; trying again"
      sleep 0.5
    done
  done
}
