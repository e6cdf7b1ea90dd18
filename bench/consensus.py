"""How often people's consensus is right on real crowds, and how many votes an item it takes.

Usage: python bench/consensus.py [--quick]

For each crowd, with 3, 5 and all votes an item: the majority (ties count by chance), accuracies by EM,
Dawid-Skene, what `aggregate` chooses, and Crowd-Kit where it is installed; again with gold for a tenth of the
items, judged on the rest. Then adaptive redundancy: 3 votes on a tenth of the items, on the others one more
vote while the posterior is under tau, at most 5; skills are estimated anew after each tenth. The same again
with simulated people beside a real model's opinion, and without it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import crowd
from bench.crowd import Crowd
from labeling.consensus.annotators import cautious
from labeling.consensus.choosing import aggregate
from labeling.consensus.models import dawid_skene, one_coin_em
from labeling.consensus.redundancy import Next, add, another_vote, begin
from labeling.consensus.votes import UNKNOWN, Array, Votes, Whole, answers, class_rates, counts

TAUS = (0.7, 0.8, 0.88, 0.9, 0.92, 0.95, 0.97, 0.98, 0.99)
MODEL_TAUS = (0.8, 0.9, 0.95)
CAP = 5
SMALL = 1_500
GOLD = 0.1
BLOCKS = 10
MODEL = "preds_trec6"
ALLOWED_UNDER = 0.01
ALLOWED_VOTES = 2.3


def main() -> None:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, within 50 seconds")
    runs = 3 if parser.parse_args().quick else 20
    start = time.perf_counter()
    found = {name: measure(crowd.read(name), runs) for name in crowd.names()}
    beside = (
        with_a_model(max(1, runs // 3)) if (crowd.DATA / MODEL).is_dir() else {"left_out": f"no data/{MODEL}"}
    )
    print(
        json.dumps(
            {
                "runs": runs,
                "beside_a_model": beside,
                "seconds": round(time.perf_counter() - start, 1),
                "crowds": found,
            }
        )
    )


def measure(one: Crowd, runs: int) -> dict:
    """Return the figures of one crowd; a small one is drawn more often, up to four times."""
    runs *= int(np.clip(SMALL / one.votes.items, 1, 4))
    fixed = {str(most): accuracies(one, most, runs) for most in (3, 5)}
    fixed["all"] = accuracies(one, None, 1)
    walk = adaptive(one, runs)
    return {
        "items": one.votes.items,
        "annotators": one.votes.annotators,
        "classes": one.votes.classes,
        "runs": runs,
        "accuracy": fixed,
        "adaptive": walk,
        "votes_at_fixed_3": cheapest(walk, fixed["3"]["majority"]),
        "votes_at_fixed_5": cheapest(walk, fixed["5"]["majority"]),
        "kept": {
            "never_a_point_under": all(
                each["ours"] >= each["majority"] - ALLOWED_UNDER for each in fixed.values()
            ),
            "votes": (cheapest(walk, fixed["3"]["majority"]) or CAP) <= ALLOWED_VOTES,
        },
    }


def accuracies(one: Crowd, most: int | None, runs: int) -> dict:
    """Return the mean accuracy of each way with so many votes an item, and how often which was chosen."""
    rows, methods = [], []
    for seed in range(runs):
        rng = np.random.default_rng([3, seed])
        votes = one.votes if most is None else crowd.at_most(one.votes, most, rng)
        gold = np.where(rng.random(votes.items) < GOLD, one.truth, UNKNOWN)
        row, method = compared(votes, one.truth, gold)
        rows.append(row)
        methods.append(method)
    means = {name: round(float(np.mean([row[name] for row in rows])), 4) for name in rows[0]}
    under = min(row["ours"] - row["majority"] for row in rows)
    return means | {
        "worst_run": round(float(under), 4),
        "votes": round(len(votes) / votes.items, 2),
        "chosen": {method: methods.count(method) for method in sorted(set(methods))},
    }


def compared(votes: Votes, truth: Whole, gold: Whole) -> tuple[dict[str, float], str]:
    """Return the accuracy of each way, on all items and, anchored, on those without gold; and our method."""
    every, rest = np.ones(votes.items, dtype=bool), gold == UNKNOWN
    ours, anchored = aggregate(votes), aggregate(votes, gold=gold)

    def share(posterior: Array, among: np.ndarray = every) -> float:
        return float((answers(posterior) == truth)[among].mean())

    row = {
        "majority": by_chance(votes, truth),
        "one_coin": share(one_coin_em(votes).posterior),
        "dawid_skene": share(dawid_skene(votes).posterior),
        "ours": share(ours.posterior),
        "majority_on_rest": by_chance(votes, truth, rest),
        "one_coin_anchored": share(one_coin_em(votes, gold=gold).posterior, rest),
        "dawid_skene_anchored": share(dawid_skene(votes, gold=gold).posterior, rest),
        "ours_anchored": share(anchored.posterior, rest),
    }
    return row | peers(votes, truth), ours.method


def by_chance(votes: Votes, truth: Whole, among: np.ndarray | slice = slice(None)) -> float:
    """Return the majority's accuracy where ties are settled by lot."""
    cast = counts(votes)
    tied = cast == cast.max(axis=1, keepdims=True)
    return float((tied[np.arange(votes.items), truth] / tied.sum(axis=1))[among].mean())


def peers(votes: Votes, truth: Whole) -> dict[str, float]:
    """Return Crowd-Kit's accuracies, none where it isn't installed."""
    try:
        import pandas
        from crowdkit.aggregation import DawidSkene, OneCoinDawidSkene
    except ImportError:
        return {}
    table = pandas.DataFrame({"task": votes.item, "worker": votes.annotator, "label": votes.label})
    seen = np.unique(votes.item)
    return {
        f"crowdkit_{name}": float((model.fit_predict(table).loc[seen].to_numpy() == truth[seen]).mean())
        for name, model in (("dawid_skene", DawidSkene()), ("one_coin", OneCoinDawidSkene()))
    }


def adaptive(one: Crowd, runs: int) -> dict[str, dict[str, float]]:
    """Return votes an item and accuracy of the answers as they were settled, for each tau."""
    found = {}
    for tau in TAUS:
        walks = [walked(one, tau, np.random.default_rng([5, seed])) for seed in range(runs)]
        spent, right = np.mean(walks, axis=0)
        found[str(tau)] = {"votes": round(float(spent), 2), "accuracy": round(float(right), 4)}
    return found


def with_a_model(runs: int) -> dict:
    """Return what simulated people need beside a model's opinion, and without it, to be as right as three."""
    made = [crowd.beside_a_model(MODEL, np.random.default_rng([7, seed])) for seed in range(runs)]
    three = np.mean(
        [by_chance(crowd.at_most(one.votes, 3, np.random.default_rng(1)), one.truth) for one, _ in made]
    )
    found: dict = {"items": made[0][0].votes.items, "fixed_3": round(float(three), 4)}
    for name in ("without", "with"):
        walk = {}
        for tau in MODEL_TAUS:
            walks = [
                walked(one, tau, np.random.default_rng(2), model=opinion if name == "with" else None)
                for one, opinion in made
            ]
            spent, right = np.mean(walks, axis=0)
            walk[str(tau)] = {"votes": round(float(spent), 2), "accuracy": round(float(right), 4)}
        found[name] = {"adaptive": walk, "votes_at_fixed_3": cheapest(walk, found["fixed_3"])}
    return found


def walked(
    one: Crowd, tau: float, rng: np.random.Generator, *, model: Array | None = None
) -> tuple[float, float]:
    """Return votes an item and accuracy when the items come once, in random order, beside a model or not."""
    items = one.votes.items
    shuffled = crowd.at_most(one.votes, len(one.votes), rng)
    order = rng.permutation(items)
    first, *blocks = np.array_split(order, BLOCKS)
    starts = np.searchsorted(shuffled.item, np.arange(items + 1))
    used = np.minimum(np.diff(starts), 3) * np.isin(np.arange(items), first)
    settled = np.full(items, UNKNOWN)
    for block in blocks:
        spoken = taken(shuffled, starts, used)
        fit = one_coin_em(spoken)
        skills, rates = cautious(spoken, fit.posterior), class_rates(fit.posterior[used > 0])
        for item in block:
            posterior = begin(rates, model=None if model is None else model[item])
            for at in range(starts[item], starts[item + 1]):
                posterior = add(posterior, shuffled.annotator[at], shuffled.label[at], skills)
                used[item] += 1
                if another_vote(posterior, used[item], cap=CAP, tau=tau) != Next.ANOTHER:
                    break
            settled[item] = posterior.argmax()
    settled[first] = answers(one_coin_em(taken(shuffled, starts, used)).posterior)[first]
    return used.sum() / items, float((settled == one.truth).mean())


def taken(shuffled: Votes, starts: Whole, used: Whole) -> Votes:
    """Return the first so many votes of each item."""
    rank = np.arange(len(shuffled)) - starts[shuffled.item]
    return shuffled.where(rank < used[shuffled.item])


def cheapest(walk: dict[str, dict[str, float]], target: float) -> float | None:
    """Return the fewest votes an item with at least that accuracy, between two tau in proportion."""
    points = sorted((each["votes"], each["accuracy"]) for each in walk.values())
    for (votes, right), (more, better) in itertools.pairwise(points):
        if right >= target:
            return votes
        if better >= target:
            return round(votes + (more - votes) * (target - right) / (better - right), 2)
    return None


if __name__ == "__main__":
    main()
