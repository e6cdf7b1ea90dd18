"""All tests of one look: what arrived lately against what a model learnt from and did at first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from learning.drift import inputs, words
from learning.drift.overrides import Looked, alike, rise, shares
from learning.drift.shuffles import COUNT, Shuffles, chi_squared, largest_gap
from learning.drift.verdict import LEVEL, Found, together

# The newest decisions: few of them show a sudden change early, many a slight one.
WINDOWS = (200, 1_000)
LEAST = 200  # rows to compare with; of fewer an estimate says little
MOST = 1_000
FEWEST_LOOKS = 30  # of each time, under which nothing is said of how often people overturn
BARS = 20  # of the picture of scores
SHOWN = 12  # classes of a picture
FIELDS = 3  # that moved most
UNLIKE = 5  # items that are named as most unlike what was there before


@dataclass(frozen=True)
class Rows:
    """Decisions or inputs, oldest first; every part has n rows or is empty.

    `ids` name the items, `vectors` (n, d) holds embeddings with nan where an input could not be read, or is
    None; `fields` holds what is looked at field by field; `scores` (n,) and `answers` are the model's.
    """

    ids: Sequence[str]
    vectors: np.ndarray | None
    fields: Sequence[Mapping[str, Any]]
    scores: np.ndarray
    answers: Sequence[str]

    def __len__(self) -> int:
        return len(self.ids)

    def part(self, first: int, last: int) -> Rows:
        """Return the rows from `first` up to `last`, which is left out."""
        here = slice(first, last)
        vectors = None if self.vectors is None else self.vectors[here]
        return Rows(self.ids[here], vectors, self.fields[here], self.scores[here], self.answers[here])


def compare(
    rows: Rows, learnt: Rows | None, looked: Looked, *, count: int = COUNT, level: float = LEVEL
) -> list[Found]:
    """Return what every test of every window finds, judged together; empty while there is too little.

    The newest of `rows`, a model's decisions, are compared with its first thousand, and their inputs with
    `learnt`, a fair sample of what there was when the model was trained, where that is known.
    """
    found: list[Found | None] = []
    for window in WINDOWS:
        first = min(MOST, len(rows) - window)
        if first >= LEAST:
            then, now = rows.part(0, first), rows.part(len(rows) - window, len(rows))
            shuffles = Shuffles.draw(first, window, count=count)
            found += [_scores(then, now, shuffles), _answers(then, now, shuffles)]
            if learnt is not None and len(learnt) >= LEAST:
                then, shuffles = learnt, Shuffles.draw(len(learnt), window, count=count)
            found += [_vectors(then, now, shuffles), _fields(then, now, shuffles)]
        found.append(_overrides(window, looked))
    return together([one for one in found if one is not None], level)


def _scores(then: Rows, now: Rows, shuffles: Shuffles) -> Found:
    gaps = largest_gap(np.concatenate([then.scores, now.scores]), shuffles)
    means = float(then.scores.mean()), float(now.scores.mean())
    edges = np.linspace(0, 1, BARS + 1)
    return Found(
        "scores",
        window=len(now),
        then=len(then),
        now=len(now),
        statistic=float(gaps[0]),
        p=shuffles.p_value(gaps),
        effect=means[1] - means[0],
        said=words.scores(*means),
        picture=_histograms(then.scores, now.scores, edges),
    )


def _histograms(then: np.ndarray, now: np.ndarray, edges: np.ndarray) -> dict[str, list[float]]:
    both = {"then": then, "now": now}
    return {name: (np.histogram(one, edges)[0] / len(one)).round(4).tolist() for name, one in both.items()}


def _answers(then: Rows, now: Rows, shuffles: Shuffles) -> Found | None:
    names = sorted({*then.answers, *now.answers})
    if len(names) < 2:
        return None
    place = {name: number for number, name in enumerate(names)}
    apart = chi_squared(np.array([place[one] for one in (*then.answers, *now.answers)]), shuffles)
    shares = _shares(then.answers, now.answers)
    moved = sum(abs(new - old) for _, old, new in shares) / 2
    return Found(
        "answers",
        window=len(now),
        then=len(then),
        now=len(now),
        statistic=float(apart[0]),
        p=shuffles.p_value(apart),
        effect=moved,
        said=words.answers(shares, moved),
        picture={"shares": shares[:SHOWN]},
    )


def _shares(then: Sequence[str], now: Sequence[str]) -> list[tuple[str, float, float]]:
    """Return each answer's share at first and now, those that moved most before the others."""
    old, new = Counter(then), Counter(now)
    shares = [(name, old[name] / len(then), new[name] / len(now)) for name in sorted({*old, *new})]
    return sorted(shares, key=lambda one: -abs(one[2] - one[1]))


def _fields(then: Rows, now: Rows, shuffles: Shuffles) -> Found | None:
    every = [*then.fields, *now.fields]
    names = dict.fromkeys(name for one in every for name in one)
    made = (inputs.column(name, [one.get(name) for one in every]) for name in names)
    columns = [one for one in made if one is not None]
    if not columns:
        return None
    largest, moved = inputs.stability(columns, shuffles)
    return Found(
        "fields",
        window=len(now),
        then=len(then),
        now=len(now),
        statistic=float(largest[0]),
        p=shuffles.p_value(largest),
        effect=moved[0].psi,
        said=words.fields(moved[0]),
        picture={"fields": [vars(one) for one in moved[:FIELDS]], "of": len(columns)},
    )


def _vectors(then: Rows, now: Rows, shuffles: Shuffles) -> Found | None:
    if then.vectors is None or now.vectors is None:
        return None
    old, new = (~np.isnan(one.vectors).any(axis=1) for one in (then, now))
    if old.sum() < LEAST / 2 or new.sum() < LEAST / 2:
        return None
    read = shuffles
    if not (old.all() and new.all()):
        read = Shuffles.draw(int(old.sum()), int(new.sum()), count=len(shuffles.masks) - 1)
    waves = inputs.waves(np.vstack([then.vectors[old], now.vectors[new]]))
    apart = inputs.discrepancy(waves, read)
    times = float(apart[0] / max(np.median(apart[1:]), 1e-12))
    liking = inputs.newness(waves, read.then)
    before, lately = liking[: read.then], liking[read.then :]
    unlike = np.flatnonzero(new)[np.argsort(-lately, kind="stable")[:UNLIKE]]
    # numpy's own edges are refused where all is nearly the same number.
    picture = _histograms(before, lately, np.linspace(liking.min(), liking.max(), BARS + 1))
    return Found(
        "inputs",
        window=len(now),
        then=read.then,
        now=read.now,
        statistic=float(apart[0]),
        p=read.p_value(apart),
        effect=times,
        said=words.inputs(times),
        picture=picture | {"unlike": [now.ids[place] for place in unlike]},
    )


def _overrides(window: int, looked: Looked) -> Found | None:
    count = len(looked)
    new = min(window, count // 2) if window == WINDOWS[0] else window
    first = min(MOST, count - new)
    if min(new, first) < (FEWEST_LOOKS if window == WINDOWS[0] else LEAST):
        return None
    looks = list(alike(looked.part(slice(first)), looked.part(slice(count - new, None))))
    then, now = (sum(one[side] for one in looks) for side in (1, 3))
    if min(then, now) < FEWEST_LOOKS:
        return None
    as_before, late = shares(looks)
    return Found(
        "overrides",
        window=window,
        then=then,
        now=now,
        statistic=late,
        p=rise(looks),
        effect=late - as_before,
        said=words.overrides(as_before, late),
    )
