"""Certified thresholds on real scores with real truth, their order shuffled by seed."""

import csv
import gzip
from pathlib import Path

import numpy as np

from bench import classes
from routing import certify
from routing.certify import Batch, Target, oracle
from routing.certify.tallies import Array

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SETS = ("preds_trec6", "preds_sms_spam")
STEP = 250
EARLIER = 500


def measure(runs: int) -> dict:
    """Return the figures of each data set, or why there are none."""
    return {
        name: over_targets(*read(name), runs) if (DATA / name).is_dir() else {"left_out": f"no data/{name}"}
        for name in SETS
    }


def read(name: str) -> tuple[Array, Array, np.ndarray]:
    """Return the scores, whether each was wrong (0 or 1), and the predicted classes."""
    with gzip.open(DATA / name / "oof.csv.gz", "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [column for column in rows[0] if column.startswith("p_")]
    scores = np.array([max(float(row[column]) for column in columns) for row in rows])
    wrong = np.array([row["correct"] != "1" for row in rows], dtype=float)
    return scores, wrong, np.array([row["pred"] for row in rows])


def over_targets(scores: Array, wrong: Array, predicted: np.ndarray, runs: int) -> dict:
    """Return, for each target, what the certificate does beside the thresholds 0.8 and 0.95, and classes."""

    def shuffled(seed: int) -> classes.Drawn:
        order = np.random.default_rng([17, seed]).permutation(len(scores))
        return scores[order], wrong[order], wrong[order], predicted[order]

    found: dict = {"items": len(scores), "model_error": round(float(wrong.mean()), 4), "runs": runs}
    for target in (Target(alpha, of=of) for of in ("decisions", "automated") for alpha in (0.02, 0.05, 0.1)):
        made = [walk(scores, wrong, target, seed) for seed in range(runs)]
        best = oracle.best(scores, wrong, target).share
        found[f"{target.of} {target.alpha}"] = {
            "oracle": round(best, 4),
            "ever_broken": round(float(np.mean([broken for broken, _ in made])), 4),
            "automated": {
                look: round(float(np.mean([shares[look] for _, shares in made])), 4) for look in made[0][1]
            },
            "fixed": {str(limit): fixed(scores, wrong, limit, target) for limit in (0.8, 0.95)},
        }
    found["classes"] = classes.measure(shuffled, max(runs // 3, 10), earlier=1_500)
    return found


def walk(scores: Array, wrong: Array, target: Target, seed: int) -> tuple[bool, dict[int, float]]:
    """Return whether the target was ever broken in one order of the items, and what was automated when.

    The first 500 scores choose the thresholds; audits take 30 % of the automated.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(scores))
    state, limit, broken, shares = certify.begin(target, scores[order[:EARLIER]]), np.inf, False, {}
    for start in range(EARLIER, len(order) - STEP + 1, STEP):
        now = order[start : start + STEP]
        chance = np.where(scores[now] >= limit, 0.3, 1.0)
        drawn = rng.random(STEP) < chance
        least = 0.3 if limit < np.inf else 1.0
        state = certify.update(state, Batch(scores[now], chance, drawn, wrong[now], least))
        proven = certify.threshold(state)
        limit = proven.threshold if proven else np.inf
        result = fixed(scores, wrong, limit, target)
        broken |= result["broken"]
        done = start + STEP - EARLIER
        if done in (500, 1_000, 2_000) or start + 2 * STEP > len(order):
            shares[done] = result["automated"]
    return broken, shares


def fixed(scores: Array, wrong: Array, limit: float, target: Target) -> dict:
    """Return what a threshold automates, the error rate in the unit of the target, and if it breaks it."""
    passed = scores >= limit
    size = passed.sum() if target.of == "automated" else len(scores)
    error = float(wrong[passed].sum() / max(size, 1))
    return {
        "automated": round(float(passed.mean()), 4),
        "error": round(error, 4),
        "broken": error > target.alpha,
    }
