"""Where the counts of all web processes meet: one statement a second, on a thread of its own.

No request waits for it. A process knows of the others' requests a second late at most, so that `n` processes
let through at most what n - 1 of them can answer in a second beyond a limit. Without the database each
process counts for itself until it is back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Thread

from django.db import DatabaseError, InterfaceError, connection

from audit.models import Tally
from audit.throttling.counting import COUNTS, MINUTE, Counts

EVERY = 1.0  # seconds
KEPT = 3  # minutes that a tally is kept
REFUSED = "refused:"
log = logging.getLogger(__name__)
# In one order, so that two processes never wait for one another in a circle. The total of the minute before
# is told too: the window reaches into it, also where this process had not met the client yet.
MEET = """
WITH sent AS (
    SELECT who, minute, hits FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS sent(who, minute, hits)
), met AS (
    INSERT INTO audit_tally (who, minute, hits) SELECT who, minute, hits FROM sent ORDER BY who, minute
    ON CONFLICT (who, minute) DO UPDATE SET hits = audit_tally.hits + EXCLUDED.hits
    RETURNING who, minute, hits
), before AS (
    SELECT tally.who, tally.minute, tally.hits FROM audit_tally AS tally
    JOIN sent ON tally.who = sent.who AND tally.minute = sent.minute - 1
)
SELECT who, minute, max(hits) FROM (SELECT * FROM met UNION ALL SELECT * FROM before) AS known
GROUP BY who, minute
"""


def share(also: Callable[[], None]) -> None:
    """Begin to share this process's counts with the others', and call `also` as often; for a web process."""
    Thread(target=_forever, args=[also], name="share the counts of requests", daemon=True).start()


def meet(counts: Counts = COUNTS, *, now: float) -> int:
    """Add to the table what was counted since, learn the totals; return how many rows it touched."""
    taken = counts.take(int(now // MINUTE))
    if not taken:
        return 0
    with connection.cursor() as cursor:
        whose = [who for who, _ in taken]
        cursor.execute(MEET, [whose, [minute for _, minute in taken], list(taken.values())])
        counts.learn({(who, minute): hits for who, minute, hits in cursor.fetchall()})
    return len(taken)


def prune(*, now: float) -> int:
    """Delete the tallies that no window reaches any more; return how many."""
    old = Tally.objects.filter(minute__gt=0, minute__lt=int(now // MINUTE) - KEPT)
    return old.delete()[0]


def note_refused(kind: str) -> None:
    """Count a request that was refused, of a `kind`: key, person or address."""
    COUNTS.add(REFUSED + kind, 0)


def refused() -> dict[str, int]:
    """Return how many requests were refused in all time, by kind; up to a second old."""
    rows = Tally.objects.filter(minute=0, who__startswith=REFUSED).values_list("who", "hits")
    return {who.removeprefix(REFUSED): hits for who, hits in rows}


def _forever(also: Callable[[], None]) -> None:
    pruned = time.monotonic()
    while True:
        time.sleep(EVERY)
        try:
            busy = meet(now=time.time())
            also()
            if busy and time.monotonic() - pruned > MINUTE:
                prune(now=time.time())
                pruned = time.monotonic()
        except (DatabaseError, InterfaceError) as error:
            log.warning("The counts of requests can't be shared just now: %s", error)
            connection.close()
            continue
        if not busy:
            # A server that nobody asks anything holds no connection.
            connection.close()
