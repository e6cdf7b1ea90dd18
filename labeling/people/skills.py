"""How often each person is right: measured from answers to the same items, read where they are settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from audit.uuid7 import earliest
from labeling.consensus import annotators, redundancy
from labeling.consensus.annotators import Confusions, Skills
from labeling.consensus.choosing import aggregate
from labeling.consensus.records import Counted, Record, Said, against_experts, counted
from labeling.consensus.votes import Array, class_rates
from labeling.models import AnnotatorSkill, Label, Review
from routing.kinds import KINDS
from routing.models import EXPERTS, ItemType, Purpose

NEWEST = 20_000  # labels that are read: however long the server has run, measuring costs the same
CELLS = 1_000_000  # labels times classes: beyond it a type of 500 classes would take minutes
LOOK_BACK = timedelta(days=180)
# At seeded errors the model is wrong by choice, and imports were said elsewhere.
VOTES = (
    Purpose.REVIEW,
    Purpose.OVERLAP,
    Purpose.AUDIT,
    Purpose.LEARN,
    Purpose.GOLD,
    Purpose.SECOND,
)
LEVEL = 0.95  # of the intervals that are stored
BY_GOLD = "known questions"


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the people who answer one item type, as `consensus.redundancy` takes it.

    `index` tells each person's number in `skills` by user id; whoever isn't in it is nobody known (-1).
    `classes` are the labels in the order in which they are counted, `rates` (classes,) how frequent each is.
    """

    skills: Skills
    index: Mapping[int, int]
    classes: tuple[str, ...]
    rates: Array


_loaded: dict[int, tuple[datetime, Known | None]] = {}


def load(item_type: ItemType) -> Known | None:
    """Return what is known of the people who answer this item type; None until that is enough to go by.

    It takes 20 known questions a person on average (SCIENCE 5.2), and a kind whose labels can be listed. One
    statement, and one more in the first call after each measurement.
    """
    measured_at = AnnotatorSkill.objects.filter(item_type=item_type, user=None).values_list("measured_at")
    at = measured_at.first()
    if at is None:
        return None
    held = _loaded.get(item_type.pk)
    if held is None or held[0] != at[0]:
        held = _loaded[item_type.pk] = at[0], _read(item_type)
    # Whose labels were changed since is measured anew before it counts.
    fits = held[1] is not None and held[1].classes == _classes(item_type)
    return held[1] if fits else None


def _classes(item_type: ItemType) -> tuple[str, ...]:
    return KINDS[item_type.kind].classes(item_type.spec) or ()


def _read(item_type: ItemType) -> Known | None:
    rows = list(AnnotatorSkill.objects.filter(item_type=item_type))
    everybody = next((row for row in rows if row.user_id is None), None)
    people = [row for row in rows if row.user_id is not None]
    classes = _classes(item_type)
    if everybody is None or set(everybody.rates or ()) != set(classes):
        return None
    if not redundancy.skills_known(np.array([row.gold_answered for row in people])):
        return None
    return Known(
        _confusions(people, everybody, classes) if everybody.confusion else _coins(people, len(classes)),
        {row.user_id: number for number, row in enumerate(people)},
        classes,
        np.array([everybody.rates[one] for one in classes]),
    )


def _coins(people: Sequence[AnnotatorSkill], classes: int) -> Skills:
    cast = np.array([row.votes for row in people])
    return annotators.with_caution(
        annotators.agreed(np.array([row.accuracy for row in people]), cast), cast, classes
    )


def _confusions(
    people: Sequence[AnnotatorSkill], everybody: AnnotatorSkill, classes: Sequence[str]
) -> Confusions:
    def matrix(row: AnnotatorSkill) -> Array:
        told = row.confusion or everybody.confusion
        return np.array([[told[true][said] for said in classes] for true in classes])

    return Confusions(np.stack([matrix(row) for row in people]), matrix(everybody))


def measure(item_type: ItemType, *, now: datetime | None = None) -> int:
    """Estimate how often each person is right and store it; return of how many people, 0 if nothing is new.

    From the newest 20,000 answers of the last 180 days, fewer where there are very many classes: those to
    items that several people answered or whose answer is known settle each other (`consensus.aggregate`),
    known questions and experts anchor them. Where labels can't be listed, known questions alone tell. Safe to
    run twice at once: the later one counts.
    """
    now = now or timezone.now()
    labels = _labels(item_type, now)
    newest = labels.values_list("pk", flat=True).first()
    before = AnnotatorSkill.objects.filter(item_type=item_type)
    if newest is None or before.filter(user=None, last_label=newest).exists():
        return 0
    rows = _rows(item_type, _said(item_type, labels), _asked(item_type, now))
    for row in rows:
        row.item_type, row.measured_at = item_type, now
        row.last_label = newest if row.user_id is None else None
    with transaction.atomic():
        ItemType.objects.select_for_update(no_key=True).get(pk=item_type.pk)  # one after the other
        before.delete()
        AnnotatorSkill.objects.bulk_create(rows)
    return len(rows) - 1


