"""Answers to items that look almost the same and yet differ: one of them is wrong more often than not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from labeling.alike.precedents import Near, nearest
from labeling.models import Label
from labeling.quality.doubts import Doubt, doubt
from labeling.quality.outvoting import ALMOST, LOOKED_AT, outvoted, same_in_substance
from routing.kinds import KINDS
from routing.models import ItemType


def contradictions(label: Label) -> Iterator[tuple[Label, Doubt]]:
    """Yield labels that contradict each other, this one and others, each with a doubt; two statements.

    Only of kinds whose answer follows from what an item looks like.
    """
    item, item_type = label.item, label.item.item_type
    kind = KINDS[item_type.kind]
    if not kind.gist_settles:
        return
    near = nearest(item_type, item.payload, LOOKED_AT, without=[item.pk])
    others = _answers([one for one in near if one.score >= ALMOST])
    gist = kind.gist(item.payload)
    same = [pair for pair in others if same_in_substance(gist, kind.gist(pair[0].item.payload))]
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
        Label.objects.in_force()
        .filter(item__in=[one.item_id for one in near], item__erased_at__isnull=True)
        .order_by("item_id", "-ts", "-id")
        .distinct("item_id")
        .select_related("item__item_type")
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
