"""Notice when the guarantee breaks: a Shiryaev-Roberts e-detector on the answers of audits.

Shin, Ramdas and Rinaldo, "E-detectors", arXiv 2203.03532. M grows by M ← (M + 1)(1 + f(ℓ - α)/α) with each
audit, as the mean over three f. While the error rate is at most α, M minus the number of audits is a
supermartingale, so that it takes at least `ALARM` audits on average until a false alarm, whatever a drift
looks like.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

BETS = (0.1, 0.25, 0.5)
ESCALATION = 10.0
ALARM = 1000.0


@dataclass(frozen=True)
class Detector:
    """Where a watch stands: `values` are the M of each bet, `alarmed_at` the audit that rang the alarm.

    `alpha` is the error rate among the automated that is still in order: the target itself where it is of
    the automated; of all decisions, the target divided by the share that is automated. Raises ValueError
    unless it lies between 0 and 1.
    """

    alpha: float
    values: tuple[float, ...] = (0.0,) * len(BETS)
    audits: int = 0
    alarmed_at: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise ValueError("The error rate to watch must lie between 0 and 1.")

    @property
    def level(self) -> float:
        """What speaks for a change: M, from 0 on."""
        return sum(self.values) / len(self.values)

    @property
    def phase(self) -> str:
        """What it comes to: "calm", "escalated" (audit more) or "alarm" (stop automating), which stays."""
        if self.alarmed_at is not None:
            return "alarm"
        return "escalated" if self.level >= ESCALATION else "calm"

    def to_json(self) -> dict[str, Any]:
        """Return the detector as JSON-able values, from which `from_json` makes an equal one."""
        return vars(self) | {"values": list(self.values)}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Detector:
        """Return the detector that `to_json` wrote."""
        return cls(**{**given, "values": tuple(given["values"])})


def watch(detector: Detector, losses: Iterable[float]) -> Detector:
    """Return the detector after audits, in the order in which they were decided; it stops at an alarm.

    A loss is 0 where the automated answer was right, 1 where wrong, nan (an error too) where nobody answered.
    Raises ValueError on a loss outside of [0, 1].
    """
    for loss in losses:
        if detector.alarmed_at is not None:
            return detector
        known = 1.0 if math.isnan(loss) else loss
        if not 0 <= known <= 1:
            raise ValueError("A loss lies between 0 and 1.")
        values = step(np.array(detector.values), known, detector.alpha)
        audits = detector.audits + 1
        detector = replace(detector, values=tuple(values.tolist()), audits=audits)
        if detector.level >= ALARM:
            detector = replace(detector, alarmed_at=audits)
    return detector


def step(values: NDArray[np.float64], loss: ArrayLike, alpha: float) -> NDArray[np.float64]:
    """Return M of each bet after one more audit: `values` is (..., bets), `loss` a number or (..., 1)."""
    return (values + 1) * (1 + np.array(BETS) * (np.asarray(loss) - alpha) / alpha)
