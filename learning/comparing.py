"""Two models on the same held-out items: what each has right, where they differ, whether that is chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from learning import dataset, embeddings, examining
from learning.dataset import Labelled
from learning.judging import pairs
from learning.judging.evaluation import Difference
from learning.judging.evidence import Evidence
from learning.judging.pairs import OfClass
from learning.models import ModelVersion, Trainer
from routing.backtest.estimates import wilson
from routing.errors import HitlError

MOST = 2_000  # held-out items, the newest: somebody waits for the page
SHOWN = 40  # items on which just one of the two is right


class NotComparable(HitlError):
    """These two models can't be compared."""

    code = "not_comparable"
    status = 409


@dataclass(frozen=True)
class Score:
    """The share of all items that a model has right, estimated on the compared ones, with 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """How the second of two models does beside the first on the same `n` items.

    `difference` is how much more often it is right; `p` of the sign test, which one look is worth; `classes`
    and `items` as `judging.pairs` has them.
    """

    n: int
    first: Score
    second: Score
    difference: Difference
    p: float
    classes: list[OfClass]
    items: list[dict[str, Any]]


def compare(first: ModelVersion, second: ModelVersion) -> Comparison:
    """Return how two models of an item type do on the same held-out labels, weighed by what they stand for.

    One of an external trainer is compared on the items of its exam. Raises NotComparable, ModelUnusable and
    Unlearnable.
    """
    if first.item_type_id != second.item_type_id:
        raise NotComparable(f"{first} and {second} are of different item types.")
    for version in (first, second):
        if version.status == ModelVersion.Status.EXAM:  # answer by answer it would tell what people said
            raise NotComparable(f"The exam of {version} is not over.")
    data = dataset.held_out(first.item_type, MOST)
    names = dataset.classes(first.item_type)
    answers = [_answers(version, data, names) for version in (first, second)]
    both = np.flatnonzero(answers[0].any(axis=1) & answers[1].any(axis=1))
    if not len(both):
        raise NotComparable(f"There are no held-out items that both {first} and {second} have answered.")
    truth = Evidence(
        answers[0][both],
        np.array([names.index(data.labels[row]) for row in both], np.intp),
        np.array([data.stands_for[row] for row in both]),
        classes=names,
    )
    old, new = truth, replace(truth, probabilities=answers[1][both])
    found = pairs.difference(old, new)
    return Comparison(
        n=len(both),
        first=_score(old),
        second=_score(new),
        difference=found,
        p=pairs.sign_test(found.wins, found.losses),
        classes=pairs.by_class(old, new),
        items=pairs.differing(old, new, [str(data.items[row]) for row in both], SHOWN),
    )


def _score(evidence: Evidence) -> Score:
    return Score(evidence.accuracy, *wilson(evidence.accuracy, evidence.effective))


def _answers(version: ModelVersion, data: Labelled, names: Sequence[str]) -> np.ndarray:
    """Return what the model says of each item, (n, classes); a row of zeros where it was never asked."""
    place = {name: column for column, name in enumerate(names)}
    if version.trainer == Trainer.EXTERNAL:
        said = dict(version.trial_answers.filter(item__in=data.items).values_list("item", "label"))
        found = np.zeros((len(data), len(names)))
        for row, item in enumerate(data.items):
            if said.get(item) in place:
                found[row, place[said[item]]] = 1.0
        return found
    payloads = embeddings.remember([version.encoder], data.items, data.payloads)
    return examining.columns(version, payloads, place)
