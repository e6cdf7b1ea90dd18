"""Whether a model's answer was right, once people have decided: whoever measures errors asks here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.kinds import KINDS, KindErrors, TypeSpec

# Whether people have looked at an item `i` that the router decided, and left it as it was: a check of it was
# answered, and no expert is still asked about it. Where they came to another answer they decided the item.
CHECKED = """(
    EXISTS (
        SELECT 1 FROM routing_assignment a
        WHERE a.item_id = i.id AND a.purpose IN ('audit', 'expert', 'appeal') AND a.outcome = 'answered'
    ) AND NOT EXISTS (
        SELECT 1 FROM routing_assignment a
        WHERE a.item_id = i.id AND a.purpose IN ('expert', 'appeal') AND a.closed_at IS NULL
    )
)"""

# Whether an item `i` came with an answer that a person had corrected before: what the router decided was not
# the model's answer, and says nothing of it.
CORRECTED = "(i.signals ? 'corrected')"


def was_right(
    said: Any, final: Any, payload: Mapping[str, Any] | None, spec: TypeSpec, *, approved: bool
) -> bool:
    """Return whether what a model said, as it came, is the answer that people settled on.

    It was wrong where people withheld every answer (`approved` is False), and where it can't be read. None is
    an answer like any other where the kind has it: no entity. Of the payload no more is read than the kind's
    `label_fields`.
    """
    return approved and compared(said, final, payload, spec)[0]


def compared(said: Any, final: Any, payload: Mapping[str, Any] | None, spec: TypeSpec) -> tuple[bool, float]:
    """Return whether what a model said is right by the final answer, and how near it comes to that (0 to 1).

    An answer that can't be read is wrong and not near at all.
    """
    kind = KINDS[spec.kind]
    try:
        said = kind.clean_label(said, payload, spec)
        if final is None:  # any other one was cleaned when it was given
            kind.clean_label(final, payload, spec)
    except KindErrors:
        return False, 0.0
    distance = kind.distance(said, final, spec)
    return kind.conflict(said, final) is None and kind.near(distance, spec), 1.0 - distance
