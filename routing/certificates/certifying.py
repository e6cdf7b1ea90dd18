"""Feed certificates with what became of decisions: begin a stream, count batches, end it, and remember all.

Each step is one transaction that holds the item type's lock and writes what it did into the trail.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from audit import trail
from routing import policies
from routing.certificates import batches, outcomes
from routing.certificates.outcomes import Row
from routing.certificates.targets import stated
from routing.certify import Target, gates, streams
from routing.certify.slices import REST, begin_slices, own_slices
from routing.certify.streams import Guard, Stream
from routing.models import Assignment, Certification, ItemType, Policy, Purpose

CERTIFIER = "system:certifier"
LOCK = 0x63657274  # this and the item type's id: one at a time feeds its certificates
FIRST_SCORES, LAST_SCORES = 200, 1_000
CHUNK = 25 * batches.BATCH
MOST_MODELS = 1_000


@dataclass(frozen=True)
class Step:
    """What one step did: the stream as it stands, how many decisions were counted, whether there is more."""

    certification: Certification
    stream: Stream
    decisions: int
    more: bool


def lock(item_type: ItemType) -> None:
    """Wait until this transaction alone feeds the item type's certificates: runs at once take turns.

    Who gave up instead would leave work undone, as another may hold the lock for a step without any.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, item_type.pk])


def take(item_type: ItemType, model: str, *, now: datetime) -> Step | None:
    """Count the next decisions of one model and return what was done; None while nothing can begin.

    It begins the stream where there is none, and stops at an alarm and where the stream is outdated: both end
    it, which is not for here. Needs a transaction that holds the lock.
    """
    row = running(item_type).filter(model=model).select_for_update().first()
    if row is None:
        row = begin(item_type, model, now=now)
    if row is None:
        return None
    stream = Stream.from_json({"states": row.states, "detectors": row.detectors})
    if stream.alarmed or outdated(row, item_type):
        return Step(row, stream, 0, False)
    policy = policies.pure(policies.latest(item_type))
    found = outcomes.complete(item_type, model, policy, after=row.cursor, now=now, limit=CHUNK)
    limits = (policy.certified or {}).get(model, {})
    before, events = row.decisions, []
    for batch in batches.cut(found, now):
        stream, event = _count(row, stream, batch, limits, now=now)
        events.append(event)
        if stream.alarmed:
            break
    if events:
        _store(row, stream)
        trail.record_all(events, by=CERTIFIER)
    return Step(row, stream, row.decisions - before, found.more and not stream.alarmed)


def running(item_type: ItemType) -> Any:
    """Return the item type's streams that have not ended."""
    return Certification.objects.filter(item_type=item_type, ended_at__isnull=True)


def goal(item_type: ItemType) -> dict[str, Any] | None:
    """Return the target to prove: the published one, or while none is published the typed one, if any."""
    policy = policies.newest(item_type)
    pure = policies.pure(policy) if policy else None
    if pure and pure.certified is not None and pure.target:
        return dict(pure.target)
    return stated(item_type) if item_type.target_alpha is not None else None


def outdated(row: Certification, item_type: ItemType) -> str | None:
    """Return why what a stream has counted proves nothing any more; None where it does.

    Another target was stated since it began, or a policy automates what earlier ones kept from it.
    """
    wanted = goal(item_type)
    if wanted is not None and row.stated != wanted:
        return "the error target was changed"
    return opened(row)


def opened(row: Certification) -> str | None:
    """Return what is automated since a stream began that was kept from it before; None where nothing is."""
    since = Policy.objects.filter(item_type=row.item_type_id, number__gte=row.policy).order_by("number")
    # The certifier's own, of which there can be many, change thresholds and checks alone.
    by_people = since.filter(~Q(published_by=CERTIFIER) | Q(number=row.policy))
    found = [policies.pure(policy) for policy in by_people]
    return next((why for pair in pairwise(found) if (why := gates.loosened(*pair))), None)


def catches(item_type: ItemType) -> tuple[int, int]:
    """Return how many seeded errors people found out, of how many that they answered."""
    asked = Assignment.objects.filter(item_type=item_type, purpose=Purpose.SEED, caught__isnull=False)
    found = asked.aggregate(caught=Count("id", filter=Q(caught=True)), seeded=Count("id"))
    return found["caught"], found["seeded"]


def target(item_type: ItemType, caught: int, seeded: int) -> Target | None:
    """Return the target to prove, so that the wanted one holds though people overlook some errors.

    None where they found none of the seeded errors: then no label proves anything; and where none is wanted.
    """
    from routing.certify.binomial import corrected  # takes scipy, which takes a fifth of a second

    wanted = goal(item_type)
    known = Target(wanted["alpha"], wanted["delta"], wanted["of"]) if wanted else None
    return corrected(known, caught, seeded) if known and seeded else known


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
    scores, where people catch no errors, or where no target is stated.

    Each stream has a risk of delta of its own: one that follows an alarm or another target proves anew, from
    decisions that no earlier one has counted.
    """
    scores, names = outcomes.scores(item_type, model, now=now, last=LAST_SCORES)
    caught, seeded = catches(item_type)
    proof = target(item_type, caught, seeded) if len(scores) >= FIRST_SCORES else None
    if proof is None:
        return None
    wanted = goal(item_type)
    apart = {*own} - {REST}
    if wanted["by"] == ItemType.CertifyBy.CLASS:
        apart |= _own(item_type, names, proof)
    states = begin_slices(proof, scores, names, apart, simultaneous=wanted["simultaneous"])
    row = _row(item_type, model, proof, wanted, Stream(states, dict(guards or {})), now=now)
    row.caught = {"caught": caught, "seeded": seeded} if seeded else {}
    row.save(force_insert=True)
    trail.record("certificate.begun", row, by=CERTIFIER, **_beginning(row))
    return row


def _row(
    item_type: ItemType,
    model: str,
    proof: Target,
    wanted: Mapping[str, Any],
    stream: Stream,
    *,
    now: datetime,
) -> Certification:
    """Return the row of a stream that goes on behind what the model's last one has counted."""
    earlier = Certification.objects.filter(item_type=item_type, model=model).order_by("-id").first()
    return Certification(
        item_type=item_type,
        model=model,
        policy=policies.latest(item_type).number,
        target=vars(proof).copy(),
        stated=wanted,
        cursor=earlier.cursor if earlier else None,
        begun_at=now,
        **stream.to_json(),
    )


def _own(item_type: ItemType, names: Sequence[str], proof: Target) -> frozenset[str]:
    """Return the classes that get a certificate of their own: enough checks of them are to be expected."""
    checks = item_type.early_items * item_type.early_audit_rate / len(names)
    expected = {name: names.count(name) * checks for name in set(names) - {REST}}
    return own_slices(expected, proof)


def _beginning(row: Certification) -> dict[str, Any]:
    return {
        "item_type": row.item_type.slug,
        "model": row.model,
        "policy": row.policy,
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
        batches.counted(batch),
        [one.of for one in batch],
        thresholds=limits,
        audits=batches.audits(batch),
    )
    missed = sum(one.missed for one in batch)
    told |= {"decisions": len(batch), "missed": missed, **fed.to_json()}
    row.batches += 1
    row.decisions += len(batch)
    row.missed += missed
    return streams.absorb(stream, fed), trail.Entry("certificate.fed", row, told)


def _store(row: Certification, stream: Stream) -> None:
    for name, value in stream.to_json().items():
        setattr(row, name, value)
    row.save(
        update_fields=["states", "detectors", "cursor", "batches", "decisions", "missed", "fed_at"],
    )
