"""What the trail's tests share: writing, forging past the triggers, and transactions on other connections."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from django.db import connection, transaction

from audit import trail
from tests.waiting import PATIENCE

SUBJECT = ("routing.item", "7")


def write(count=1):
    """Record this many events and return their ids."""
    return [trail.record("item.judged", SUBJECT, by="system:test", turn=turn).pk for turn in range(count)]


def tamper(statement, *params):
    """Run a statement with the triggers off, as the database's owner could."""
    with connection.cursor() as cursor:
        for table in ("audit_auditevent", "audit_seal", "audit_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_insert_only")
        cursor.execute(statement, params)
        for table in ("audit_auditevent", "audit_seal", "audit_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_insert_only")


class Pending:
    """A transaction on a connection of its own that has recorded one event and waits to be told its end."""

    def __init__(self, pool):
        self._written, self._end, self._commit = Event(), Event(), True
        self._future = pool.submit(self._run)
        assert self._written.wait(PATIENCE)

    def _run(self):
        try:
            with transaction.atomic():
                self.event_id = write()[0]
                self._written.set()
                assert self._end.wait(PATIENCE)
                transaction.set_rollback(not self._commit)
        finally:
            connection.close()

    def end(self, *, commit=True):
        """Commit or roll back, and return once that is done."""
        if not self._end.is_set():
            self._commit = commit
            self._end.set()
        self._future.result(PATIENCE)


@contextmanager
def pending(count=1):
    """Yield this many pending transactions, their ids ascending; those left open are rolled back."""
    with ThreadPoolExecutor(count) as pool:
        held = [Pending(pool) for _ in range(count)]
        try:
            yield held
        finally:
            for one in held:
                one.end(commit=False)
