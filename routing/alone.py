"""One at a time: what only one process may do at once for one subject."""

from django.db import connection


def alone(lock: int, subject: int) -> bool:
    """Return whether nobody else holds this lock of this subject, and hold it to the transaction's end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [lock, subject])
        return cursor.fetchone()[0]
