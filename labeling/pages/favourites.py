"""Which of many labels a person uses: often (fixed for the sitting, as keys hang on it) and lately."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from labeling.models import Review
from routing.kinds import KINDS
from routing.models import ItemType

LOOKED_AT = 500  # a person's latest answers; who has given more has shown their habits in these
OFTEN = 9
LATELY = 3


@dataclass(frozen=True)
class Favourites:
    """Labels of one person and item type: the commonest before this sitting, the latest ones within it."""

    often: tuple[str, ...]
    lately: tuple[str, ...]


def favourites(user_id: int, item_type: ItemType) -> Favourites:
    """Return the person's favourites, in one statement.

    `often` counts only answers before the open sitting: a label must not change its key while somebody works.
    """
    latest = (
        Review.objects.filter(user=user_id, label__isnull=False)
        .order_by("-created_at")
        .values_list("label", "item__item_type", "session__ended_at", "session")[:LOOKED_AT]
    )
    before: Counter[str] = Counter()
    lately: dict[str, None] = {}
    for label, kept_type, ended_at, session in latest:
        if kept_type != item_type.pk:
            continue
        named = KINDS[item_type.kind].slices(label)
        if session and ended_at is None:
            lately.update(dict.fromkeys(named))
        else:
            before.update(named)
    known = set(item_type.labels)
    return Favourites(
        often=tuple(label for label, _ in before.most_common() if label in known)[:OFTEN],
        lately=tuple(label for label in lately if label in known)[:LATELY],
    )
