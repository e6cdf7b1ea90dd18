"""Where a model's answers are wrong most often: the parts of its work whose mending would gain most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from labeling.metrics import Checked, estimate

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
SHOWN = 10


@dataclass(frozen=True)
class Answer:
    """One answer of a model that people judged; `weight` is 1 / the chance with which they were to."""

    classes: tuple[str, ...]
    score: float
    model: str
    right: bool
    weight: float


@dataclass(frozen=True)
class Opportunity:
    """One part of the answers; `gain` is the share of all answers that is wrong and lies in it."""

    by: str
    name: str
    wrong: int
    right: Checked
    gain: float


@dataclass
class _Sums:
    answers: int = 0
    wrong: int = 0
    weight: float = 0.0
    right: float = 0.0
    squares: float = 0.0

    def add(self, answer: Answer) -> None:
        self.answers += 1
        self.wrong += not answer.right
        self.weight += answer.weight
        self.right += answer.weight * answer.right
        self.squares += answer.weight**2

    @property
    def checked(self) -> Checked:
        return estimate(self.answers, self.weight, self.right, self.squares)


@dataclass
class _Parts:
    all: _Sums = field(default_factory=_Sums)
    by_name: dict[tuple[str, str], _Sums] = field(default_factory=dict)


def opportunities(answers: Iterable[Answer]) -> tuple[Checked, list[Opportunity]]:
    """Return how often the answers are right, and the parts with wrong ones, greatest gain first.

    Parts are the predicted classes, bands of the score and models; they overlap, so gains don't add up.
    Shares are Hájek's (1971): each answer weighs what it stands for.
    """
    parts = _Parts()
    for answer in answers:
        parts.all.add(answer)
        for key in _keys(answer):
            parts.by_name.setdefault(key, _Sums()).add(answer)
    found = [
        Opportunity(by, name, sums.wrong, sums.checked, (sums.weight - sums.right) / parts.all.weight)
        for (by, name), sums in parts.by_name.items()
        if sums.wrong
    ]
    return parts.all.checked, sorted(found, key=lambda one: (-one.gain, one.by, one.name))


def first(found: Sequence[Opportunity], by: str) -> list[Opportunity]:
    """Return the greatest few of one sort of parts."""
    return [one for one in found if one.by == by][:SHOWN]


def _keys(answer: Answer) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys(answer.classes):
        yield "class", name
    yield "score", band(answer.score)
    yield "model", answer.model


def band(score: float) -> str:
    """Return the name of the band of scores (0 to 1) in which one lies."""
    at = max(at for at, edge in enumerate(EDGES) if score >= edge)
    return f"{EDGES[at]:g} to {EDGES[at + 1]:g}" if at + 1 < len(EDGES) else f"{EDGES[at]:g} to 1"
