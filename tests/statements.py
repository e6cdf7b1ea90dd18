"""Count what the hot paths ask of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

# A test runs inside a transaction, where `atomic` is a savepoint; outside of tests it is BEGIN and COMMIT.
BRACKETS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT")


@contextmanager
def counted(*, most: int) -> Iterator[list[str]]:
    """Fail unless the block makes at most this many statements; the list given is filled with them."""
    made: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield made
    made += [query["sql"] for query in captured if not query["sql"].startswith(BRACKETS)]
    assert len(made) <= most, "\n".join(
        [f"{len(made)} statements, not {most}:", *(sql[:150] for sql in made)]
    )
