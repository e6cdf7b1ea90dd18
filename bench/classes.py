"""One certificate for all classes beside one for each: how many classes break the target on their own."""

from collections.abc import Callable

import numpy as np

from routing import certify
from routing.certify import Batch, Target, slices
from routing.certify.tallies import Array

TARGET = Target(0.05, of="automated")
Drawn = tuple[Array, Array, Array, np.ndarray]


def measure(draw: Callable[[int], Drawn], runs: int, *, earlier: int) -> dict:
    """Return the mean of `compare` over runs; `draw` gives scores, losses, truth and classes by seed."""
    rows = [compare(*draw(seed), earlier=earlier) for seed in range(runs)]
    columns = ("classes_over", "with_one_over", "automated")
    return {"runs": runs, "alpha": TARGET.alpha} | {
        name: dict(zip(columns, np.mean([row[name] for row in rows], axis=0).round(4).tolist(), strict=True))
        for name in rows[0]
    }


def compare(scores: Array, wrong: Array, truth: Array, classes: np.ndarray, *, earlier: int) -> dict:
    """Return the share of classes over the target, whether one is, and what is automated, for each way.

    The first `earlier` scores choose the thresholds, the labels of all others are the evidence.
    """
    size, names = len(scores) - earlier, sorted(set(classes.tolist()))
    batch = Batch(scores[earlier:], np.ones(size), np.ones(size, dtype=bool), wrong[earlier:])
    whole = certify.threshold(certify.update(certify.begin(TARGET, scores[:earlier]), batch))
    limits = {"one_for_all": dict.fromkeys(names, whole.threshold if whole else np.inf)}
    expected = {name: float((classes == name).sum()) for name in names}
    own = slices.own_slices(expected, TARGET)
    for way in ("one_each", "simultaneous"):
        states = slices.begin_slices(
            TARGET, scores[:earlier], classes[:earlier], own, simultaneous=way == "simultaneous"
        )
        mine = np.array([name if name in states else slices.REST for name in classes[earlier:].tolist()])
        proven = {
            name: certify.threshold(certify.update(state, batch.part(mine == name)))
            for name, state in states.items()
        }
        found = {name: proven.get(name if name in own else slices.REST) for name in names}
        limits[way] = {name: made.threshold if made else np.inf for name, made in found.items()}
    return {way: judged(scores, truth, classes, chosen) for way, chosen in limits.items()}


def judged(scores: Array, truth: Array, classes: np.ndarray, limits: dict) -> tuple[float, float, float]:
    """Return the share of classes over the target, 1.0 if there is one, and the share automated."""
    passed = scores >= np.array([limits[name] for name in classes.tolist()])
    over = [
        truth[mine].mean() > TARGET.alpha for name in limits if (mine := passed & (classes == name)).any()
    ]
    return sum(over) / len(limits), float(any(over)), float(passed.mean())


def simulated(seed: int) -> Drawn:
    """Return 12,000 items of ten classes, from easy to hard, whose confidences know nothing of that."""
    rng = np.random.default_rng([5, seed])
    label, odds = rng.integers(0, 10, 12_000), rng.normal(3.3, 2.4, 12_000)
    error = 1 / (1 + np.exp(odds - np.linspace(-1.2, 1.6, 10)[label]))
    wrong = (rng.random(label.size) < error).astype(float)
    return 1 / (1 + np.exp(-odds)), wrong, error, label.astype(str)
