"""Scores of waiting items by what their clients sent along: several models' answers, boxes, probabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from uuid import UUID

import numpy as np

from learning import dataset, encoders
from learning.sampling import scores
from routing.errors import HitlError
from routing.kinds import KINDS, Kind, TypeSpec
from routing.models import Item, ItemType, Prediction
from routing.values import is_number


class Unsuited(HitlError):
    """The plan's strategy goes by something that items of this type don't have."""

    code = "unsuited_strategy"


@dataclass(frozen=True)
class Sent:
    """What a client sent of one item: its context, and the predictions, the judged one first."""

    context: Mapping[str, Any]
    predictions: Sequence[Prediction]
    kind: Kind
    spec: TypeSpec

    @property
    def labels(self) -> list[Any]:
        """Return the models' answers."""
        return [one.label for one in self.predictions if one.label is not None]


@dataclass(frozen=True)
class Source:
    """What a strategy goes by, in words; its score of an item, None without it; the kinds, empty for all."""

    needs: str
    score: Callable[[Sent], float | None]
    kinds: tuple[str, ...] = ()


@dataclass
class Found:
    """The items that have a score, of how many: element i of each list is of `ids[i]`."""

    ids: list[UUID] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    gists: list[str] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    looked: int = 0

    def embedded(self) -> np.ndarray | None:
        """Return the items' texts as numbers, None where one has no text."""
        if not all(self.gists):
            return None
        payloads = [{"text": gist} for gist in self.gists]
        return encoders.fit_encoder("text", payloads).embed(payloads)


def check(item_type: ItemType, strategy: str) -> None:
    """Raise Unsuited where no item of this kind can have what the strategy goes by."""
    source = SOURCES[strategy]
    if source.kinds and item_type.kind not in source.kinds:
        raise Unsuited(
            f"The strategy {strategy} is for {' and '.join(source.kinds)}; {item_type.slug} is of kind "
            f"{item_type.kind}. Choose another in its learning plan."
        )


def read(item_type: ItemType, strategy: str, items: Iterable[Item]) -> Found:
    """Return the items with what the strategy goes by, and their scores; Unsuited where none has it."""
    found = scored(item_type, strategy, items)
    if not found.ids:
        needs = SOURCES[strategy].needs
        raise Unsuited(f"None of {found.looked} waiting items has {needs}, by which {strategy} goes.")
    return found


def scored(item_type: ItemType, strategy: str, items: Iterable[Item]) -> Found:
    """Return those of the items that have what the strategy goes by, with their scores."""
    kind, spec, score = KINDS[item_type.kind], item_type.spec, SOURCES[strategy].score
    found = Found()
    for chunk in dataset.chunks(items):
        found.looked += len(chunk)
        predictions: dict[UUID, list[Prediction]] = {item.pk: [] for item in chunk}
        for one in Prediction.objects.filter(item__in=predictions).order_by("item", "rank"):
            predictions[one.item_id].append(one)
        for item in chunk:
            mine = predictions[item.pk]
            value = score(Sent(item.context, mine, kind, spec))
            if value is None:
                continue
            found.ids.append(item.pk)
            found.values.append(value)
            found.gists.append(kind.gist(item.payload))
            found.said.append(_said(item, mine, kind))
    return found


def _said(item: Item, predictions: Sequence[Prediction], kind: Kind) -> dict[str, Any]:
    if not predictions:
        return {}
    first = predictions[0]
    return {
        "predicted": kind.describe(first.label),
        "confidence": first.confidence,
        "uncertainty": 1 - first.confidence if item.uncertainty is None else item.uncertainty,
    }


def _variance(sent: Sent) -> float | None:
    return scores.variance(sent.labels) if len(sent.labels) > 1 else None


def _disagreement(sent: Sent) -> float | None:
    pairs = list(combinations(sent.labels, 2))
    if not pairs:
        return None
    # Texts that differ in a number or a negation say different things, however alike they look.
    apart = [1.0 if sent.kind.conflict(a, b) else sent.kind.distance(a, b, sent.spec) for a, b in pairs]
    return scores.disagreement(apart)


def _perplexity(sent: Sent) -> float | None:
    logarithms = sent.context.get("token_logprobs")
    if not isinstance(logarithms, list) or not logarithms or not all(map(is_number, logarithms)):
        return None
    return scores.perplexity(logarithms) if max(logarithms) <= 0 else None


def _harm(sent: Sent) -> float | None:
    flags = sent.context.get("harmful")
    return scores.harm(flags) if is_number(flags) or isinstance(flags, list) else None


def _boxes(sent: Sent) -> list[list[dict[str, Any]]]:
    return [label for label in sent.labels if isinstance(label, list)]


def _doubt(sent: Sent) -> float | None:
    found = _boxes(sent)[:1]
    scored = [one for one in found[0] if "score" in one] if found else []
    return scores.boxes_doubt([one["score"] for one in scored]) if scored else None


def _places(label: Sequence[Mapping[str, Any]]) -> list[list[float]]:
    return [one["box"] for one in label]


def _instability(sent: Sent) -> float | None:
    found = [_places(label) for label in _boxes(sent)]
    return scores.box_instability(found[0], found[1:]) if len(found) > 1 else None


def _errors(sent: Sent) -> float | None:
    found = [_places(label) for label in _boxes(sent)]
    if len(found) < 2:
        return None
    return float(np.mean([sum(scores.box_errors(found[0], other)) for other in found[1:]]))


SEVERAL = "predictions of at least two models"
SOURCES: Mapping[str, Source] = {
    "variance": Source(SEVERAL, _variance, ("regression",)),
    "disagreement": Source(SEVERAL, _disagreement),
    "perplexity": Source("token_logprobs in its context, natural logarithms up to 0", _perplexity),
    "harmful": Source("harmful in its context, a number or a list of flags", _harm),
    "boxes": Source("a prediction of boxes with scores", _doubt, ("detection",)),
    "box_instability": Source(SEVERAL, _instability, ("detection",)),
    "box_errors": Source(SEVERAL, _errors, ("detection",)),
}
