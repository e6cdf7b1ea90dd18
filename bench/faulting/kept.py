"""A process that is started again whenever it ends, as systemd or Kubernetes would."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.world import ROOT

PAUSE = 0.5  # seconds before a process that ended is started again


def until(met: Callable[[], object], patience: float, what: str, *, pause: float = 0.1) -> float:
    """Wait until `met()` is true and return how many seconds that took; TimeoutError names `what`.

    It looks again after `pause` seconds.
    """
    begun = time.monotonic()
    while not met():
        if time.monotonic() - begun > patience:
            raise TimeoutError(f"within {patience:.0f} s: {what}")
        time.sleep(pause)
    return time.monotonic() - begun


class Kept:
    """One process in a group of its own; a thread starts it again until `stop`."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        log: Path,
        environ: Mapping[str, str],
        who: pwd.struct_passwd | None = None,
        cwd: str | Path = ROOT,
    ) -> None:
        self.name, self.command, self.log = name, command, log
        self.environ, self.who = dict(environ), who
        self.cwd = "/" if who else cwd
        self.starts = 0
        self._wanted = threading.Event()
        self._wanted.set()
        self._start()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def kill(self, *, group: bool = True) -> None:
        """Kill -9 the process, with all that it started unless told otherwise."""
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(self.process.pid, signal.SIGKILL)

    def again(self, environ: Mapping[str, str]) -> None:
        """Stop the process cleanly and run it with another environment."""
        self.stop()
        self.environ = dict(environ)
        self._wanted.set()
        self._start()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def stop(self, patience: float = 30) -> None:
        """End it cleanly, and by force where that takes too long, with whatever it left behind."""
        self._wanted.clear()
        self._watcher.join()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT if self.who else signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        self.kill()
        self.process.wait()

    def children(self) -> list[int]:
        """Return the ids of the processes of its group, itself left out."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != self.process.pid:
                with contextlib.suppress(ProcessLookupError):
                    if os.getpgid(int(entry.name)) == self.process.pid:
                        found.append(int(entry.name))
        return found

    def _start(self) -> None:
        who = self.who
        as_whom = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
        if os.geteuid():
            as_whom = {}
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **as_whom,
            )
        self.starts += 1

    def _watch(self) -> None:
        while self._wanted.is_set():
            if self.process.poll() is not None:
                time.sleep(PAUSE)
                if self._wanted.is_set():
                    self._start()
            time.sleep(0.05)
