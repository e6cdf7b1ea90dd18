"""The table of tasks as the worker's broker: who holds a task says so again and again, or another takes it.

A task is a row that commits or vanishes with the work that asked for it. Its `key` is the queue's name while
it waits, and `name:times:holder` once taken: how often that was done, and by which worker. Until its `lock`
it is held, by the database's clock. The holder moves that on while it works; where it is killed the time
runs out within `LEASE`, and the task goes to whoever asks next. A task that ends its worker each time would
end one after the other: each time it is taken its lease is twice as long, up to `retry` seconds. After five
times it is given up (`taking`).
"""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django_q.brokers import orm
from django_q.conf import Conf
from django_q.models import OrmQ

LEASE = timedelta(seconds=90)  # a worker that the network has lost for half a minute keeps its tasks


def lease(times: int) -> timedelta:
    """Return how long a task is held that is taken for the nth time, where nothing more is heard."""
    return min(LEASE * 2 ** min(times - 1, 10), timedelta(seconds=Conf.RETRY))


class Table(orm.ORM):
    """django-q2's own broker, with leases instead of a lock that has to outlast the longest task."""

    grace = timedelta(0)  # so long a new task is not looked for in the table

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.list_key = self.list_key or Conf.CLUSTER_NAME
        self.holder = uuid.uuid4().hex  # the children that are forked from here are the same holder
        self.times = 0  # how often the task that was taken last has been taken

    def enqueue(self, task: str) -> int:
        """Store a task and return its number."""
        lock = Now() + self.grace
        return self.get_connection().create(key=self.list_key, payload=task, lock=lock).pk

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Return the next task with its number; None, after a while, where there is none."""
        return self.left() or time.sleep(Conf.POLL)

    def left(self) -> list[tuple[int, str]]:
        """Return the first task that nobody holds; nothing where there is none or another was faster."""
        due = self.get_connection().filter(
            Q(key=self.list_key) | Q(key__startswith=f"{self.list_key}:"), lock__lt=Now()
        )
        found = due.order_by("pk").values_list("pk", "key").first()
        if found is None:
            return []
        number, key = found
        before = int(key.removeprefix(f"{self.list_key}:").split(":")[0]) if key != self.list_key else 0
        return self.taken(number, due.filter(key=key), before + 1)

    def taken(self, number: int, rows: QuerySet[OrmQ], times: int = 1) -> list[tuple[int, str]]:
        """Take a task that must be among `rows`, for the nth time, and return it; nothing where it is not."""
        if not rows.filter(pk=number).update(key=self._mine(times), lock=Now() + lease(times)):
            return []
        self.times = times
        return list(self.get_connection().filter(pk=number).values_list("pk", "payload"))

    def keep(self, number: int, times: int) -> bool:
        """Move on the end of a lease; return whether it was still ours."""
        return bool(self._held(number, times).update(lock=Now() + lease(times)))

    def give_back(self, number: int, times: int) -> None:
        """Let somebody take a task whose process is gone: at once, if it was the first that took it."""
        if times == 1:
            self._held(number, times).update(lock=Now())

    def put_off(self, number: int, times: int) -> None:
        """Have a task that failed tried again in `retry` seconds."""
        self._held(number, times).update(lock=Now() + timedelta(seconds=Conf.RETRY))

    def _held(self, number: int, times: int) -> QuerySet[OrmQ]:
        return self.get_connection().filter(pk=number, key=self._mine(times))

    def _mine(self, times: int) -> str:
        return f"{self.list_key}:{times}:{self.holder}"
