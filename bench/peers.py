"""The selections of bench/sampling.py by modAL, scikit-activeml and small-text, where they are installed."""

import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

NAMES = ("modAL", "skactiveml", "small_text")
LEAST = 10_000  # rows of what is measured on fewer, and scaled


class Said:
    """An estimator that has answered already: `probabilities` (n, classes)."""

    def __init__(self, probabilities: np.ndarray) -> None:
        self.probabilities = probabilities

    def predict_proba(self, _: object, **__: object) -> np.ndarray:
        """Return what was said."""
        return self.probabilities


def uncertainty(name: str, p: np.ndarray, k: int) -> dict[str, float]:
    """Return the milliseconds of each peer for scores of that name, with the k greatest where it picks."""
    found = {}
    if find_spec("modAL"):
        from modAL import uncertainty as modal

        ways = {"entropy": "entropy", "margin": "margin", "least_confidence": "uncertainty"}
        sampling = getattr(modal, f"{ways[name]}_sampling")
        found["modAL"] = timed(lambda: sampling(Said(p), p, n_instances=k))
    if find_spec("skactiveml"):
        from skactiveml.pool import uncertainty_scores

        ways = {"entropy": "entropy", "margin": "margin_sampling", "least_confidence": "least_confident"}
        found["skactiveml_scores"] = timed(lambda: uncertainty_scores(p, method=ways[name]))
    if find_spec("small_text"):
        from small_text.query_strategies import strategies

        ways = {
            "entropy": "PredictionEntropy",
            "margin": "BreakingTies",
            "least_confidence": "LeastConfidence",
        }
        strategy, some = getattr(strategies, ways[name])(), p[:LEAST]
        took = timed(lambda: strategy.get_confidence(Said(some), some, None, None, None))
        found["small_text_scaled"] = round(took * len(p) / len(some), 1)
    return found


def committee(name: str, members: np.ndarray) -> dict[str, float]:
    """Return the milliseconds of scikit-activeml for the score of that name."""
    if not find_spec("skactiveml"):
        return {}
    from skactiveml.pool import _query_by_committee as theirs

    if name == "mean_kl":
        return {"skactiveml": timed(lambda: theirs.average_kl_divergence(np.swapaxes(members, 0, 1)))}
    classes = np.arange(members.shape[2])
    return {"skactiveml": timed(lambda: theirs.vote_entropy(members.argmax(axis=2).T, classes))}


def k_center(rows: np.ndarray, known: np.ndarray, k: int) -> dict[str, float]:
    """Return the milliseconds for k picks, scaled from a twentieth of them."""
    x, few, found = np.concatenate([known, rows]), max(1, k // 20), {}
    if find_spec("skactiveml"):
        from skactiveml.pool._core_set import k_greedy_center

        y = np.full(len(x), np.nan)
        y[: len(known)] = 0
        found["skactiveml_scaled"] = scaled(lambda n: k_greedy_center(x, y, batch_size=n), few, k)
    if find_spec("small_text") and len(rows) <= 20_000:
        from small_text.query_strategies.coresets import greedy_coreset

        places = (np.arange(len(known), len(x)), np.arange(len(known)))
        found["small_text_scaled"] = scaled(lambda n: greedy_coreset(x, *places, n, "euclidean"), few, k)
    return found


def scaled(way: Callable[[int], object], few: int, k: int) -> float:
    """Return the milliseconds of `k` picks from those of one and of `few`, which must grow evenly."""
    one, more = timed(lambda: way(1)), timed(lambda: way(few))
    return round(one + max(more - one, 0.0) / max(few - 1, 1) * (k - 1), 1)


def timed(way: Callable[[], object]) -> float:
    """Return the CPU milliseconds of one call."""
    start = time.process_time()
    way()
    return round(1000 * (time.process_time() - start), 1)
