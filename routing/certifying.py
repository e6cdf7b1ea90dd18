"""Feed certificates with what became of decisions: begin a stream, count batches, end it, and remember all.

Each step is one transaction that holds the item type's lock and writes what it did into the trail. A batch is
cut by numbers and by policies, and never by what its labels say.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from audit import trail
from routing import outcomes, policies, streams
from routing.certify import Target
from routing.models import Assignment, Certification, ItemType, Purpose
from routing.outcomes import Row
from routing.slices import REST, begin_slices, own_slices
from routing.streams import Guard, Stream
from routing.tallies import Batch

CERTIFIER = "system:certifier"
LOCK = 0x63657274  # this and the item type's id: one at a time feeds its certificates
FIRST_SCORES, LAST_SCORES = 200, 1_000
BATCH = 100
CHUNK = 25 * BATCH
PATIENCE = timedelta(days=1)  # a smaller batch is counted once its first decision has waited for so long
MOST_MODELS = 1_000


@dataclass(frozen=True)
class Step:
    """What one step did: the stream as it stands, how many decisions were counted, whether there is more."""

    certification: Certification
    stream: Stream
    decisions: int
    more: bool


def feed(item_type: ItemType, *, now: datetime | None = None) -> int:
    """Count every complete decision of an item type for its certificates; return how many there were.

    Nothing is published: `guarding.run` does that too. Safe to run twice at once: the second counts nothing.
    """
    now, counted = now or timezone.now(), 0
    for model in outcomes.models(item_type, MOST_MODELS):
        more = True
        while more:
            with transaction.atomic():
                step = take(item_type, model, now=now) if lock(item_type) else None
            more = step is not None and step.more
            counted += step.decisions if step else 0
    return counted


def lock(item_type: ItemType) -> bool:
    """Return whether this transaction alone now feeds the item type's certificates; it never waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, item_type.pk])
        return cursor.fetchone()[0]


def take(item_type: ItemType, model: str, *, now: datetime) -> Step | None:
    """Count the next decisions of one model and return what was done; None while nothing can begin.

    It begins the stream where there is none, and stops at an alarm and at a target that has changed: both
    end the stream, which is not for here. Needs a transaction that holds the lock.
    """
    row = running(item_type).filter(model=model).select_for_update().first()
    if row is None:
        row = begin(item_type, model, now=now) if item_type.target_alpha is not None else None
    if row is None:
        return None
    stream = Stream.from_json({"states": row.states, "detectors": row.detectors})
    if stream.alarmed or outdated(row, item_type):
        return Step(row, stream, 0, False)
    rows, more = outcomes.complete(item_type, model, after=row.cursor, now=now, limit=CHUNK)
    batches = list(_batches(rows, now))
    limits = (policies.pure(policies.latest(item_type)).certified or {}).get(model, {})
    before, events = row.decisions, []
    for batch in batches:
        stream, event = _count(row, stream, batch, limits, now=now)
        events.append(event)
        if stream.alarmed:
            break
    if events:
        _store(row, stream)
        trail.record_all(events, by=CERTIFIER)
    return Step(row, stream, row.decisions - before, more and not stream.alarmed)


def running(item_type: ItemType) -> Any:
    """Return the item type's streams that have not ended."""
    return Certification.objects.filter(item_type=item_type, ended_at__isnull=True)


def stated(item_type: ItemType) -> dict[str, Any]:
    """Return the target as the admin stated it, and of what it is to be proven."""
    return {
        "alpha": item_type.target_alpha,
        "delta": item_type.target_delta,
        "of": item_type.target_of,
        "by": item_type.certify_by,
        "simultaneous": item_type.simultaneous,
    }


def outdated(row: Certification, item_type: ItemType) -> bool:
    """Return whether the admin has stated another target since the stream began."""
    return item_type.target_alpha is not None and row.stated != stated(item_type)


def catches(item_type: ItemType) -> tuple[int, int]:
    """Return how many seeded errors people found out, of how many that they answered."""
    asked = Assignment.objects.filter(item_type=item_type, purpose=Purpose.GOLD, caught__isnull=False)
    found = asked.aggregate(caught=Count("id", filter=Q(caught=True)), seeded=Count("id"))
    return found["caught"], found["seeded"]


def target(item_type: ItemType, caught: int, seeded: int) -> Target | None:
    """Return the target to prove, so that the stated one holds though people overlook some errors.

    None where they found none of the seeded errors: then no label proves anything.
    """
    from routing.binomial import corrected  # takes scipy, which takes a fifth of a second

    wanted = Target(item_type.target_alpha, item_type.target_delta, item_type.target_of)
    return corrected(wanted, caught, seeded) if seeded else wanted


