"""Labels made into data: what a model learns from, and what is kept back to judge it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import F, Min, Q, QuerySet

from labeling.models import Label
from learning import weighing
from learning.encoders import compact
from learning.models import ModelVersion
from routing.errors import HitlError
from routing.kinds import KINDS
from routing.models import Item, ItemType, Purpose, Status

NEWEST = 200_000  # labels per data set; beyond it the oldest are left out, so that memory is bounded
CHUNK = 2_000
# In calibration ten labels drawn from twenty thousand items must not outweigh all others: weights of rare
# draws are cut there (truncated importance sampling, Ionides 2008). What judges models is never cut.
MOST_IN_TRAINING = 20.0
READ = (
    "label",
    "weight",
    "user",
    "feedback_type",
    "reserved",
    "inclusion",
    "source",
    "ts",
    "item__payload",
    "item__context",
    "item__held_out",
    "item__audit_draw",
    "item__label_probability",
    "item__created_at",
    "item__model",
)
OVERTURNED = (Label.Feedback.NEGATIVE, Label.Feedback.CORRECTION)
T = TypeVar("T")


# What a learner fits: one of several classes; of two answers the better one, or a tie.
LEARNABLE = Q(kind="classification", multilabel=False) | Q(kind="preference")


class Unlearnable(HitlError):
    """Models are trained for preferences and for classifications with one label per item; this is another."""

    code = "unlearnable"


@dataclass
class Labelled:
    """Labelled payloads in the order of their labels' time; the lists have one length.

    `keys` are the labels' own ids, which rise with time. `weights` say how much a label counts in training,
    as `weighing.Scales` tells, 1 for what judges; `stands_for` is 1 / the probability with which the item was
    to get a label: means weighted by it (Hájek 1971) are of all items, not of the hard ones. In the data to
    train on it is at most MOST_IN_TRAINING. `wrong` is 1 where the label says that the model's
    answer was not right, by a review, an audit or production, else 0. `items` are the ids of the items,
    `contexts` what came beside their payloads and `times` when the labels came.
    """

    keys: list[UUID] = field(default_factory=list)
    items: list[UUID] = field(default_factory=list)
    payloads: list[dict[str, Any]] = field(default_factory=list)
    contexts: list[dict[str, Any]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    stands_for: list[float] = field(default_factory=list)
    wrong: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.labels)

    def put(self, row: Label, stands_for: float, weight: float = 1.0) -> None:
        """Add one label."""
        self.keys.append(row.pk)
        self.items.append(row.item_id)
        self.payloads.append(compact(row.item.payload))
        self.contexts.append(row.item.context)
        self.labels.append(row.label)
        self.times.append(row.ts)
        self.weights.append(weight)
        self.stands_for.append(stands_for)
        self.wrong.append(float(row.feedback_type in OVERTURNED))


@dataclass(frozen=True)
class Dataset:
    """The latest label of every item of one type, split for good by the item's `held_out`."""

    train: Labelled
    held_out: Labelled
    newest: UUID | None
    sha256: str


@dataclass(frozen=True)
class _ColdStart:
    """The time when an item type had no model: the share asked for then, its end, and its own models' names.

    Of the held-out items of that time only those below the least share ever drawn are used, each weighing the
    same: whoever was reviewed later, because a model was unsure, would make the sample look harder than the
    stream. What came with a client's prediction was routed by that from the start, by chances that are known.
    """

    share: float
    until: datetime | None
    own: frozenset[str]

    def holds(self, item: Item) -> bool:
        """Return whether the item came then, without a prediction by a client."""
        early = self.until is None or item.created_at < self.until
        return early and (not item.model or item.model in self.own)


def learnable(item_type: ItemType) -> bool:
    """Return whether a learner fits the item type."""
    return item_type.kind == "preference" or (item_type.kind == "classification" and not item_type.multilabel)


def classes(item_type: ItemType) -> tuple[str, ...]:
    """Return the classes that a model of a learnable item type tells apart."""
    return KINDS[item_type.kind].classes(item_type.spec)


def check(item_type: ItemType) -> None:
    """Raise Unlearnable where no learner fits the item type."""
    if not learnable(item_type):
        raise Unlearnable(f"{item_type.slug} is of kind {item_type.kind}. {Unlearnable.__doc__}")


