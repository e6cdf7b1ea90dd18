"""Read all that is kept of one item, in a number of statements that does not grow with its life."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from audit import chain, private
from audit.models import AuditEvent, Bundle
from hitl_project.compliance.story import words
from hitl_project.compliance.story.facts import (
    CLOSED,
    ERASED,
    HIDDEN,
    Fact,
    Law,
    Material,
    Message,
    RuleText,
    Said,
    Seat,
)
from hitl_project.compliance.story.matching import ItemRow, Mismatch, ReviewRow, mismatches
from labeling.models import Appeal, Flag, Label, Review
from routing import teams, telling
from routing.differences import EFFECTS, differences
from routing.kinds import KINDS
from routing.models import Assignment, Guidelines, Item, LegalHold, Policy, Prediction

MOST = 1_000  # events that are told: nobody reads more, and a story must not take a server down
ITEM = "routing.item"
POLICY = "routing.policy"
PUBLISHED = "policy.published"


@dataclass(frozen=True)
class Read:
    """What was read of an item: the material of its story, its rows, and where these differ from the trail.

    `more` says that only the first MOST events were read; `personal` that something was opened which only
    those with the right to see personal data are shown.
    """

    item: Item
    material: Material
    mismatches: tuple[Mismatch, ...]
    personal: bool
    more: bool


def items() -> QuerySet[Item]:
    """Return items with all that a story asks of their rows."""
    return Item.objects.select_related("item_type", "item_type__subject_rights", "policy")


def read(item: Item, *, opens: bool) -> Read:
    """Return what is kept of an item; `opens`: what was told in confidence is opened, where its key lives."""
    seats = _seats(item)
    events = list(_events(item, seats)[: MOST + 1])
    more, events = len(events) > MOST, events[:MOST]
    facts = tuple(_fact(event, item, opens=opens) for event in events)
    policies = _policies(item, facts)
    snapshots = _snapshots(policies)
    said = list(item.predictions.order_by("rank"))
    reviews = [_review(seat.review) for seat in seats if _answered(seat)]
    altered = [
        Mismatch("An event does not have the content that it was written with: it was altered.", one.pk)
        for one in events
        if chain.event_digest(one) != one.digest
    ]
    differ = () if more else mismatches(_row(item, said), reviews, facts, snapshots)
    return Read(
        item=item,
        material=_material(item, seats, facts, policies, said, opens=opens),
        mismatches=(*altered, *differ),
        personal=opens and any("private" in event.body for event in events),
        more=more,
    )


def _seats(item: Item) -> list[Assignment]:
    in_force = Prefetch(
        "review__human_labels",
        queryset=Label.objects.filter(superseded_at__isnull=True),
        to_attr="in_force",
    )
    rows = item.assignments.select_related("queue", "user", "review__user").prefetch_related(in_force)
    return list(rows.order_by("pk"))


def _answered(seat: Assignment) -> bool:
    return getattr(seat, "review", None) is not None


def _events(item: Item, seats: Sequence[Assignment]) -> QuerySet[AuditEvent]:
    """Return the events of the item, and of the rows that hang on it, oldest first."""
    holds = Q(item=item) | Q(item_type=item.item_type_id)
    holds |= Q(about=item.about) if item.about else Q()
    lasting = LegalHold.objects.filter(holds).exclude(lifted_at__lt=item.created_at)
    subjects: dict[str, Iterable[Any]] = {
        ITEM: [item.pk],
        "routing.assignment": [seat.pk for seat in seats],
        "routing.delivery": item.deliveries.values_list("pk", flat=True),
        "labeling.flag": Flag.objects.filter(item=item).values_list("pk", flat=True),
        "labeling.appeal": Appeal.objects.filter(item=item).values_list("pk", flat=True),
        "routing.legalhold": lasting.values_list("pk", flat=True),
        "audit.bundle": Bundle.objects.filter(subject=f"{ITEM}:{item.pk}").values_list("pk", flat=True),
    }
    wanted = Q()
    for subject_type, ids in subjects.items():
        if names := [str(one) for one in ids]:
            wanted |= Q(subject_type=subject_type, subject_id__in=names)
    return AuditEvent.objects.filter(wanted).order_by("id")


def _fact(event: AuditEvent, item: Item, *, opens: bool) -> Fact:
    data, closed = event.data, ""
    locked = data.pop("private", None)
    if locked:
        found = private.unlock(locked, secret=item.secret, subject=event.subject) if opens else None
        if found is None:
            closed = ERASED if locked == private.ERASED or item.secret is None or opens else HIDDEN
        data |= found or {}
    return Fact(event.pk, event.at, event.actor, event.verb, data, event.subject, closed)


def _policies(item: Item, facts: Sequence[Fact]) -> list[Policy]:
    """Return the policies that the trail or the row names."""
    numbers = {fact.data.get("policy") for fact in facts if isinstance(fact.data.get("policy"), int)}
    if item.policy:
        numbers.add(item.policy.number)
    rows = Policy.objects.filter(item_type=item.item_type_id, number__in=numbers) if numbers else []
    return sorted(rows, key=lambda one: one.number)


def _snapshots(policies: Sequence[Policy]) -> list[tuple[int, bool]]:
    """Return of each policy whether its row is what the trail says was published."""
    ids = [str(one.pk) for one in policies]
    events = AuditEvent.objects.filter(subject_type=POLICY, subject_id__in=ids, verb=PUBLISHED)
    published = {event.subject_id: event.data.get("after") for event in events}
    return [
        (one.number, published[str(one.pk)] == one.snapshot) for one in policies if str(one.pk) in published
    ]


def _row(item: Item, said: Sequence[Prediction]) -> ItemRow:
    return ItemRow(
        status=item.status,
        label=item.label,
        decided_by=item.decided_by or "",
        policy=item.policy.number if item.policy else None,
        model=item.model,
        confidence=item.confidence,
        content=telling.content(item),
        said=said[0].label if said else None,
    )


def _review(review: Review) -> ReviewRow:
    return ReviewRow(
        seat=review.assignment_id,
        person=review.user.get_username(),
        action=review.action,
        label=review.label,
        comment=review.comment,
        confidence=review.confidence,
        in_force=tuple(one.label for one in review.in_force),
    )


def _material(
    item: Item,
    seats: Sequence[Assignment],
    facts: tuple[Fact, ...],
    policies: Sequence[Policy],
    said: Sequence[Prediction],
    *,
    opens: bool,
) -> Material:
    return Material(
        item_type=item.item_type.slug,
        item_ref=item.item_ref,
        status=item.status,
        erased_at=item.erased_at,
        facts=facts,
        seats={seat.pk: _seat(seat) for seat in seats},
        said=tuple(_said(item, one, opens=opens) for one in said),
        laws={one.number: law(one) for one in policies},
        messages=tuple(
            Message(one.event, one.url, one.created_at, one.attempts, one.delivered_at, one.parked_at)
            for one in item.deliveries.order_by("pk")
        ),
        guidelines=_guidelines(item, facts),
    )


def _guidelines(item: Item, facts: Sequence[Fact]) -> frozenset[int]:
    """Return the versions of the guidelines that people worked by and in which something is written."""
    numbers = {fact.data["guidelines"] for fact in facts if fact.data.get("guidelines")}
    if not numbers:
        return frozenset()
    rows = Guidelines.objects.filter(item_type=item.item_type_id, number__in=numbers).exclude(text="")
    return frozenset(rows.values_list("number", flat=True))


def _said(item: Item, one: Prediction, *, opens: bool) -> Said:
    """Return what a model said; free words only for those who may read what is personal."""
    free = KINDS[item.item_type.kind].free_text
    why = ERASED if item.erased_at else HIDDEN
    text = f"({CLOSED[why]})" if free and (item.erased_at or not opens) else words.answer(one.label)
    return Said(one.model, text, one.confidence, one.created_at, one.rank == 0)


def _seat(seat: Assignment) -> Seat:
    return Seat(
        id=seat.pk,
        purpose=seat.purpose,
        queue=seat.queue.slug,
        asked_at=seat.created_at,
        due_at=seat.due_at,
        blind=seat.blind,
        person=seat.user.get_username() if seat.user else "",
        claimed_at=seat.claimed_at,
        leased_until=seat.leased_until,
        closed_at=seat.closed_at,
        outcome=seat.outcome or "",
    )


def law(policy: Policy) -> Law:
    """Return a policy as it was published: all of its text, from its snapshot."""
    pure = policy.pure
    return Law(
        pk=policy.pk,
        number=policy.number,
        published_at=policy.published_at,
        published_by=policy.published_by,
        reason=policy.reason,
        text=tuple(one.replace("New rule", "Rule", 1) for one in differences(None, pure)),
        rules=tuple(
            RuleText(one.name, one.category, one.when, EFFECTS.get(one.effect, one.effect))
            for one in pure.rules
        ),
    )


def find(item_id: UUID, *, caller: Any) -> Item | None:
    """Return the item with this id and all that a story asks of its row; None where the caller sees none."""
    return teams.seen(items().filter(pk=item_id), caller).first()
