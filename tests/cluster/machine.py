"""What a cluster could leave on the machine, for comparing before and after."""
import glob
import os
import subprocess


def run(*command, check=True, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def processes_of(cluster):
    """Those that carry the cluster's mark in their environment, or live in its pid namespace."""
    marked = set()
    for environ in glob.glob("/proc/[0-9]*/environ"):
        try:
            with open(environ, "rb") as file:
                if f"SLUICE_CLUSTER={cluster}".encode() in file.read().split(b"\0"):
                    marked.add(environ.split("/")[2])
        except OSError:
            pass
    return marked


def processes_in(pid_namespace):
    """Each as its number and start, because numbers come again."""
    found = set()
    for link in glob.glob("/proc/[0-9]*/ns/pid"):
        try:
            if os.readlink(link) == pid_namespace:
                found.add(identity(link.split("/")[2]))
        except OSError:
            pass
    return found


def identity(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return pid, stat.read().rsplit(")", 1)[1].split()[19]


def living(processes):
    left = set()
    for process in processes:
        try:
            if identity(process[0]) == process:
                left.add(process)
        except OSError:
            pass
    return left


SYSCTLS = ("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops",
           "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes", "net/ipv4/ip_forward")


def sysctls():
    values = set()
    for name in SYSCTLS:
        with open(f"/proc/sys/{name}", encoding="utf-8") as file:
            values.add(f"{name} = {file.read().strip()}")
    return values


def snapshot(cluster):
    with open("/proc/mounts", encoding="utf-8") as mounts:
        mounted = set(mounts)
    links = {line.split()[0].split("@")[0] for line in run("ip", "-br", "link").stdout.splitlines()}
    rules = [line for line in run("iptables-save").stdout.splitlines() if not line.startswith("#")]
    cgroups = {directory for directory, _, _ in os.walk("/sys/fs/cgroup")
               if f"/sluice-{cluster}" in directory or "kubepods" in directory
               and "/sluice-" not in directory}
    return {"processes": processes_of(cluster), "mounts": mounted, "iptables": rules,
            "links": links, "cgroups": cgroups, "sysctls": sysctls()}
