"""Acts that begin at the same moment, each on a connection of its own, for tests of races."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from routing import assignments
from tests.waiting import PATIENCE


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each act in a thread and on a connection of its own, all starting together; return the results."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(PATIENCE)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(run, act) for act in acts]]


def claim_until_empty(user: User) -> list[int]:
    """Return the ids of all seats that this person is given."""
    taken = []
    while seat := assignments.claim(by=user):
        taken.append(seat.pk)
    return taken
