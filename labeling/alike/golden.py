"""Golden examples that are alike: for a prompt, and among themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from django.db.models import QuerySet

from labeling.alike.diverse import TWIN, close, groups, spread
from labeling.alike.remembered import MOST, Memory
from labeling.alike.sketches import Sketch, sketch_text
from labeling.models import GoldenExample
from routing.kinds import KINDS
from routing.models import ItemType
from routing.similarity import critical_tokens

CANDIDATES = 50
OVERLAP = 20  # numbers of rows that may still be written while later ones can be read
COMPARED = 5_000  # the newest examples of a type, which are compared with one another
CLOSE = 0.9  # cosine above which two questions should have one answer
PAIRS = 2_000  # looked at in one go; once some are retired others show


@dataclass(frozen=True)
class Found:
    """A golden example, and the cosine of its sketch with that of what was asked."""

    example: GoldenExample
    score: float


def similar(item_type: ItemType, query: str, count: int, *, without: Collection[object] = ()) -> list[Found]:
    """Return up to `count` golden examples in use that suit a prompt with this query, best first.

    They are among the newest MOST kept of the type, diverse among themselves, near-duplicates merged; none of
    the items `without`, and nothing for a query without a word.
    """
    looks = sketch_text(query)
    if looks is None:
        return []
    candidates = _candidates(item_type, looks, without)
    rows = _in_use(item_type).in_bulk([pk for pk, _ in candidates])
    known = [Found(rows[pk], score) for pk, score in candidates if pk in rows]
    if not known:
        return []
    vectors = np.stack([Sketch.from_bytes(one.example.sketch).vector for one in known])
    places = spread(np.array([one.score for one in known], np.float32), vectors, count)
    return [known[place] for place in places]


def _candidates(item_type: ItemType, looks: Sketch, without: Collection[object]) -> list[tuple[int, float]]:
    """Return the CANDIDATES in use that are most alike; where very many were retired all are read anew."""
    usable: list[tuple[int, float]] = []
    for _ in range(2):
        found = _memory.nearest(item_type.pk, looks, 2 * CANDIDATES)
        rows = _in_use(item_type).exclude(item__in=without).filter(pk__in=[pk for pk, _ in found])
        left = set(rows.values_list("pk", flat=True))
        usable = [one for one in found if one[0] in left][:CANDIDATES]
        if len(usable) == CANDIDATES or len(found) < 2 * CANDIDATES:
            break
        _memory.forget(item_type.pk)
    return usable


@dataclass(frozen=True)
class Doubles:
    """Examples in use that ask almost the same: the newest first, and those of one answer in groups.

    `contradictions` are pairs that answer differently; `duplicates` are groups that answer alike.
    """

    compared: int
    contradictions: list[tuple[GoldenExample, GoldenExample]]
    duplicates: list[list[GoldenExample]]


def doubles(item_type: ItemType) -> Doubles:
    """Return what is kept twice among the newest COMPARED examples of a type that are in use.

    Texts that differ in a number or a negation ask different things, however alike they look.
    """
    rows = _in_use(item_type).filter(sketch__isnull=False).order_by("-id")
    pairs = list(rows.values_list("pk", "sketch")[:COMPARED])
    sketches = [Sketch.from_bytes(data).vector for _, data in pairs]
    near = list(islice(close(np.stack(sketches), CLOSE), PAIRS)) if sketches else []
    found = rows.in_bulk([pairs[place][0] for i, j, _ in near for place in (i, j)])
    same, contradictory = [], []
    for i, j, likeness in near:
        one, other = found[pairs[i][0]], found[pairs[j][0]]
        if critical_tokens(one.query) != critical_tokens(other.query) or one.context != other.context:
            continue
        if not _agree(item_type, one, other):
            contradictory.append((one, other))
        elif likeness > TWIN:
            same.append((i, j))
    together = [[found[pairs[i][0]] for i in group] for group in groups(same)]
    return Doubles(len(pairs), contradictory, together)


def _agree(item_type: ItemType, one: GoldenExample, other: GoldenExample) -> bool:
    return KINDS[item_type.kind].agree(one.edited_output, other.edited_output, item_type.spec)


def _in_use(item_type: ItemType) -> QuerySet[GoldenExample]:
    return GoldenExample.objects.filter(item_type=item_type, retired_at__isnull=True).select_related(
        "user", "review"
    )


def _read(item_type_id: int, since: int | None) -> tuple[Sequence[tuple[int, bytes]], int | None]:
    rows = GoldenExample.objects.filter(item_type=item_type_id, sketch__isnull=False)
    rows = rows.order_by("-id").values_list("pk", "sketch")
    found = list(rows.filter(retired_at__isnull=True)[:MOST] if since is None else rows.filter(pk__gt=since))
    return found[::-1], found[0][0] - OVERLAP if found else since


_memory: Memory[int] = Memory(_read)
