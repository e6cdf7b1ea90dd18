"""A pool too large to look at at once: cut into stretches that several workers score, the best kept of each.

Whoever scores a stretch holds its row's lock: where a worker dies the lock is free, and another takes it.
What is done stays done, so that a run that was killed, or ran out of time, is resumed by the next one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django_q.tasks import async_task
from threadpoolctl import threadpool_limits

from learning import dataset, runs
from learning.asking import ranking
from learning.asking.ranking import DRAWN, Ranked
from learning.asking.scorers import Scorer
from learning.models import PoolChunk, Run, SamplingRun
from routing.models import Item

STRETCH = 10_000  # items
GOOD_FOR = timedelta(hours=1)  # for how long what a run scored that failed may be used
PAUSE = 0.2  # seconds between looks at what other workers are at


@dataclass(frozen=True)
class Shortlist:
    """The items that a pick is made from, those drawn at random in the order of their draw; of how many."""

    ids: list[UUID]
    drawn: list[UUID]
    count: int


def narrow(run: SamplingRun, waiting: QuerySet[Item], scorer: Scorer) -> Shortlist:
    """Score all that waits, together with whichever workers are free, and return the shortlist."""
    if not _resume(run, scorer.basis):
        _cut(run, waiting, scorer.basis)
    total = run.chunks.count()
    for _ in range(min(total, settings.Q_CLUSTER["workers"]) - 1):
        async_task("learning.tasks.score_pool", run.pk)
    while left := run.chunks.filter(done_at__isnull=True).count():
        runs.say(run, f"scored {total - left} of {total} stretches of the pool", 0.9 * (1 - left / total))
        if not take(run, waiting, scorer):
            time.sleep(PAUSE)
    return _merged(run, scorer)


@transaction.atomic
def take(run: SamplingRun, waiting: QuerySet[Item], scorer: Scorer) -> bool:
    """Score one stretch that nobody is at; return whether there was one, and the run wants it still."""
    free = PoolChunk.objects.filter(run=run, done_at__isnull=True, run__basis=scorer.basis)
    wanted = free.filter(run__status=Run.Status.RUNNING, run__cancel_asked_by="")
    chunk = wanted.select_for_update(skip_locked=True, of=("self",)).order_by("place").first()
    if chunk is None:
        return False
    rng = np.random.default_rng([run.pk, chunk.place])
    # Threads of BLAS wait for one another by spinning, and the other workers want the other cores.
    with threadpool_limits(1, user_api="blas"):
        lists, chunk.count = scorer.read(waiting.filter(pk__gte=chunk.first, pk__lte=chunk.last), rng)
    chunk.candidates, chunk.done_at = ranking.packed(lists), timezone.now()
    chunk.save(update_fields=["count", "candidates", "done_at"])
    return True


def forget(run: SamplingRun) -> None:
    """Delete the stretches of this run and of earlier ones of its item type: what they were for is done."""
    PoolChunk.objects.filter(run__item_type=run.item_type_id, run__pk__lte=run.pk).delete()


def sweep() -> int:
    """Delete stretches that no run will use, of what was cancelled or failed long ago; return how many."""
    idle = PoolChunk.objects.exclude(run__status=Run.Status.RUNNING).exclude(run__in=usable())
    return idle.delete()[0]


def usable() -> QuerySet[SamplingRun]:
    """Return the ended runs whose stretches the next run may go on from."""
    return SamplingRun.objects.filter(status=Run.Status.FAILED, finished_at__gt=timezone.now() - GOOD_FOR)


def advanced(run: SamplingRun) -> bool:
    """Return whether the run scored a stretch, so that the next one will get further than it did."""
    return run.chunks.filter(done_at__gte=run.started_at).exists()


@transaction.atomic
def _resume(run: SamplingRun, basis: str) -> bool:
    """Take over the stretches of the run before if it failed and went by the same, else delete them."""
    earlier = SamplingRun.objects.filter(item_type=run.item_type_id, pk__lt=run.pk)
    last, taken = earlier.order_by("-pk").first(), 0
    if last and last.basis == basis and usable().filter(pk=last.pk).exists():
        taken = PoolChunk.objects.filter(run=last).update(run=run)
    PoolChunk.objects.filter(run__in=earlier).delete()
    if taken:
        _note(run, basis)
    return bool(taken)


@transaction.atomic
def _cut(run: SamplingRun, waiting: QuerySet[Item], basis: str) -> None:
    _note(run, basis)
    ids = waiting.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=STRETCH)
    PoolChunk.objects.bulk_create(
        PoolChunk(run=run, place=place, first=chunk[0], last=chunk[-1])
        for place, chunk in enumerate(dataset.chunks(ids, STRETCH))
    )


def _note(run: SamplingRun, basis: str) -> None:
    SamplingRun.objects.filter(pk=run.pk).update(basis=basis)
    run.basis = basis


def _merged(run: SamplingRun, scorer: Scorer) -> Shortlist:
    """Return the best of all stretches, held one at a time."""
    lists = {name: Ranked() for name in scorer.keeps}
    rng = np.random.default_rng(run.pk)
    for data in run.chunks.order_by("place").values_list("candidates", flat=True).iterator(chunk_size=1):
        for name, found in ranking.unpacked(bytes(data)).items():
            lists[name] = lists[name].joined([found]).most(scorer.keeps[name], rng)
    found: Sequence[UUID] = [one for name in scorer.keeps for one in lists[name].uuids()]
    count = run.chunks.aggregate(count=Sum("count"))["count"] or 0
    return Shortlist(list(dict.fromkeys(found)), lists[DRAWN].uuids(), count)