def _labels(item_type: ItemType, now: datetime) -> QuerySet[Label]:
    """Return what people said of late, newest first."""
    return Label.objects.filter(
        item_type=item_type,
        pk__gt=earliest(now - LOOK_BACK),
        superseded_at__isnull=True,
        review__isnull=False,
        source__in=(*VOTES, *EXPERTS),
    ).order_by("-pk")


def _said(item_type: ItemType, labels: QuerySet[Label]) -> list[Said]:
    """Return the newest of these labels as votes, as many as can be measured; one statement."""
    rows = labels.values_list("item", "user", "label", "source", "item__label")
    return [
        Said(item, user, label, source in EXPERTS, source == Purpose.GOLD, final)
        for item, user, label, source, final in rows[: min(NEWEST, CELLS // max(len(_classes(item_type)), 1))]
    ]


def _asked(item_type: ItemType, now: datetime) -> dict[int, Record]:
    """Return by person how many known questions they answered of late and how many of them right."""
    answered = Review.objects.filter(
        assignment__item_type=item_type,
        assignment__purpose=Purpose.GOLD,
        assignment__closed_at__gt=now - LOOK_BACK,
        right__isnull=False,
    )
    counts = (
        answered.order_by().values("user").annotate(n=Count("pk"), good=Count("pk", filter=Q(right=True)))
    )
    return {row["user"]: Record(row["n"], row["good"]) for row in counts}


def _rows(item_type: ItemType, said: Sequence[Said], asked: Mapping[int, Record]) -> list[AnnotatorSkill]:
    """Return the new row of each person of whom something is known, and last that of everybody."""
    kind, spec, classes = KINDS[item_type.kind], item_type.spec, _classes(item_type)
    told = counted(said, classes) if classes else None
    rows = _by_consensus(told, classes) if told and len(told.votes) else _by_gold(asked)
    met = against_experts(said, lambda one, other: kind.agree(one, other, spec))
    for row in rows:
        gold, expert = asked.get(row.user_id, Record()), met.get(row.user_id, Record())
        row.gold_answered, row.gold_right = gold.compared, gold.agreed
        row.expert_compared, row.expert_agreed = expert.compared, expert.agreed
    return rows


def _by_consensus(told: Counted, classes: Sequence[str]) -> list[AnnotatorSkill]:
    found = aggregate(told.votes, gold=told.gold)
    matrices = found.skills if isinstance(found.skills, Confusions) else None
    right = annotators.agreed(found.accuracy, found.votes)
    _, low, high = annotators.interval(right, found.votes, level=LEVEL)
    people = [
        AnnotatorSkill(
            user_id=person,
            method=found.method,
            votes=found.votes[number],
            accuracy=found.accuracy[number],
            low=low[number],
            high=high[number],
            confusion=_named(matrices.rates[number], classes) if matrices else None,
        )
        for number, person in enumerate(told.people)
    ]
    everybody = _everybody(found.method, right.sum(), found.votes.sum())
    everybody.confusion = _named(matrices.pooled, classes) if matrices else None
    everybody.rates = dict(zip(classes, class_rates(found.posterior).tolist(), strict=True))
    return [*people, everybody]


def _named(matrix: Array, classes: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return a confusion matrix by name: class, class said, share."""
    return {
        true: dict(zip(classes, row.tolist(), strict=True)) for true, row in zip(classes, matrix, strict=True)
    }


def _by_gold(found: Mapping[int, Record]) -> list[AnnotatorSkill]:
    """Return the rows where no votes can be counted: by known questions alone."""
    right = np.array([one.agreed for one in found.values()])
    asked = np.array([one.compared for one in found.values()])
    accuracy, low, high = annotators.interval(right, asked, level=LEVEL)
    people = [
        AnnotatorSkill(user_id=person, method=BY_GOLD, votes=votes, accuracy=mean, low=least, high=most)
        for person, votes, mean, least, most in zip(found, asked, accuracy, low, high, strict=True)
    ]
    return [*people, _everybody(BY_GOLD, right.sum(), asked.sum())]


def _everybody(method: str, right: float, cast: float) -> AnnotatorSkill:
    accuracy, low, high = annotators.interval(right, cast, level=LEVEL)
    return AnnotatorSkill(method=method, votes=cast, accuracy=accuracy, low=low, high=high)
