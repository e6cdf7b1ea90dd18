"""Milliseconds of choosing what to label next, beside plain numpy and other products, all in one run.

Usage: python bench/sampling.py [--quick]

One thread, float32, k = 200. "ours" is what the server runs; "plain" is the same task in the numpy that
comes to mind first; modAL, scikit-activeml and small-text are measured where they can be imported, at a size
that they bear, and say which. Times are the least of several runs.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from threadpoolctl import threadpool_limits

from bench import peers, plain
from learning.sampling import Options, Pool, pick
from learning.sampling.committee import mean_kl_scores, vote_entropy_scores
from learning.sampling.diversity import farthest_first
from learning.sampling.uncertainty import best, entropy_scores, least_confidence_scores, margin_scores

K, LABELLED, CLASSES, COLUMNS = 200, 1000, 10, 384
SCORES = {"entropy": entropy_scores, "margin": margin_scores, "least_confidence": least_confidence_scores}


def main() -> None:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, fewer runs")
    options = parser.parse_args()
    share, runs = (10, 2) if options.quick else (1, 3)
    with threadpool_limits(1):
        found = uncertainty(1_000_000 // share, runs) | committees(200_000 // share, runs)
        for rows in (20_000 // share, 100_000 // share):
            found |= spread(rows, runs)
        found |= default(1_000_000 // share, runs)
        found |= fitting(300 if options.quick else 1_000, min(runs, 2))
    installed = [name for name in peers.NAMES if importlib.util.find_spec(name)]
    print(json.dumps({"unit": "milliseconds", "k": K, "peers": installed, "figures": found}))


def uncertainty(rows: int, runs: int) -> dict[str, dict]:
    """Return the figures of the three scores of one model, scored and the k greatest found."""
    p = probabilities(rows)
    found = {}
    for name, score in SCORES.items():
        ways = {
            "ours": lambda score=score: best(score(p), K, np.random.default_rng(0)),
            "plain": lambda name=name: plain.top(plain.SCORES[name](p), K),
        }
        found[f"{name} {rows}x{CLASSES}"] = compared(ways, runs) | peers.uncertainty(name, p, K)
    return found


def committees(rows: int, runs: int) -> dict[str, dict]:
    """Return the figures of the two scores of five models."""
    members = np.stack([probabilities(rows, seed) for seed in range(5)])
    kinds = {
        "mean_kl": (mean_kl_scores, plain.mean_kl),
        "vote_entropy": (vote_entropy_scores, plain.vote_entropy),
    }
    return {
        f"{name} 5x{rows}x{CLASSES}": compared(
            {"ours": lambda ours=ours: ours(members), "plain": lambda other=other: other(members)}, runs
        )
        | peers.committee(name, members)
        for name, (ours, other) in kinds.items()
    }


def spread(rows: int, runs: int) -> dict[str, dict]:
    """Return the figures of what goes by embeddings: k-center, k-means and BADGE."""
    x, p = embeddings(rows), probabilities(rows)
    known = x[:LABELLED] + np.float32(0.01)
    rng = np.random.default_rng
    size = f"{rows}x{COLUMNS}"
    found = {
        f"k_center {size}": compared(
            {
                "ours": lambda: farthest_first(x, known, K, rng(0)),
                "plain": lambda: plain.k_center(x, known, K),
            },
            runs,
        )
        | peers.k_center(x, known, K),
        f"badge {size}": compared(
            {
                "ours": lambda: pick("badge", Pool(p, x), K, rng=rng(0)),
                "plain": lambda: plain.badge(p, x, K, rng(0)),
            },
            runs,
        ),
    }
    if rows <= 20_000:
        found[f"k_means {size}"] = k_means(x, runs)
    return found


def k_means(x: np.ndarray, runs: int) -> dict:
    """Return the figures of k-means beside scikit-learn's, and how much greater our inertia is."""
    from sklearn.cluster import KMeans

    from learning.sampling import clusters
    from learning.sampling.diversity import nearest

    ones, rng = np.ones(len(x), np.float32), np.random.default_rng
    ways = {
        "ours": lambda: clusters.k_means(x, ones, K, rng(0)),
        "plain": lambda: KMeans(K, n_init=1, max_iter=10, random_state=0).fit(x),
    }
    found, theirs = compared(ways, runs), ways["plain"]().inertia_
    mine = nearest(x, ways["ours"]()[0])[0].sum()
    return found | {"inertia_to_sklearn": round(float(mine / theirs), 4)}


def default(rows: int, runs: int) -> dict[str, dict]:
    """Return the figures of the default strategy after its cold start, 64 columns as our text encoder has."""
    x, p = embeddings(rows, 64), probabilities(rows)
    pool = Pool(p, x, x[:LABELLED])
    way = {"ours": lambda: pick("adaptive", pool, K, rng=np.random.default_rng(0), options=Options(0.2))}
    return {f"adaptive {rows}x64": compared(way, runs)}


def fitting(rows: int, runs: int) -> dict[str, dict]:
    """Return the figures of fitting a linear model with its settings chosen, and of tuning it.

    Plain is one fit by scikit-learn, no setting chosen and nothing calibrated.
    """
    from sklearn.linear_model import LogisticRegression

    from learning.learners import training, tuning

    x, rng = embeddings(rows + rows // 10), np.random.default_rng(2)
    y = (x @ rng.normal(size=(COLUMNS, CLASSES)) + rng.normal(size=(len(x), CLASSES))).argmax(axis=1)
    names, new = [str(one) for one in range(CLASSES)], np.arange(len(x)) >= rows
    labels = [names[one] for one in y]
    before = training.fit("linear", x[:rows], labels[:rows], classes=names)
    given = {
        "new": np.arange(2 * (rows // 10)) >= rows // 10,
        "earlier": tuning.Earlier(before.predictor, before.calibration, before.classes),
        "classes": names,
    }
    few = np.concatenate([tuning.replayed(labels[:rows], rows // 10), np.flatnonzero(new)])
    ways = {
        "ours": lambda: training.fit("linear", x[:rows], labels[:rows], classes=names),
        "plain": lambda: LogisticRegression(C=0.3, tol=1e-3).fit(x[:rows], y[:rows]),
    }
    tune = {"ours": lambda: tuning.tune("linear", x[few], [labels[one] for one in few], **given)}
    size = f"{rows}x{COLUMNS}x{CLASSES}"
    return {f"fit {size}": compared(ways, runs), f"tune {size} + {rows // 10}": compared(tune, runs)}


def compared(ways: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Return each way's least CPU time in `runs` runs, taken in turn, and how many times ours is faster."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            start = time.process_time()
            way()
            times[name].append(1000 * (time.process_time() - start))
    found = {name: round(min(taken), 1) for name, taken in times.items()}
    if "plain" in found:
        found["plain_to_ours"] = round(found["plain"] / max(found["ours"], 0.1), 2)
    return found


def probabilities(rows: int, seed: int = 0) -> np.ndarray:
    """Return (rows, CLASSES) that sum to one."""
    drawn = np.random.default_rng(seed).standard_gamma(0.5, (rows, CLASSES)).astype(np.float32)
    drawn += np.float32(1e-6)
    return drawn / drawn.sum(axis=1, keepdims=True)


def embeddings(rows: int, columns: int = COLUMNS) -> np.ndarray:
    """Return rows about a hundred centres."""
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(100, columns)).astype(np.float32)
    found = rng.standard_normal((rows, columns), np.float32)
    found += centres[rng.integers(0, 100, rows)]
    return found


if __name__ == "__main__":
    main()
