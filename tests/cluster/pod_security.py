"""The restricted pod security standard, as a function over a pod's spec.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (restricted, Linux pods).
"""

_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
            "projected", "secret"}
_SYSCTLS = {"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range"}
_SELINUX_TYPES = {None, "", "container_t", "container_init_t", "container_kvm_t"}
_SECCOMP = {"RuntimeDefault", "Localhost"}


def violations(spec, annotations=None):
    """What keeps a pod out of a namespace that enforces `restricted`: one sentence each."""
    found = []
    pod = spec.get("securityContext") or {}
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            found.append(f"{field} is true")
    for volume in spec.get("volumes") or []:
        kinds = set(volume) - {"name"}
        if not kinds <= _VOLUMES:
            found.append(f"volume {volume['name']} is a {', '.join(sorted(kinds))}")
    for sysctl in pod.get("sysctls") or []:
        if sysctl["name"] not in _SYSCTLS:
            found.append(f"sysctl {sysctl['name']} is set")
    found += _of_context(pod, "the pod")
    for annotation, value in (annotations or {}).items():
        if "apparmor.security" in annotation and value != "runtime/default" and not value.startswith("localhost/"):
            found.append(f"{annotation} is {value}")
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(group) or []:
            found += _of_container(container, pod)
    return found


def _of_context(context, who):
    """What the pod's and a container's security contexts have in common."""
    found = []
    if context.get("runAsUser") == 0:
        found.append(f"{who} runs as user 0")
    if context.get("runAsNonRoot") is False:
        found.append(f"{who} sets runAsNonRoot: false")
    seccomp = (context.get("seccompProfile") or {}).get("type")
    if seccomp is not None and seccomp not in _SECCOMP:
        found.append(f"{who} has seccompProfile {seccomp}")
    apparmor = (context.get("appArmorProfile") or {}).get("type")
    if apparmor not in (None, "RuntimeDefault", "Localhost"):
        found.append(f"{who} has appArmorProfile {apparmor}")
    selinux = context.get("seLinuxOptions") or {}
    if selinux.get("type") not in _SELINUX_TYPES or selinux.get("user") or selinux.get("role"):
        found.append(f"{who} sets seLinuxOptions")
    if (context.get("windowsOptions") or {}).get("hostProcess"):
        found.append(f"{who} is a Windows host process")
    return found


def _of_container(container, pod):
    who = f"container {container['name']}"
    context = container.get("securityContext") or {}
    found = _of_context(context, who)
    if not context.get("runAsNonRoot", pod.get("runAsNonRoot")):
        found.append(f"{who} may run as root")
    if not (context.get("seccompProfile") or pod.get("seccompProfile")):
        found.append(f"{who} has no seccompProfile")
    if context.get("privileged"):
        found.append(f"{who} is privileged")
    if context.get("allowPrivilegeEscalation") is not False:
        found.append(f"{who} allows privilege escalation")
    if context.get("procMount") not in (None, "", "Default"):
        found.append(f"{who} sets procMount")
    capabilities = context.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or []):
        found.append(f"{who} does not drop ALL capabilities")
    added = set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}
    if added:
        found.append(f"{who} adds capabilities {', '.join(sorted(added))}")
    if any(port.get("hostPort") for port in container.get("ports") or []):
        found.append(f"{who} uses a hostPort")
    handlers = [container.get(probe) for probe in ("livenessProbe", "readinessProbe", "startupProbe")]
    handlers += (container.get("lifecycle") or {}).values()
    for handler in filter(None, handlers):
        if any((handler.get(action) or {}).get("host") for action in ("httpGet", "tcpSocket")):
            found.append(f"{who} has a probe or a hook with a host")
    return found


def pods_in(objects):
    """(who, pod spec, pod annotations) for every pod, and every pod template, among the objects."""
    for one in objects:
        if not one:
            continue
        kind = one.get("kind", "")
        if kind.endswith("List") and "items" in one:
            yield from pods_in([{"kind": kind[:-4], **item} for item in one["items"]])
            continue
        holder = one
        if kind == "CronJob":
            holder = one["spec"]["jobTemplate"]["spec"]["template"]
        elif kind != "Pod":
            holder = (one.get("spec") or {}).get("template") if isinstance(one.get("spec"), dict) else None
        if isinstance(holder, dict) and "containers" in (holder.get("spec") or {}):
            annotations = (holder.get("metadata") or {}).get("annotations") or {}
            yield f"{kind} {one['metadata'].get('name', '')}", holder["spec"], annotations


def all_violations(objects):
    """Every violation among the objects, each with the name of what it is in."""
    return [f"{who}: {found}" for who, spec, annotations in pods_in(objects)
            for found in violations(spec, annotations)]
