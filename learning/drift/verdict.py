"""What one test found, and which of all findings stand together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

LEVEL = 0.01  # the chance that a look at an unmoved world finds anything at all


@dataclass(frozen=True)
class Found:
    """What a test of one window found: `then` old rows against `now` new ones.

    `effect` is what the statistic means for people, in the unit that the test's words name; `adjusted` is the
    p-value after all tests of the look, `drifted` whether it stands. `picture` holds what is drawn.
    """

    test: str
    window: int
    then: int
    now: int
    statistic: float
    p: float
    effect: float
    said: str
    adjusted: float = 1.0
    drifted: bool = False
    picture: dict[str, Any] = field(default_factory=dict)


def together(found: Sequence[Found], level: float = LEVEL) -> list[Found]:
    """Return the findings with their adjusted p-values, and which stand, in the order given.

    By Benjamini and Hochberg (1995) over all of them. While nothing has moved, that any stands has the chance
    `level` at most, as one look's windows lie within one another (positive dependence, Sarkar 1998); so of a
    hundred looks one alarms falsely on average, however much they have in common.
    """
    adjusted = benjamini_hochberg(np.array([one.p for one in found]))
    return [
        replace(one, adjusted=float(value), drifted=bool(value <= level))
        for one, value in zip(found, adjusted, strict=True)
    ]


def benjamini_hochberg(p_values: np.ndarray) -> np.ndarray:
    """Return the adjusted p-values (n,): the smallest false discovery rate at which each would stand."""
    count = len(p_values)
    order = np.argsort(p_values)[::-1]
    scaled = p_values[order] * count / np.arange(count, 0, -1)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return adjusted
