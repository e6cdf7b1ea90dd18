"""Streams with and without drift for the pure tests: scores, answers, fields and embeddings of inputs."""

import numpy as np

from learning.drift.comparing import Rows
from learning.drift.overrides import Looked


def rows(count: int, *, seed: int, harder: float = 0.0, leaning: float = 0.0, moved: float = 0.0) -> Rows:
    """Return decisions of a steady world, or of one that is moved.

    `harder` is the share of inputs on which the model is unsure, `leaning` the share of answers that are
    c0 besides those that always were, `moved` how many deviations the first of eight features has shifted.
    """
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, 8)).astype(np.float32)
    vectors[:, 0] += moved
    unsure = rng.random(count) < harder
    answers = np.where(rng.random(count) < leaning, 0, rng.integers(0, 10, count))
    fields = [{f"feature {place}": float(value) for place, value in enumerate(row)} for row in vectors]
    scores = np.where(unsure, rng.uniform(0.2, 0.6, count), rng.beta(8, 1, count))
    return Rows(
        [f"item-{place}" for place in range(count)], vectors, fields, scores, [f"c{n}" for n in answers]
    )


def joined(*parts: Rows) -> Rows:
    """Return several stretches as one stream."""
    return Rows(
        [one for part in parts for one in part.ids],
        np.vstack([part.vectors for part in parts]),
        [one for part in parts for one in part.fields],
        np.concatenate([part.scores for part in parts]),
        [one for part in parts for one in part.answers],
    )


def looked(count: int, seed: int, threshold: float, *, worse: float = 0.0) -> Looked:
    """Return what people saw of decisions that are wrong as often as their scores say, or so much `worse`.

    All below the threshold, and a tenth of what is automated.
    """
    rng = np.random.default_rng(seed)
    scores = rng.beta(6, 1, count)
    wrong, automated = rng.random(count) > scores - worse, scores >= threshold
    seen = ~automated | (rng.random(count) < 0.1)
    return Looked(wrong[seen], automated[seen], scores[seen])


def followed(first: Looked, second: Looked) -> Looked:
    """Return the looks of two stretches as one."""
    parts = zip(vars(first).values(), vars(second).values(), strict=True)
    return Looked(*(np.concatenate(both) for both in parts))
