"""What a challenger would have done with decisions of the past, beside what was done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

EXAMPLES = 10
MOST_MOVES = 12
AUTO = "auto_approve"


@dataclass(frozen=True)
class Decided:
    """What becomes of one item by one model's answer: its label (None: no answer) and where it goes."""

    label: str | None
    action: str


@dataclass(frozen=True)
class Move:
    """So many items went from one label, or one action, to another."""

    before: str
    after: str
    n: int


@dataclass(frozen=True)
class Example:
    """One item that would have been decided otherwise."""

    item: str
    before: Decided
    after: Decided


@dataclass(frozen=True)
class Replay:
    """What would have changed, as shares of `decisions`.

    `changed`: another action, or another label of what goes out automatically. `labels`: another label,
    whoever decides. `automated_before` and `automated_after`: approved automatically. `classes` and `actions`
    are the most frequent changes of either.
    """

    decisions: int
    changed: float
    labels: float
    automated_before: float
    automated_after: float
    classes: tuple[Move, ...]
    actions: tuple[Move, ...]
    examples: tuple[Example, ...]


def compare(items: Sequence[str], before: Sequence[Decided], after: Sequence[Decided]) -> Replay | None:
    """Return what changes between two lists of decisions on the same items; None without any.

    The examples are a sample that hangs on nothing but the items' ids, with those first that would be
    automated with another label.
    """
    if not items:
        return None
    rows = list(zip(items, before, after, strict=True))
    changed = [row for row in rows if _changed(*row[1:])]
    shown = sorted(changed, key=lambda row: (not _relabelled(*row[1:]), crc32(row[0].encode())))
    count = len(rows)
    return Replay(
        decisions=count,
        changed=len(changed) / count,
        labels=sum(old.label != new.label for _, old, new in rows) / count,
        automated_before=sum(old.action == AUTO for old in before) / count,
        automated_after=sum(new.action == AUTO for new in after) / count,
        classes=_moves([(old.label or "–", new.label or "–") for _, old, new in rows]),
        actions=_moves([(old.action, new.action) for _, old, new in rows]),
        examples=tuple(Example(*row) for row in shown[:EXAMPLES]),
    )


def _changed(before: Decided, after: Decided) -> bool:
    return before.action != after.action or _relabelled(before, after)


def _relabelled(before: Decided, after: Decided) -> bool:
    return AUTO in (before.action, after.action) and before.label != after.label


def _moves(pairs: Sequence[tuple[str, str]]) -> tuple[Move, ...]:
    counts = Counter(pair for pair in pairs if pair[0] != pair[1])
    return tuple(Move(*pair, n) for pair, n in counts.most_common(MOST_MOVES))
