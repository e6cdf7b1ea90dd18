"""The worker as it is run here: django-q2's cluster, mended where a killed process would stop it for good.

- Children take their tasks themselves (`taking`), and hold them by leases (`table`) that the sentinel keeps:
  the task of a killed child is taken again at once, those of a killed worker within two minutes.
- The locks of the queue of results are record locks of the kernel (fcntl(2), F_SETLKW), which end with the
  process that holds them. django-q2's semaphores are lost with it: then nothing more is ticked off.
- Whoever started the sentinel starts another where it ended or hangs; no process outlives its parent.

A service manager that asks every process to end (systemd does) is heard by the first alone, which lets what
is being done come to its end.
"""

from __future__ import annotations

import ctypes
import fcntl
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import Error
from django_q import cluster, queues
from django_q.conf import Conf
from django_q.scheduler import scheduler
from django_q.signals import post_execute_in_worker, pre_execute
from django_q.utils import close_old_django_connections

from audit import request
from hitl_project import schedules
from hitl_project.bound import PR_SET_PDEATHSIG
from hitl_project.worker.taking import Hands, NoPusher
from routing import counters

HUNG = 120.0  # seconds without a round of the sentinel, which makes two a second
KEEP = 5.0  # seconds between two signs that we still hold our tasks
LOOK = 1.0  # seconds between two looks at the sentinel
PAUSES = (0.5, 1, 2, 5, 10, 30)  # seconds before the next start where the last one failed

log = logging.getLogger(__name__)


class Lock:
    """A lock between forked processes that is free once its holder has ended, however it ended."""

    def __init__(self) -> None:
        self._file, path = tempfile.mkstemp(prefix="hitl-worker-")
        os.unlink(path)  # the file is gone with the last process that has it open

    def acquire(self, block: bool = True) -> bool:
        """Wait for the lock, or with `block` off only try; return whether it is held."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX if block else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let the next one in."""
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


class Queue(queues.Queue):
    """django-q2's queue with locks that end with their holders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rlock, self._wlock = Lock(), Lock()


class Sentinel(cluster.Sentinel):
    """The process that keeps the children and, for them, what they hold; it tells its rounds."""

    last_round = multiprocessing.RawValue("d", 0.0)
    kept_at = 0.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        end_with_parent()
        self.ending = multiprocessing.RawValue("b", 0)
        super().__init__(*args, **kwargs)

    def start(self) -> None:
        """Begin, deaf to a signal that asks all processes of a service to end at once: the parent says so."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        super().start()

    def stop(self) -> None:
        """Let the children end what they do, and end."""
        self.ending.value = 1
        super().stop()

    def spawn_process(self, target: Callable, *args: Any) -> multiprocessing.Process:
        """Start a child that ends with us."""
        works = target is cluster.worker
        if works:
            args = Hands(self.broker, self.ending), *args[1:]
        child = cluster.get_mp_context().Process(
            target=_child, args=(target, *args), name=f"Process-{uuid.uuid4().hex}"
        )
        child.daemon = Conf.DAEMONIZE_WORKERS if works else True
        if works:
            child.hands, child.timer = args[0], args[2]
            self.pool.append(child)
        child.terminate = child.kill  # of one that is past its time: it inherits our deafness
        child.start()
        return child

    def spawn_pusher(self) -> NoPusher:
        """Start nothing: children ask for their tasks themselves."""
        return NoPusher(self.ending)

    def reincarnate(self, process: Any) -> None:
        """Start another child for one that is gone, and give back what that one held."""
        super().reincarnate(process)
        if hasattr(process, "hands"):
            _tried(process.hands.give_back)

    def status(self) -> str:
        """Return what the cluster does; called in each round, which is noted, and leases are kept here."""
        now = time.monotonic()
        Sentinel.last_round.value = now
        if now - self.kept_at > KEEP:
            self.kept_at = now
            _tried(self._keep)
        return super().status()

    def _keep(self) -> None:
        for child in self.pool:  # where the database is away the first error ends it: each may take seconds
            child.hands.keep()


class Cluster(cluster.Cluster):
    """A cluster that remembers whether it was asked to end."""

    ending = False

    def sig_handler(self, signum: int, frame: object) -> None:
        """End in order: what is being done is done to its end."""
        Cluster.ending = True
        if self.sentinel is not None and self.stop_event is not None:
            self.stop()


def run() -> None:
    """Run a cluster until a signal comes, and another one wherever its sentinel ended or hangs."""
    # They are looked up in the module by name, which is the only way to give the cluster others.
    cluster.Queue, cluster.Sentinel, cluster.scheduler = Queue, Sentinel, _schedule
    pre_execute.connect(_begun)
    post_execute_in_worker.connect(_ended)
    failed = 0
    while not Cluster.ending:
        Sentinel.last_round.value = began = time.monotonic()
        worker = Cluster()
        try:
            worker.start()
            _watch(worker)
        except RuntimeError as problem:  # of start(): the sentinel ended before it was up
            log.critical("%s", problem)
        failed = failed + 1 if time.monotonic() - began < HUNG else 1
        if not Cluster.ending:
            log.critical("the worker's sentinel ended: a new one begins")
            _pause(PAUSES[min(failed, len(PAUSES)) - 1])


def end_with_parent() -> None:
    """Be killed once the parent ends (Linux): an orphan would go on taking tasks, seen by nobody."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != multiprocessing.parent_process().pid:
        os._exit(1)  # it ended before we could ask for that


def _watch(worker: Cluster) -> None:
    """Return once the sentinel has ended; one that makes no more rounds is killed."""
    while worker.sentinel.is_alive():
        if Cluster.ending:  # the signal came before there was a sentinel that could be told
            worker.stop()
        worker.sentinel.join(LOOK)
        if time.monotonic() - Sentinel.last_round.value > HUNG:
            log.critical("the worker's sentinel hangs and is killed")
            worker.sentinel.kill()


def _schedule(broker: Any = None) -> None:
    """Queue what is due, each half minute; first put right what a clock that was ahead has put off."""
    close_old_django_connections()
    try:
        if found := schedules.put_right():
            log.warning("the clock was set back: %d schedules and tasks are put right", found)
    except Error as error:
        log.error("the schedules could not be looked at: %s", error)
    scheduler(broker)


def _tried(act: Callable[[], None]) -> None:
    try:
        act()
    except Error as error:
        log.warning("the tasks that are held could not be told: %s", error)


def _begun(task: dict[str, Any], **also: object) -> None:
    request.task(task["id"])
    counters.flush()  # what the task before has counted


def _ended(**also: object) -> None:
    request.task("")


def _pause(seconds: float) -> None:
    """Wait, or until a signal has come: sleeping goes on after one, so it is done in short pieces."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not Cluster.ending:
        time.sleep(0.1)


def _child(target: Callable, *args: Any) -> None:
    end_with_parent()
    target(*args)
