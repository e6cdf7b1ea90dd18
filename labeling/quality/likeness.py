"""Answers to items that look almost the same and yet differ: one of them is wrong more often than not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from labeling.alike.precedents import Near, nearest
from labeling.models import Label
from labeling.quality.doubts import Doubt, doubt
from routing.kinds import KINDS
from routing.models import HIDDEN, ItemType
from routing.similarity import critical_tokens

# On three real sets with 5 % wrong labels, from .85 on 42 to 63 % of what is flagged is wrong (bench/quality).
ALMOST = 0.85  # cosine of two sketches
LOOKED_AT = 8  # of the items most alike


def outvoted(against: int, backing: int) -> tuple[bool, bool]:
    """Return whether a new answer is doubtful, and whether those are that differ from it.

    `against` and `backing` count the almost equal items with another answer and with the same one. All being
    almost equal, whoever is in the minority is doubtful; one against one, both are.
    """
    return against > backing, against > 0 and backing + 1 > against - 1


def contradictions(label: Label) -> Iterator[tuple[Label, Doubt]]:
    """Yield labels that contradict each other with a doubt each: this one's, and those of others; 3 statements.

    Only where an item's answer follows from what it looks like: never of kinds that edit what a model wrote.
    """
    item, item_type = label.item, label.item.item_type
    kind = KINDS[item_type.kind]
    if kind.lesson(item.payload) is not None:
        return
    near = nearest(item_type, item.payload, LOOKED_AT, without=[item.pk])
    others = _answers([one for one in near if one.score >= ALMOST])
    # Texts with other numbers, or another "not", say different things however alike they look.
    critical = critical_tokens(kind.gist(item.payload))
    same = [pair for pair in others if critical_tokens(kind.gist(pair[0].item.payload)) == critical]
    agree, differ = _split(label.label, same, item_type)
    mine, theirs = outvoted(len(differ), len(agree))
    if mine:
        yield label, _doubt(differ[0], len(differ), len(agree))
    if theirs:
        for other, score in differ:
            yield other, _doubt((label, score), len(agree) + 1, len(differ) - 1)


def _answers(near: Sequence[Near]) -> list[tuple[Label, float]]:
    """Return people's latest answer to each of these items, with how alike it is, the most alike first."""
    rows = (
        Label.objects.filter(item__in=[one.item_id for one in near], superseded_at__isnull=True)
        .exclude(source__in=HIDDEN)
        .order_by("item", "-ts", "-id")
        .distinct("item")
        .select_related("item")
        .defer("item__context", "item__reasons", "item__shadow")
    )
    found = {row.item_id: row for row in rows} if near else {}
    return [(found[one.item_id], one.score) for one in near if one.item_id in found]


def _split(
    label: Any, same: Sequence[tuple[Label, float]], item_type: ItemType
) -> tuple[list[tuple[Label, float]], list[tuple[Label, float]]]:
    kind, spec = KINDS[item_type.kind], item_type.spec
    agree = [pair for pair in same if kind.agree(pair[0].label, label, spec)]
    return agree, [pair for pair in same if pair not in agree]


def _doubt(against: tuple[Label, float], differing: int, backing: int) -> Doubt:
    other, likeness = against
    kind = KINDS[other.item.item_type.kind]
    detail = (
        f"{other.item_ref}, {100 * min(likeness, 1.0):.0f} % alike, was answered {kind.describe(other.label)}"
    )
    if differing > 1:
        detail += f", as were {differing - 1} more like it"
    # The larger the majority against it, the surer; one against one is an even chance.
    share = differing / (differing + backing + 1)
    return doubt("contradiction", share * min(likeness, 1.0), detail)
