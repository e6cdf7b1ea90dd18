"""A model's card: where it comes from, what it learnt from, how it was measured, and what it has decided."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.fields.json import KeyTransform

from labeling.models import Label
from learning.models import ModelVersion
from routing.models import Action, Erasure, Item, ItemType

MOST = 100_000  # decisions that are counted: somebody waits for the card


@dataclass(frozen=True)
class Source:
    """So many labels that came about in one way."""

    name: str
    labels: int


@dataclass(frozen=True)
class Learnt:
    """The data that a model was trained on and judged by: its hash, sizes, and where the labels came from.

    `sources` count the labels in force today that it could see; those replaced since are not among them.
    `erased` is of how many items it learnt the content was erased since: it can't unlearn them.
    """

    sha256: str
    labels_used: int
    labels_held_out: int | None
    sources: tuple[Source, ...]
    erased: int


@dataclass(frozen=True)
class Decisions:
    """How many items were decided on a model's answers, and how many of them automatically.

    `more` says that only the newest MOST were counted.
    """

    items: int
    automated: int
    more: bool

    @property
    def share(self) -> float | None:
        """The share that was automated."""
        return self.automated / self.items if self.items else None


@dataclass(frozen=True)
class Card:
    """What is told of a model beside its row, its report and its evaluations."""

    version: ModelVersion
    learnt: Learnt
    decisions: Decisions
    children: tuple[ModelVersion, ...]


def read(version: ModelVersion) -> Card:
    """Return the model's card; four statements."""
    run = version.run
    return Card(
        version=version,
        learnt=Learnt(
            sha256=run.dataset_sha256 if run else "",
            labels_used=version.labels_used,
            labels_held_out=run.labels_held_out if run else None,
            sources=_sources(version) if run and run.last_label else (),
            erased=_erased(version),
        ),
        decisions=_decisions(version.item_type, str(version)),
        children=tuple(version.children.select_related("item_type").order_by("number")),
    )


def _sources(version: ModelVersion) -> tuple[Source, ...]:
    seen = Label.objects.in_force().filter(
        item_type=version.item_type, item__isnull=False, pk__lte=version.run.last_label
    )
    rows = seen.order_by().values_list("source").annotate(labels=Count("pk")).order_by("-labels", "source")
    return tuple(Source(*row) for row in rows)


def _erased(version: ModelVersion) -> int:
    name = str(version)
    told = Erasure.objects.filter(learnt__has_key=name).annotate(items=KeyTransform(name, "learnt"))
    return sum(told.values_list("items", flat=True))


def _decisions(item_type: ItemType, name: str) -> Decisions:
    judged = Item.objects.filter(item_type=item_type, model=name, policy__isnull=False)
    newest = Item.objects.filter(pk__in=judged.order_by("-pk").values("pk")[: MOST + 1])
    found = newest.aggregate(items=Count("pk"), automated=Count("pk", filter=Q(action=Action.AUTO_APPROVE)))
    return Decisions(min(found["items"], MOST), min(found["automated"], MOST), found["items"] > MOST)
