"""What a check says of a label that it finds doubtful."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 500  # characters of a detail


@dataclass(frozen=True)
class Doubt:
    """Which check doubts a label, how much (0 to 1), and why in words for people."""

    check: str
    score: float
    detail: str


def doubt(check: str, score: float, detail: str) -> Doubt:
    """Return a doubt whose words are no longer than what is stored."""
    return Doubt(check, score, detail if len(detail) <= LONGEST else f"{detail[: LONGEST - 1]}…")


def together(check: str, found: Iterable[tuple[float, str]]) -> Doubt | None:
    """Return one doubt for all that a check found in a label, the worst first; None: it found nothing."""
    worst = sorted(found, key=lambda one: -one[0])
    return doubt(check, worst[0][0], "; ".join(text for _, text in worst)) if worst else None
