"""The worker as it is run here: django-q2's cluster, mended where a killed process would stop it for good.

- Children take their tasks themselves (`taking`), and hold them by leases (`table`) that the sentinel keeps:
  the task of a killed child is taken again at once, those of a killed worker within two minutes.
- The locks between the processes end with the one that holds them (`shared`). django-q2's semaphores are lost
  with it: then nothing more is ticked off.
- Whoever started the sentinel starts another where it ended or hangs; no process outlives its parent.

A service manager that asks every process to end (systemd does) is heard by the first alone, which lets what
is being done come to its end.
"""

from __future__ import annotations

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import Error
from django.utils import timezone
from django_q import cluster
from django_q.conf import Conf
from django_q.scheduler import scheduler
from django_q.signals import post_execute_in_worker, pre_execute
from django_q.utils import close_old_django_connections

from audit import request
from hitl_project import schedules
from hitl_project.bound import PR_SET_PDEATHSIG
from hitl_project.worker.shared import Flag, Lock, Queue
from hitl_project.worker.taking import Hands, NoPusher
from routing import counters

HUNG = 120.0  # seconds without a round of the sentinel, which makes two a second
KEEP = 5.0  # seconds between two signs that we still hold our tasks
LOOK = 1.0  # seconds between two looks at the sentinel
PAUSES = (0.5, 1, 2, 5, 10, 30)  # seconds before the next start where the last one failed

log = logging.getLogger(__name__)


class Sentinel(cluster.Sentinel):
    """The process that keeps the children and, for them, what they hold; it tells its rounds."""

    last_round = multiprocessing.RawValue("d", 0.0)
    kept_at = 0.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        end_with_parent()
        self.ending = Flag()
        super().__init__(*args, **kwargs)

    def start(self) -> None:
        """Begin, deaf to a signal that asks all processes of a service to end at once: the parent says so."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        super().start()

    def guard(self) -> None:
        """Queue what is due at once, not after 60 rounds, and watch over the children."""
        if Conf.SCHEDULER:
            _schedule(self.broker)
        super().guard()

    def stop(self) -> None:
        """Let the children end what they do, and end."""
        self.ending.set()
        super().stop()

    def spawn_worker(self) -> None:
        """Start a child that takes its tasks itself."""
        hands, timer = Hands(self.broker, self.ending), multiprocessing.Value("f", -1, lock=Lock())
        self.spawn_process(cluster.worker, hands, self.result_queue, timer, self.timeout)

    def spawn_process(self, target: Callable, *args: Any) -> multiprocessing.Process:
        """Start a child that ends with us."""
        works = target is cluster.worker
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
        close_old_django_connections()  # of a database that was restarted
        for child in self.pool:  # where the database is away the first error ends it: each may take seconds
            child.hands.keep()


class Cluster(cluster.Cluster):
    """The process that a service manager starts and ends: it begins a sentinel, and has it end."""

    ending = False

    def start(self) -> int:
        """Begin a sentinel and return our process id.

        Nobody waits here until it is up: a signal would be heard by something half-begun.
        """
        self.stop_event, self.start_event = Flag(), Flag()
        told = self.stop_event, self.start_event, self.cluster_id, self.broker, self.timeout
        self.sentinel = cluster.get_mp_context().Process(target=Sentinel, args=told)
        self.sentinel.start()
        return self.pid

    def sig_handler(self, signum: int, frame: object) -> None:
        """Note that it is to end in order: what is being done is done to its end."""
        Cluster.ending = True


def run() -> None:
    """Run a cluster until a signal comes, and another one wherever its sentinel ended or hangs."""
    # They are looked up in the module by name, which is the only way to give the sentinel others.
    cluster.Queue, cluster.scheduler = Queue, _schedule
    pre_execute.connect(_begun)
    post_execute_in_worker.connect(_ended)
    failed = 0
    while not Cluster.ending:
        Sentinel.last_round.value = began = time.monotonic()
        worker = Cluster()
        worker.start()
        _watch(worker)
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
        if Cluster.ending:
            worker.stop_event.set()
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
    task["started"] = timezone.now()  # before, when it was queued: waiting is no work
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