def load(item_type: ItemType) -> Dataset:
    """Return the item type's data set; raises Unlearnable.

    A held-out item never enters `train`, whichever way its label came.
    """
    check(item_type)
    known = set(classes(item_type))
    train, held_out = Labelled(), Labelled()
    scales = weighing.scales(item_type)
    cold = _cold_start(item_type)
    newest: UUID | None = None
    digest = hashlib.sha256()
    for row in _rows(item_type):
        newest = max(newest, row.pk) if newest else row.pk
        if row.label not in known:
            continue  # the admin has taken this label away
        digest.update(f"{row.pk}{json.dumps(row.label)}\n".encode())
        if not (row.reserved or row.item.held_out):
            train.put(row, min(1.0 / row.inclusion, MOST_IN_TRAINING), scales.weigh(row))
        elif stands_for := _stands_for(row, cold):
            held_out.put(row, stands_for)
    return Dataset(train, held_out, newest, digest.hexdigest())


def held_out(item_type: ItemType, most: int) -> Labelled:
    """Return what models are judged by alone, at most the newest so many labels; raises Unlearnable."""
    check(item_type)
    known, cold, found = set(classes(item_type)), _cold_start(item_type), Labelled()
    for row in _rows(item_type, Q(reserved=True) | Q(item__held_out=True), most):
        if row.label in known and (stands_for := _stands_for(row, cold)):
            found.put(row, stands_for)
    return found


def _stands_for(row: Label, cold: _ColdStart) -> float | None:
    """Return how many items a held-out one stands for, or None where no model is judged by it."""
    if cold.holds(row.item):
        return 1.0 / cold.share if row.item.audit_draw < cold.share else None
    return 1.0 / row.inclusion if _was_to_be_labelled(row) else None


def _was_to_be_labelled(row: Label) -> bool:
    """Whether the item was drawn, or went to people anyway: who looks at others looks because of a doubt."""
    chance = row.item.label_probability
    return row.source == Purpose.LEARN or chance is None or row.item.audit_draw < chance


def latest(item_type: ItemType) -> QuerySet[Label]:
    """Return the latest label of each item.

    What somebody said at a look who was outvoted, or whom an expert has not heard yet, is left out: the
    item's decision stands.
    """
    outvoted = Q(item__status=Status.APPROVED, source__in=Purpose.values) & ~Q(label=F("item__label"))
    return (
        Label.objects.in_force()
        .filter(item_type=item_type, item__isnull=False, item__erased_at__isnull=True)
        .exclude(outvoted)
        # Production complains of errors: of held-out items that would be a sample of the worst.
        .exclude(source=Label.Source.FEEDBACK, reserved=True)
        .order_by("item_ref", "-ts", "-id")
        .distinct("item_ref")
    )


def _rows(item_type: ItemType, which: Q | None = None, most: int = NEWEST) -> Iterator[Label]:
    """Yield the latest label of each item, of `which` there are, oldest first.

    The ids are read first and the rows by them: where one statement did both, a planner that had not yet
    counted the table went through all labels once for each.
    """
    found, given = latest(item_type).filter(which or Q()).values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT latest.id FROM ({found}) latest ORDER BY latest.id DESC LIMIT %s", [*given, most]
        )
        newest = [pk for (pk,) in cursor.fetchall()]
    for some in chunks(reversed(newest)):
        yield from Label.objects.filter(pk__in=some).select_related("item").only(*READ).order_by("pk")


def _cold_start(item_type: ItemType) -> _ColdStart:
    drawn = Label.objects.filter(
        item_type=item_type, source=Purpose.LEARN, reserved=True, item__held_out=True
    ).aggregate(least=Min("inclusion"))["least"]
    versions = list(ModelVersion.objects.filter(item_type=item_type).values_list("number", "promoted_at"))
    return _ColdStart(
        drawn or 1.0,
        min((promoted for _, promoted in versions if promoted), default=None),
        frozenset(f"{item_type.slug}@{number}" for number, _ in versions),
    )


def chunks(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield the rows in lists of `size`, the last one shorter, reading no further than is asked for."""
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk
