"""How many labels each strategy needs for 95 % and 98 % of the score that all labels give, against random.

Usage: python bench/label_efficiency.py [--quick] [--seeds N] [--sets A,B] [--strategies A,B] [--latent]

On scikit-learn's digits and, from ../shared/data, banking77, trec6 and sms_spam (F1 of spam; the others
accuracy), a quarter kept back. Texts are embedded by the sentence model of the extra `sentences`; with
`--latent`, or without the extra, by latent semantic analysis of TF-IDF. The learner is logistic regression
whose C is chosen once for a data set and is the same for all strategies. Labels are bought in batches that
grow by 8 % up to 40 (bench/curves.py). `saved` is how many times fewer labels than random, the geometric mean
over seeds with its 95 % interval by bootstrap over them; `below_random` names the data sets on which that
mean lies under 1. Strategies that go by what clients send (boxes, log-probabilities) are left out: these data
have none.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from threadpoolctl import threadpool_limits

from bench import curves
from learning.sampling import STRATEGIES

SENT = {"variance", "disagreement", "perplexity", "harmful", "boxes", "box_instability", "box_errors"}
SHARES = (0.95, 0.98)
SEEDS = 5
RESAMPLES = 2_000


def main() -> None:
    """Print one line of JSON, and on the standard error what is done so far."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="digits alone, five strategies, two seeds")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--sets", default=",".join(curves.available()))
    parser.add_argument("--strategies", default=",".join(name for name in STRATEGIES if name not in SENT))
    parser.add_argument("--latent", action="store_true", help="no sentence model, but what is always there")
    options = parser.parse_args()
    if options.latent:
        curves.embed = curves.latent
    if options.quick:
        options.seeds, options.sets = 2, "digits"
        options.strategies = "adaptive,margin,entropy,k_center,random"
    strategies = dict.fromkeys(["random", *options.strategies.split(",")])
    with threadpool_limits(1):
        found = {name: measure(name, list(strategies), options.seeds) for name in options.sets.split(",")}
    print(json.dumps({"seeds": options.seeds, "sets": found, "mean": means(found)}))


def measure(name: str, strategies: list[str], seeds: int) -> dict:
    """Return what one data set tells: the score with all labels, and each strategy's labels and savings."""
    one = curves.task(name)
    needed: dict[str, list[list[float]]] = {strategy: [] for strategy in strategies}
    tops = []
    for seed in range(seeds):
        tops.append(curves.full(one, seed))
        for strategy in strategies:
            points = curves.curve(one, strategy, seed, SHARES[-1] * tops[-1])
            needed[strategy].append([curves.reached(points, share * tops[-1]) for share in SHARES])
            print(name, seed, strategy, [round(n) for n in needed[strategy][-1]], file=sys.stderr, flush=True)
    logs = {strategy: np.log(rows) for strategy, rows in needed.items()}
    return {
        "pool": len(one.y) - one.held_out,
        "C": one.strength,
        "full_score": round(float(np.mean(tops)), 4),
        "strategies": {strategy: figures(logs[strategy], logs["random"]) for strategy in strategies},
    }


def figures(logs: np.ndarray, random: np.ndarray) -> dict:
    """Return labels and savings for each share, from logarithms (seeds, shares) of the labels needed."""
    found = {}
    for column, share in enumerate(SHARES):
        saved = random[:, column] - logs[:, column]
        low, high = interval(saved)
        found[f"{share}"] = {
            "labels": round(float(np.exp(logs[:, column].mean()))),
            "saved": rounded(saved.mean()),
            "interval": [rounded(low), rounded(high)],
        }
    return found


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the middle 95 % of the mean over resampled values (percentile bootstrap, Efron 1979)."""
    rng = np.random.default_rng(0)
    drawn = rng.choice(values, (RESAMPLES, len(values))).mean(axis=1)
    return tuple(np.quantile(drawn, [0.025, 0.975]))


def means(found: dict[str, dict]) -> dict[str, dict]:
    """Return each strategy's savings in geometric mean over the data sets, and where it is below random."""
    names = list(next(iter(found.values()))["strategies"])
    result = {}
    for name in names:
        savings = {
            data: {share: one["strategies"][name][f"{share}"]["saved"] for share in SHARES}
            for data, one in found.items()
        }
        result[name] = {
            f"{share}": rounded(np.log([one[share] for one in savings.values()]).mean()) for share in SHARES
        } | {"below_random": [data for data, one in savings.items() if min(one.values()) < 1]}
    return result


def rounded(logarithm: float) -> float:
    """Return the number whose logarithm this is, two decimals."""
    return round(float(np.exp(logarithm)), 2)


if __name__ == "__main__":
    main()
