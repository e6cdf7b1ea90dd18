"""Which of several answers to items that look almost the same is the doubtful one."""

from __future__ import annotations

from routing.similarity import critical_tokens

# With 5 % wrong labels in three real sets, 40 to 54 % of what is flagged from here on is (bench/quality.py).
ALMOST = 0.85  # cosine of two sketches
LOOKED_AT = 8  # of the items most alike


def same_in_substance(gist: str, other: str) -> bool:
    """Return whether two texts that look alike may ask the same: neither other numbers nor another "not"."""
    return critical_tokens(gist) == critical_tokens(other)


def outvoted(against: int, backing: int) -> tuple[bool, bool]:
    """Return whether a new answer is doubtful, and whether those are that differ from it.

    `against` and `backing` count the almost equal items with another answer and with the same one. All being
    almost equal, whoever is in the minority is doubtful; one against one, both are.
    """
    return against > backing, against > 0 and backing + 1 > against - 1
