"""Redis as the worker's bell: the database keeps each task, Redis says at once which one is next.

A task is a row that commits or vanishes with the work that asked for it, as with the broker that does without
Redis. Once it is committed its number goes to Redis, where exactly one worker hears it: workers on many hosts
neither ask the database all the time nor reach for the same first row. What Redis loses, or never hears, is
found in the table `GRACE` later; while Redis is down everything runs from the table. Either kind of worker
takes what the other kind left, so the setting can be changed at any time, one process after the other.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from functools import cache

import redis
from django.conf import settings
from django.db import transaction
from django_q.conf import Conf
from redis.backoff import NoBackoff
from redis.retry import Retry

from hitl_project.worker.table import Table

GRACE = timedelta(seconds=10)  # so long a task is Redis's alone
LOOK = 5.0  # seconds between looks at the table while Redis keeps us busy
WAIT = 1  # second that a worker listens before it sees whether it should stop
PATIENCE = 2.0  # seconds for an answer of Redis: whoever queues a task waits for it
SILENCE = 10.0  # seconds in which nobody waits for it again, once it has let somebody wait in vain
MOST = 100_000  # numbers kept in Redis; what is more is found in the table

logger = logging.getLogger(__name__)

_silent_until = 0.0  # by the monotonic clock: until then this process tells Redis nothing


@cache
def client() -> redis.Redis:
    """Return this process's connections to Redis: safe in threads, made anew in a process that is forked."""
    return redis.Redis.from_url(
        settings.HITL_REDIS_URL,
        socket_connect_timeout=PATIENCE,
        socket_timeout=PATIENCE + WAIT,
        retry=Retry(NoBackoff(), 0),
    )


class RedisBroker(Table):
    """The tasks are rows of OrmQ; a Redis list holds the numbers of those that nobody has heard of yet."""

    looked = 0.0  # when the table was last looked at, by the monotonic clock

    @property
    def bell(self) -> str:
        """The name of the list in Redis."""
        return f"hitl:tasks:{self.list_key}"

    @property
    def grace(self) -> timedelta:
        """How long a task is Redis's alone."""
        return GRACE

    def enqueue(self, task: str) -> int:
        """Store a task, tell Redis of it once that is committed, and return its number."""
        number = super().enqueue(task)
        transaction.on_commit(lambda: self._ring(number), using=Conf.ORM)
        return number

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Return the next task with its number; None where there was none for a while."""
        if time.monotonic() - self.looked > LOOK and (left := self.left()):
            return left
        try:
            heard = client().blpop([self.bell], WAIT)
        except redis.RedisError as error:
            logger.warning("Redis can't be heard (%s): tasks are taken from the table.", error)
            return self.left() or time.sleep(Conf.POLL)
        return self._heard(heard[1]) if heard else self.left()

    def info(self) -> str:
        """Return what this broker is, for the worker's own displays."""
        return f"Redis and ORM {Conf.ORM}"

    def left(self) -> list[tuple[int, str]]:
        """Return a task that Redis should have told of, or that a killed worker did not end."""
        taken = super().left()
        self.looked = 0.0 if taken else time.monotonic()  # where there was one there may be more
        return taken

    def _ring(self, number: int) -> None:
        global _silent_until
        if time.monotonic() < _silent_until:
            return
        try:
            pipeline = client().pipeline(transaction=False)
            pipeline.rpush(self.bell, number).ltrim(self.bell, -MOST, -1).execute()
        except redis.RedisError as error:
            if isinstance(error, redis.TimeoutError):
                _silent_until = time.monotonic() + SILENCE
            logger.warning("Redis was not told of task %s (%s): it is found in the table.", number, error)

    def _heard(self, message: bytes) -> list[tuple[int, str]]:
        try:
            number = int(message)
        except ValueError:
            logger.warning("Redis told of something that is no task: does another program use this list?")
            return []
        return self.taken(number, self.get_connection().filter(key=self.list_key))
