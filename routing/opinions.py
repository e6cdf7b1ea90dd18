"""What models say of one item, how unsure that is, and how far models are apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.kinds import KINDS, KindErrors, TypeSpec
from routing.uncertainty import entropy, mean_kl_to_consensus, normalised

MOST_PREDICTIONS = 32  # of one item: the judged one and its committee


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
        _check_share("confidence", self.confidence)
        if self.score is not None:
            _check_share("score", self.score)
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


def _check_share(name: str, value: object) -> None:
    # Most are floats, and there are many of them.
    if type(value) is not float and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(f"The {name} must be a number from 0 to 1, not {value!r}.")
    if not 0 <= value <= 1:
        raise ValueError(f"The {name} must be a number from 0 to 1, not {value!r}.")


def as_rules_read(opinions: Sequence[Opinion]) -> dict[str, Any]:
    """Return the judged prediction, the first, as rules read it (rules.PREDICTION_FIELDS); {} without any."""
    if not opinions:
        return {}
    first = opinions[0]
    return {
        "label": first.label,
        "confidence": first.confidence,
        "score": first.judged,
        "model": first.model,
        "probabilities": dict(first.probabilities or {}),
    }


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
        return max(entropy((share, 1 - share)) for share in shares)
    if sum(shares) > 0:
        return entropy(normalised(shares))
    return entropy((opinion.confidence, 1 - opinion.confidence))


@dataclass(frozen=True)
class Member:
    """One model of a committee: how far (0 to 1) its answer lies from the judged one, whether they agree.

    `conflict` says what contradicts the judged answer however near it looks; then the distance is 1.
    """

    model: str
    label: Any
    distance: float
    agrees: bool
    conflict: str | None = None


@dataclass(frozen=True)
class Disagreement:
    """How far the models that looked at one item of this kind are apart; the first member is the judged one.

    `mean_kl` is the mean divergence in nats of those that give probabilities from their mean, None for fewer
    than two of them. `distance` is the mean distance (0 to 1) of the others' answers from the judged one: for
    classes the share that says otherwise, for boxes one minus the intersection over union, for texts one
    minus the similarity.
    """

    kind: str
    members: tuple[Member, ...]
    mean_kl: float | None
    distance: float

    @property
    def value(self) -> float:
        """What a limit is compared with: the larger of both.

        Models that hardly differ in their probabilities can still give different answers, and models that
        give the same answer can be sure of it in very different ways.
        """
        return max(self.distance, self.mean_kl or 0.0)

    @property
    def agreeing(self) -> int:
        """How many members give the judged answer, itself included."""
        return sum(member.agrees for member in self.members)


def disagreement(
    opinions: Sequence[Opinion], payload: Mapping[str, Any], spec: TypeSpec
) -> Disagreement | None:
    """Return how far a committee is apart, or None for fewer than two opinions.

    An answer that can't be read lies at distance 1.
    """
    if len(opinions) < 2:
        return None
    first, *others = opinions
    answer = _read(first, payload, spec)
    members = [_member(answer, other, payload, spec) for other in others]
    distance = sum(member.distance for member in members) / len(members)
    judged = Member(first.model, first.label, 0.0, True)
    return Disagreement(spec.kind, (judged, *members), _mean_kl(opinions, spec), distance)


def _member(answer: tuple[Any] | None, other: Opinion, payload: Mapping[str, Any], spec: TypeSpec) -> Member:
    said = _read(other, payload, spec)
    if answer is None or said is None:
        return Member(other.model, other.label, 1.0, False)
    kind = KINDS[spec.kind]
    conflict = kind.conflict(*answer, *said)
    distance = 1.0 if conflict else kind.distance(*answer, *said, spec)
    return Member(other.model, other.label, distance, not conflict and kind.near(distance, spec), conflict)


def _read(opinion: Opinion, payload: Mapping[str, Any], spec: TypeSpec) -> tuple[Any] | None:
    try:
        return (KINDS[spec.kind].clean_label(opinion.label, payload, spec),)
    except KindErrors:
        return None


def _mean_kl(opinions: Sequence[Opinion], spec: TypeSpec) -> float | None:
    """Several labels at once are separate questions: then it is that of the label most in dispute."""
    given = [opinion.probabilities for opinion in opinions if opinion.probabilities]
    if spec.multilabel:
        tables = given
    else:
        tables = [table for table in given if sum(table.values()) > 0]
    if len(tables) < 2:
        return None
    names = sorted({name for table in tables for name in table})
    rows = [[table.get(name, 0.0) for name in names] for table in tables]
    if not spec.multilabel:
        return mean_kl_to_consensus([normalised(row) for row in rows])
    return max(
        mean_kl_to_consensus([(share, 1 - share) for share in column]) for column in zip(*rows, strict=True)
    )
