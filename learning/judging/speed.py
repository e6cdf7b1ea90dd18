"""How long one prediction takes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

PAYLOADS = 50
TRIES = 3
LONGEST = 5.0  # seconds that measuring takes


@dataclass(frozen=True)
class Speed:
    """Milliseconds that a single payload takes: the median and what 95 % of payloads stay below."""

    p50: float
    p95: float
    n: int


def measure(
    answer: Callable[[Sequence[Any]], Any],
    payloads: Sequence[Any],
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> Speed | None:
    """Return how long `answer` takes with one payload at a time; None without payloads.

    Up to 50 payloads, spread evenly, are asked three times each and the shortest counts: what else the
    machine does at that moment is not the model's doing.
    """
    if not len(payloads):
        return None
    places = np.unique(np.linspace(0, len(payloads) - 1, PAYLOADS).astype(int))
    end = clock() + LONGEST
    taken = []
    for place in places:
        taken.append(min(_once(answer, payloads[place], clock) for _ in range(TRIES)))
        if clock() > end:
            break
    p50, p95 = np.percentile(taken, (50, 95))
    return Speed(float(p50) * 1000, float(p95) * 1000, len(taken))


def _once(answer: Callable[[Sequence[Any]], Any], payload: Any, clock: Callable[[], float]) -> float:
    start = clock()
    answer([payload])
    return clock() - start
