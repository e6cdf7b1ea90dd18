"""Whether inputs have moved: as a whole, by their embeddings, and field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from learning.drift.shuffles import Shuffles, one_hot
from learning.judging import slicing

WAVES = 256  # random Fourier features
SAMPLE = 500  # rows of which the median distance is taken
BINS = 10
FEATURES = 64
LARGEST = 1e300
CATEGORIES = 19  # the commonest; the others are one
MISSING = "(none)"
OTHERS = "(others)"


@dataclass(frozen=True)
class Column:
    """One field of the inputs in bins: `codes` (n,) name the bin of each row, `names` what a bin holds."""

    name: str
    codes: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True)
class Moved:
    """What a comparison of one column came to: the index without its bias, and shares per bin."""

    name: str
    psi: float
    names: tuple[str, ...]
    then: tuple[float, ...]
    now: tuple[float, ...]


def waves(rows: np.ndarray, *, count: int = WAVES, seed: int = 0) -> np.ndarray:
    """Return random Fourier features of rows (n, d) as (n, count) float32, which the kernel's mean is of.

    Their inner products approach a Gaussian kernel (Rahimi and Recht, 2007) whose width is the median
    distance of rows, old and new together.
    """
    rng = np.random.default_rng(seed)
    rows = np.asarray(rows, np.float32)
    some = rows[rng.permutation(len(rows))[:SAMPLE]]
    squares = np.square(some).sum(axis=1)
    apart = np.maximum(squares[:, None] + squares - 2 * some @ some.T, 0)[np.triu_indices(len(some), 1)]
    width = np.sqrt(np.median(apart)) if len(apart) else 0.0
    directions = rng.normal(0, 1 / max(width, 1e-6), (rows.shape[1], count)).astype(np.float32)
    phases = rng.uniform(0, 2 * np.pi, count).astype(np.float32)
    return np.sqrt(2 / count, dtype=np.float32) * np.cos(rows @ directions + phases)


def discrepancy(features: np.ndarray, shuffles: Shuffles) -> np.ndarray:
    """Return the squared distance of the two means of features (n, d) in each division, (…,).

    With `waves` it is the maximum mean discrepancy (Gretton et al., 2012).
    """
    old, new = shuffles.counts(features)
    return np.square(new / shuffles.now - old / shuffles.then).sum(axis=1)


def newness(features: np.ndarray, then: int) -> np.ndarray:
    """Return how much each row of features (n, d) is like the new and unlike the old ones, (n,).

    The witness function of the discrepancy: the rows from `then` on are the new ones.
    """
    return features @ (features[then:].mean(axis=0) - features[:then].mean(axis=0))


def column(name: str, values: Sequence[Any]) -> Column | None:
    """Return a field's values (n) in bins: numbers by tenths, others by value; None where all are one.

    Bins are of old and new rows together: taken from the old alone they would fit these better.
    """
    numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
    known = sum(one is not None for one in values)
    made = _tenths(values, numbers) if numbers and len(numbers) == known else _commonest(values)
    codes, names = made
    return Column(name, codes, names) if len(names) > 1 else None


def _tenths(values: Sequence[Any], numbers: Sequence[float]) -> tuple[np.ndarray, tuple[str, ...]]:
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, BINS + 1)[1:-1]))
    missing = len(edges) + 1
    codes = np.full(len(values), missing)
    codes[[one is not None for one in values]] = np.searchsorted(edges, numbers, side="left")
    ends = [f"{edge:.4g}" for edge in edges]
    between = (f"{low} to {high}" for low, high in pairwise(ends))
    return _used(codes, [f"up to {ends[0]}", *between, f"above {ends[-1]}", MISSING])


def _commonest(values: Sequence[Any]) -> tuple[np.ndarray, tuple[str, ...]]:
    told = [MISSING if one is None else str(one)[:60] for one in values]
    names = [name for name, _ in sorted(Counter(told).most_common(CATEGORIES))]
    place = {name: number for number, name in enumerate(names)}
    return _used(np.array([place.get(one, len(names)) for one in told]), [*names, OTHERS])


def _used(codes: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    found, codes = np.unique(codes, return_inverse=True)
    return codes, tuple(names[one] for one in found)


def stability(columns: Sequence[Column], shuffles: Shuffles) -> tuple[np.ndarray, list[Moved]]:
    """Return the largest shift of any column in each division, (…,), and how each column moved, most first.

    A shift is the population stability index without its bias, (bins - 1)(1/then + 1/now), in units of its
    deviation: the rule of thumb "above 0.1" calls three in four small samples of the same world drifted. The
    largest one's distribution over the divisions accounts for how many columns are looked at.
    """
    old, new = shuffles.counts(np.hstack([one_hot(one.codes) for one in columns]))
    starts = np.cumsum([0, *(len(one.names) for one in columns[:-1])])
    spare = np.array([len(one.names) - 1 for one in columns])
    index = population_stability(old, new, starts)
    size = 1 / (1 / shuffles.then + 1 / shuffles.now)
    largest = ((index * size - spare) / np.sqrt(2 * spare)).max(axis=1)
    true = index[0] - spare / size
    moved = []
    for start, psi, one in zip(starts, true, columns, strict=True):
        inside = slice(start, start + len(one.names))
        shares = (tuple((side[0, inside] / side[0, inside].sum()).tolist()) for side in (old, new))
        moved.append(Moved(one.name, float(psi), one.names, *shares))
    return largest, sorted(moved, key=lambda one: -one.psi)


def population_stability(old: np.ndarray, new: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the index of each column, (…, columns), from its bins' counts (…, bins) old and new.

    `starts` are the places of the columns' first bins. Half a row is added to every bin: an empty one would
    make it infinite.
    """
    shares = []
    for side in (old + 0.5, new + 0.5):
        totals = np.add.reduceat(side, starts, axis=1)
        widths = np.diff(np.append(starts, side.shape[1]))
        shares.append(side / np.repeat(totals, widths, axis=1))
    before, after = shares
    return np.add.reduceat((after - before) * np.log(after / before), starts, axis=1)


def fields(payload: Mapping[str, Any], context: Mapping[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    """Return what is looked at field by field: a text's length, up to 64 features, and the paths' values.

    A path is written as in rules: payload.channel, context.country; what is no plain value counts as none.
    """
    found: dict[str, Any] = {}
    if isinstance(text := payload.get("text"), str):
        found["length of text"] = len(text)
    if isinstance(features := payload.get("features"), list):
        found |= {f"feature {place}": _plain(value) for place, value in enumerate(features[:FEATURES])}
    whole = {"payload": payload, "context": context}
    for path in paths:
        found[path] = _plain(slicing.reach(whole, slicing.steps(path)))
    return found


def _plain(value: Any) -> str | int | float | None:
    """Return a plain value, a number no larger than can be reckoned with: a client may send any."""
    if isinstance(value, int | float):
        return max(-LARGEST, min(value, LARGEST))
    return value if isinstance(value, str) else None
