"""Cut decisions into batches, by what was known before any of their answers came."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from routing.certificates.outcomes import SETTLED, Found, Row
from routing.certify.streams import Audit
from routing.certify.tallies import Batch

BATCH = 100
PATIENCE = timedelta(days=1)  # the decisions of a batch have come within this time


def cut(found: Found, now: datetime) -> Iterator[list[Row]]:
    """Yield decisions in batches of one policy and at most a day; what can still grow is left for later.

    Where it is cut follows from arrivals and policies alone: did it follow from which answer is late, the
    next bet would know something of that answer.
    """
    batch: list[Row] = []
    for row in found.rows:
        if batch and not _joins(row, batch):
            yield batch
            batch = []
        batch.append(row)
    if not batch:
        return
    if found.late is not None:
        ends = not _joins(found.late, batch)
    else:
        ends = len(batch) == BATCH or batch[0].arrived_at <= now - PATIENCE - SETTLED
    # What is passed over proves nothing, however it is cut.
    if ends or not batch[0].least:
        yield batch


def _joins(row: Row, batch: Sequence[Row]) -> bool:
    first = batch[0]
    if row.policy != first.policy:
        return False
    return not first.least or (len(batch) < BATCH and row.arrived_at < first.arrived_at + PATIENCE)


def counted(rows: Sequence[Row]) -> Batch:
    """Return a batch as a certificate takes it."""
    return Batch(
        [row.score for row in rows],
        [row.probability for row in rows],
        [row.drawn for row in rows],
        [row.loss for row in rows],
        least=rows[0].least,
    )


def audits(rows: Sequence[Row]) -> list[Audit]:
    """Return score, loss and class of what was automated and checked, in the order of its arrival.

    In the order of the answers an error that takes people longer would come later than its chance.
    """
    checked = (row for row in rows if row.checked)
    return [(row.score, 1.0 if math.isnan(row.loss) else row.loss, row.of) for row in checked]
