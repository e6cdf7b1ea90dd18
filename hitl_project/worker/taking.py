"""How a child of the worker comes to its tasks: it asks the broker itself, when it is free, for one.

django-q2 has another process fetch tasks ahead, into a queue in memory, where they wait for a child: held by
a worker that is busy while another one is free, and lost for a while when it is killed.
"""

from __future__ import annotations

import logging
import multiprocessing
import time
from typing import Any

from django.db import Error
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import Task
from django_q.monitor import save_task
from django_q.signals import post_execute_in_worker
from django_q.signing import BadSignature, SignedPackage

from hitl_project.worker.shared import Flag
from hitl_project.worker.table import Table

PAUSE = 2.0  # seconds before the database is asked again that could not be
# So often a task's process may end before the task does and it is no fault of it: workers are killed, too.
FORGIVEN = 2
KILLED = "Its process ended before it did: killed for its memory, or past its time, or with its worker."

log = logging.getLogger(__name__)


class Hands:
    """What one child holds, for the sentinel that forked it to see and keep; `get` is the queue's."""

    def __init__(self, broker: Table, ending: Flag) -> None:
        self.broker, self.ending = broker, ending
        # Without a lock, which a child that is killed would keep.
        self.held = multiprocessing.RawArray("q", 2)  # number of the task, and how often it was taken

    def get(self) -> dict[str, Any] | str:
        """Wait for a task and return it, or the word to stop once the worker is to end."""
        post_execute_in_worker.connect(self._ended)
        self.held[0] = 0
        while not self.ending.is_set():
            try:
                for number, payload in self.broker.dequeue() or ():
                    if task := self._opened(number, payload):
                        return task
            except Error as error:
                log.warning("no task can be taken: %s", error)
                self.held[0] = 0
                time.sleep(PAUSE)
        return "STOP"

    def keep(self) -> None:
        """Say that the task is still held."""
        number, times = self.held
        if number and not self.broker.keep(number, times):
            log.warning("task %s was taken by somebody else, or is done", number)

    def give_back(self) -> None:
        """Let go of what a child that is gone held."""
        if number := self.held[0]:
            self.broker.give_back(number, self.held[1])

    def _opened(self, number: int, payload: str) -> dict[str, Any] | None:
        times = self.broker.times
        self.held[:] = number, times
        try:
            task = SignedPackage.loads(payload)
        except (TypeError, BadSignature):
            log.exception("task %s can't be read and is thrown away: was SECRET_KEY changed?", number)
            self.broker.fail(number)
            self.held[0] = 0
            return None
        task |= {"cluster": Conf.CLUSTER_NAME, "ack_id": number}
        if times - 1 > FORGIVEN and self._given_up(task, times - 1):
            self.held[0] = 0
            return None
        return task

    def _given_up(self, task: dict[str, Any], before: int) -> bool:
        """Count a task that ends its process each time as failed, as any other; return whether for good.

        Of the times that it was taken `before` those are known that ended with an error.
        """
        failed = Task.objects.filter(pk=task["id"], success=False).values_list("attempt_count", flat=True)
        known = failed.first() or 0
        if before - known <= FORGIVEN:
            return False
        log.critical("%s (%s) was taken %d times, and its process ended", task["name"], task["func"], before)
        now = timezone.now()
        save_task(task | {"result": KILLED, "success": False, "started": now, "stopped": now}, self.broker)
        return known + 1 >= Conf.MAX_ATTEMPTS

    def _ended(self, task: dict[str, Any], **also: object) -> None:
        number, times = self.held
        self.held[0] = 0
        if task["success"]:
            return
        try:
            self.broker.put_off(number, times)
        except Error as error:
            log.warning("task %s failed and is tried again soon: %s", number, error)


class NoPusher:
    """Stands where django-q2 has the process that fetches tasks ahead."""

    name, pid = "none", 0

    def __init__(self, ending: Flag) -> None:
        self.ending = ending

    def is_alive(self) -> bool:
        """Return whether the worker is not about to end."""
        return not self.ending.is_set()