def begin(
    item_type: ItemType,
    model: str,
    *,
    now: datetime,
    guards: Mapping[str, Guard] | None = None,
    own: Collection[str] = (),
) -> Certification | None:
    """Begin a model's stream after the decisions that an earlier one has counted, and return its row.

    The thresholds to try come from the model's scores, never from labels. `guards` watch on over what an
    earlier stream has proven, and `own` names its slices, which stay. None where there are fewer than 200
    scores, or where people catch no errors.
    """
    scores, names = outcomes.scores(item_type, model, now=now, last=LAST_SCORES)
    caught, seeded = catches(item_type)
    goal = target(item_type, caught, seeded) if len(scores) >= FIRST_SCORES else None
    if goal is None:
        return None
    apart = _own(item_type, names, goal) | ({*own} - {REST})
    states = begin_slices(goal, scores, names, apart, simultaneous=item_type.simultaneous)
    stream = Stream(states, dict(guards or {}))
    earlier = Certification.objects.filter(item_type=item_type, model=model).order_by("-id").first()
    row = Certification(
        item_type=item_type,
        model=model,
        target=vars(goal).copy(),
        stated=stated(item_type),
        caught={"caught": caught, "seeded": seeded} if seeded else {},
        cursor=earlier.cursor if earlier else None,
        begun_at=now,
        **stream.to_json(),
    )
    row.save(force_insert=True)
    trail.record("certificate.begun", row, by=CERTIFIER, **_beginning(row))
    return row


def _own(item_type: ItemType, names: Sequence[str], goal: Target) -> frozenset[str]:
    """Return the classes that get a certificate of their own: enough checks of them are to be expected."""
    if item_type.certify_by != ItemType.CertifyBy.CLASS:
        return frozenset()
    checks = item_type.early_items * item_type.early_audit_rate / len(names)
    expected = {name: names.count(name) * checks for name in set(names) - {REST}}
    return own_slices(expected, goal)


def _beginning(row: Certification) -> dict[str, Any]:
    return {
        "item_type": row.item_type.slug,
        "model": row.model,
        "target": row.target,
        "stated": row.stated,
        "caught": row.caught,
        "states": row.states,
        "detectors": row.detectors,
        "cursor": row.cursor,
        "begun_at": row.begun_at,
    }


def end(row: Certification, *, because: str, now: datetime) -> None:
    """End a model's stream; what it has counted stays counted."""
    row.ended_at, row.ended_because = now, because
    row.save(update_fields=["ended_at", "ended_because"])
    trail.record(
        "certificate.ended",
        row,
        by=CERTIFIER,
        item_type=row.item_type.slug,
        model=row.model,
        because=because,
        ended_at=now,
    )


def _batches(rows: Sequence[Row], now: datetime) -> Iterator[list[Row]]:
    """Cut decisions into batches of one policy; what can still grow is left for later."""
    for _, group in groupby(rows, key=lambda row: row.policy):
        same = list(group)
        if not same[0].least:
            yield same  # passed over: it proves nothing
            continue
        for at in range(0, len(same), BATCH):
            batch = same[at : at + BATCH]
            last = batch[-1] is rows[-1]
            if len(batch) == BATCH or not last or batch[0].arrived_at <= now - PATIENCE:
                yield batch


def _count(
    row: Certification,
    stream: Stream,
    batch: Sequence[Row],
    limits: Mapping[str, float | None],
    *,
    now: datetime,
) -> tuple[Stream, trail.Entry]:
    """Count one batch into stream and row, and return the stream and the event that tells of it."""
    told = {
        "item_type": row.item_type.slug,
        "model": row.model,
        "policy": batch[0].policy,
        "first": batch[0].id,
        "last": batch[-1].id,
        "fed_at": now,
    }
    row.cursor, row.fed_at = batch[-1].id, now
    if not batch[0].least:
        return stream, trail.Entry("certificate.passed", row, told | {"passed": len(batch)})
    fed = streams.count(
        stream.states,
        _batch(batch),
        [one.of for one in batch],
        thresholds=limits,
        audits=_audits(batch),
    )
    missed = sum(one.missed for one in batch)
    told |= {"decisions": len(batch), "missed": missed, **fed.to_json()}
    row.batches += 1
    row.decisions += len(batch)
    row.missed += missed
    return streams.absorb(stream, fed), trail.Entry("certificate.fed", row, told)


def _batch(rows: Sequence[Row]) -> Batch:
    return Batch(
        [row.score for row in rows],
        [row.probability for row in rows],
        [row.drawn for row in rows],
        [row.loss for row in rows],
        least=rows[0].least,
    )


def _audits(rows: Sequence[Row]) -> list[streams.Audit]:
    """Return score, loss and class of what was automated and checked, in the order of its closing."""
    closed = sorted((row for row in rows if row.closed_at), key=lambda row: (row.closed_at, row.id))
    return [(row.score, 1.0 if math.isnan(row.loss) else row.loss, row.of) for row in closed]


def _store(row: Certification, stream: Stream) -> None:
    for name, value in stream.to_json().items():
        setattr(row, name, value)
    row.save(
        update_fields=["states", "detectors", "cursor", "batches", "decisions", "missed", "fed_at"],
    )
