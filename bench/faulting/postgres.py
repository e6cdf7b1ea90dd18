"""A PostgreSQL cluster of our own in a folder of our own, which may be killed, filled and started again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bench.faulting.kept import Kept
from bench.ports import free_port
from hitl_project.postgres_programs import Programs, copied, find, reachable, server_user, user

ROLE, NAME = "hitl", "hitl"
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 100
"""
# What fits on the small disk that is filled up. A checkpoint every few seconds is nothing to measure by.
SMALL = """
shared_buffers = '64MB'
max_wal_size = '64MB'
min_wal_size = '32MB'
"""


class Cluster:
    """One server on 127.0.0.1, kept alive: once it is killed it is started again, as an init system would."""

    def __init__(self, data: Path, *, small: bool) -> None:
        self.data, self.small, self.port = data, small, free_port()
        self.kept: Kept | None = None
        self.owner = user(os.geteuid()) if os.geteuid() else server_user(Path("/var"))

    def start(self) -> None:
        """Make the cluster and run it, with our role and database."""
        self.data.mkdir(parents=True, exist_ok=True)
        for place in (self.data, self.data.parent):
            os.chown(place, self.owner.pw_uid, self.owner.pw_gid)
        self.programs = self._programs()
        options = ["-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        options += ["--wal-segsize=4"] if self.small else []
        self._run([self.programs.bin / "initdb", "-D", self.data / "pg", *options])
        with (self.data / "pg" / "postgresql.conf").open("a") as settings:
            settings.write(f"{SETTINGS}{SMALL if self.small else ''}port = {self.port}\n")
        made = "CREATE DATABASE hitl;\n"
        self._run([self.programs.bin / "postgres", "--single", "-D", self.data / "pg", "postgres"], made)
        command = [str(self.programs.bin / "postgres"), "-D", str(self.data / "pg")]
        log = self.data.parent / "postgres.log"
        self.kept = Kept("postgres", command, log=log, environ=self._environ(), who=self.owner)

    def url(self, port: int | None = None) -> str:
        """Return the DATABASE_URL of the database, by way of another port where one is given."""
        return f"postgres://{ROLE}@127.0.0.1:{port or self.port}/{NAME}"

    def _programs(self) -> Programs:
        """Return programs that the owner can run: PostgreSQL refuses root."""
        found = find(os.environ)
        ours = (one for one in found if os.geteuid() or reachable(one.bin, self.owner))
        return next(ours, None) or copied(found[0], self.data.parent, self.owner)

    def _run(self, command: list, text: str = "") -> None:
        who = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        done = subprocess.run(
            list(map(str, command)),
            input=text,
            text=True,
            capture_output=True,
            cwd="/",
            env=self._environ(),
            **(who if os.geteuid() == 0 else {}),
        )
        if done.returncode:
            sys.exit(f"{command[0]}: {done.stdout}{done.stderr}")

    @staticmethod
    def _environ() -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
