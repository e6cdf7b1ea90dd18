"""What models say of one item, how unsure that is, and how far models are apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.kinds import KINDS, KindErrors, TypeSpec


@dataclass(frozen=True)
class Opinion:
    """What one model said; `score` is its confidence after calibration and, where given, what is judged.

    Raises ValueError where confidence, score or a probability is not a number from 0 to 1.
    """

    model: str
    label: Any
    confidence: float
    probabilities: Mapping[str, float] | None = None
    score: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("confidence", self.confidence), ("score", self.score)):
            if name == "score" and value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                raise ValueError(f"The {name} must be a number from 0 to 1, not {value!r}.")
        if self.probabilities and not (
            min(self.probabilities.values()) >= 0
            and max(self.probabilities.values()) <= 1
            and math.isfinite(sum(self.probabilities.values()))
        ):
            raise ValueError("Probabilities must be numbers from 0 to 1.")

    @property
    def judged(self) -> float:
        """The number that thresholds are compared with."""
        return self.confidence if self.score is None else self.score


def confidence_level(confidence: float) -> str:
    """Return the word for a confidence: high above 0.9, medium from 0.7 on, low below."""
    if confidence > 0.9:
        return "high"
    return "medium" if confidence >= 0.7 else "low"


def uncertainty(opinion: Opinion, spec: TypeSpec) -> float:
    """Return the entropy in nats of the probabilities; without them, of the label being right or wrong.

    Several labels at once are separate questions: then it is the entropy of the most doubtful one.
    """
    shares = list((opinion.probabilities or {}).values())
    if spec.multilabel and shares:
        return max(_entropy((share, 1 - share)) for share in shares)
    if sum(shares) > 0:
        return _entropy(_normalised(shares))
    return _entropy((opinion.confidence, 1 - opinion.confidence))


def disagreement(opinions: Sequence[Opinion], payload: Mapping[str, Any], spec: TypeSpec) -> float | None:
    """Return how far a committee is apart, or None for fewer than two opinions.

    Where all give probabilities it is their mean Kullback-Leibler divergence to the mean, H(mean) - mean H,
    in nats (McCallum and Nigam, 1998); else the mean distance of the others' labels from the first, where a
    label that can't be read is at distance 1.
    """
    if len(opinions) < 2:
        return None
    tables = [opinion.probabilities or {} for opinion in opinions]
    if not spec.multilabel and all(sum(table.values()) > 0 for table in tables):
        classes = sorted({name for table in tables for name in table})
        members = [_normalised([table.get(name, 0.0) for name in classes]) for table in tables]
        mean = [sum(column) / len(members) for column in zip(*members, strict=True)]
        return max(0.0, _entropy(mean) - sum(map(_entropy, members)) / len(members))
    first, *others = opinions
    return sum(_distance(first.label, other.label, payload, spec) for other in others) / len(others)


def _distance(a: Any, b: Any, payload: Mapping[str, Any], spec: TypeSpec) -> float:
    kind = KINDS[spec.kind]
    try:
        a, b = (kind.clean_label(label, payload, spec) for label in (a, b))
    except KindErrors:
        return 1.0
    return kind.distance(a, b, spec)


def _normalised(shares: Sequence[float]) -> list[float]:
    total = sum(shares)
    return [share / total for share in shares]


def _entropy(shares: Iterable[float]) -> float:
    return sum(-share * math.log(share) for share in shares if share > 0)
