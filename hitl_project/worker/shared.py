"""What the worker's processes share, made so that none of them keeps it from the others once it is killed.

The locks are record locks of the kernel (fcntl(2), F_SETLKW), which end with the process that holds them;
the semaphores of `multiprocessing` are lost with it. A flag has no lock at all, so that it can be raised from
anywhere, whatever those who look at it are doing.
"""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import tempfile
import time
from typing import Any

from django_q import queues

PAUSE = 0.1  # seconds between two looks at a flag
AGAIN = 0.001  # seconds until a lock is asked for again


class Lock:
    """A lock between forked processes that is free once its holder has ended, however it ended.

    A process that holds it may take it again; it is free after as many releases.
    """

    def __init__(self) -> None:
        self._file, path = tempfile.mkstemp(prefix="hitl-worker-")
        os.unlink(path)  # the file is gone with the last process that has it open
        self._held = (os.getpid(), 0)  # by whom, and how many times

    def __del__(self) -> None:
        os.close(self._file)

    def acquire(self, block: bool = True) -> bool:
        """Wait for the lock, or with `block` off only try; return whether it is held."""
        times = self._times()
        if not times and not self._locked(block):
            return False
        self._held = (os.getpid(), times + 1)
        return True

    def release(self) -> None:
        """Let the next one in."""
        self._held = (os.getpid(), self._times() - 1)
        if not self._times():
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()

    def _locked(self, block: bool) -> bool:
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX if block else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            except OSError as error:
                # The kernel takes threads of one process for one that waits, and sees circles where none are.
                if error.errno != errno.EDEADLK:
                    raise
                time.sleep(AGAIN)
            else:
                return True

    def _times(self) -> int:
        holder, times = self._held
        return times if holder == os.getpid() else 0  # what a parent holds its fork does not


class Flag:
    """Something to be told to other processes once, as a `multiprocessing.Event` is, without its locks."""

    def __init__(self) -> None:
        self._value = multiprocessing.RawValue("b", 0)

    def set(self) -> None:
        """Raise it, for good."""
        self._value.value = 1

    def is_set(self) -> bool:
        """Return whether it was raised."""
        return bool(self._value.value)

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is raised, and return whether it is."""
        until = time.monotonic() + seconds
        while not self.is_set() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, PAUSE))
        return self.is_set()


class Queue(queues.Queue):
    """django-q2's queue with locks that end with their holders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rlock, self._wlock = Lock(), Lock()
        self.size.count = multiprocessing.Value("i", 0, lock=Lock())
