"""A PostgreSQL server of our own, on a socket in a folder of its own, for as long as a test runs."""
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote


def programs():
    """The folder with initdb and pg_ctl, the newest; None where there is no server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).parent if there else None


class Postgres:
    """Use as a context. `url(name)` makes a database and names it."""

    def __enter__(self):
        self.bin = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="alm-pg-", dir="/tmp"))  # a socket's name must be short
        self.data = self.folder / "data"
        self.made = set()
        self.user = pwd.getpwuid(os.getuid()).pw_name
        self.before = []
        if os.getuid() == 0:  # a server refuses to run as root
            self.user = "postgres"
            self.before = ["runuser", "-u", self.user, "--"]
            shutil.chown(self.folder, self.user)
        self.run("initdb", "-D", self.data, "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8", "-U", "tester")
        self.start()
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def run(self, program, *args):
        done = subprocess.run([*self.before, str(self.bin / program), *map(str, args)], cwd="/", text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}")

    def start(self):
        settings = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
        self.run("pg_ctl", "-D", self.data, "-o", settings, "-l", self.folder / "log", "-w", "start")

    def stop(self, mode="fast"):
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def sql(self, sql, name="postgres"):
        """The rows, as lists of text."""
        done = subprocess.run([self.bin / "psql", "-h", self.folder, "-U", "tester", "-At", "-F", "\t", "-v",
                               "ON_ERROR_STOP=1", "-c", sql, name], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def url(self, name):
        if name not in self.made:
            self.sql(f"CREATE DATABASE {name}")
            self.made.add(name)
        return f"postgres://tester@/{name}?host={quote(str(self.folder), safe='')}"
