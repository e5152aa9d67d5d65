"""A PostgreSQL 15 server of the bench's own, on a socket, with the defaults but for fsync, and the locks of a large dump."""
import os
import pathlib
import shutil
import subprocess
import tempfile

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


class Server:
    def __init__(self, in_memory=False):
        place = "/dev/shm" if in_memory and os.access("/dev/shm", os.W_OK) else None
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="sluice-bench-", dir=place))
        self.root.chmod(0o777)
        self._run(BIN / "initdb", "-D", self.root / "data", "-U", "postgres", "-E", "UTF8",
                  "--locale=C", "-A", "trust")
        self._run(BIN / "pg_ctl", "-D", self.root / "data", "-w", "-l", self.root / "log", "-o",
                  f"-k {self.root} -c listen_addresses= -c autovacuum=off -c max_wal_size=8GB "
                  "-c checkpoint_timeout=1h -c max_locks_per_transaction=256", "start")

    def _run(self, *command):
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run(prefix + [str(word) for word in command], check=True, stdout=subprocess.DEVNULL,
                       cwd="/", env={**os.environ, "LC_ALL": "C"})

    def url(self, database):
        return f"postgresql://postgres@/{database}?host={self.root}"

    def sql(self, database, text):
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
                               self.url(database), "-c", text], check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    def fsync(self, on):
        self.sql("postgres", f"ALTER SYSTEM SET fsync = {'on' if on else 'off'}")
        self.sql("postgres", "SELECT pg_reload_conf()")
        assert self.sql("postgres", "SELECT pg_sleep(0.2)") == ""
        assert self.sql("postgres", "SHOW fsync") == ("on" if on else "off")

    def fresh(self):
        """An empty database, and nothing left to be written of the one before."""
        if self.sql("postgres", "SELECT 1 FROM pg_database WHERE datname = 'bench'"):
            self.sql("postgres", "DROP DATABASE bench")
        self.sql("postgres", "CREATE DATABASE bench")
        self.sql("postgres", "CHECKPOINT")
        return "bench"

    def stop(self):
        self._run(BIN / "pg_ctl", "-D", self.root / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.root)
