"""What updating a model costs its old classes and brings its new ones, by recipe, beside training anew.

Usage: python bench/updates.py [--quick]

On ../shared/data/banking77: 60 of the 77 intents are known, 20 texts of each labelled; then people review the
600 texts of a stream of all intents of which the champion is least sure. Told are the accuracy on the test
set, of the intents known before and of the 17 new ones, how far confidence lies above it, and CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from threadpoolctl import threadpool_limits

from bench.fewshot import DATA, read
from learning.encoders import fit_encoder
from learning.learners import training, tuning
from learning.learners.catalogue import LEARNERS
from learning.learners.tuning import DISTILLED, Recipe

KNOWN, EACH, REVIEWED = 60, 20, 600
QUICK_EACH, QUICK_REVIEWED = 8, 240
QUICK = ("no update", "new labels alone", "replay, hold 1 (ours)")
RECIPES = {
    "new labels alone": (0, Recipe(hold=0)),
    "replay": (1, Recipe(hold=0)),
    "replay, distillation": (1, Recipe(hold=0, distil=0.5)),
    "replay, hold 1 (ours)": (1, Recipe()),
    "replay, hold 5": (1, Recipe(hold=5)),
    "replay, hold 20": (1, Recipe(hold=20)),
    "replay, hold 1, distillation": (1, DISTILLED),
    "hold 20, no replay": (0, Recipe(hold=20)),
}


@dataclass(frozen=True)
class World:
    """One draw: rows of the labels, old ones first, and of the test set; `known` are the classes before."""

    rows: object
    labels: list[str]
    new: np.ndarray
    test: object
    truth: np.ndarray
    names: list[str]
    known: np.ndarray
    champion: training.Fitted


def main() -> None:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one draw of a smaller world")
    parser.add_argument("--learner", action="append", help="linear and mlp where none is named")
    parser.add_argument("--encoder", choices=("text", "sentence"), default="text")
    options = parser.parse_args()
    draws, size = (1, (QUICK_EACH, QUICK_REVIEWED)) if options.quick else (4, (EACH, REVIEWED))
    learners = options.learner or (("linear",) if options.quick else ("linear", "mlp"))
    if not DATA.is_dir():
        print(json.dumps({"left_out": "no data/banking77"}))
        return
    with threadpool_limits(1):
        found = {
            learner: mean(
                [
                    compared(learner, world(learner, seed, options.encoder, *size), options.quick)
                    for seed in range(draws)
                ]
            )
            for learner in learners
        }
    print(json.dumps({"draws": draws, "encoder": options.encoder, "figures": found}))


def world(learner: str, seed: int, encoder_name: str, each: int, reviewed: int) -> World:
    """Return one draw, its champion trained."""
    rng, both = np.random.default_rng(seed), {part: read(part) for part in ("train", "test")}
    names = sorted({label for _, label in both["train"]})
    known = set(rng.permutation(names)[:KNOWN].tolist())
    stream = [both["train"][place] for place in rng.permutation(len(both["train"]))]
    old, rest, taken = [], [], dict.fromkeys(known, 0)
    for text, label in stream:
        if taken.get(label, each) < each:
            taken[label] += 1
            old.append((text, label))
        else:
            rest.append((text, label))
    payloads = [{"text": text} for text, _ in old]
    encoder = fit_encoder(encoder_name, payloads)
    look = encoder.embed if LEARNERS[learner].dense else encoder.encode
    before = sorted(known)
    champion = training.fit(
        learner, look(payloads), [label for _, label in old], classes=before, device="cpu"
    )
    sure = champion.predict_proba(look([{"text": text} for text, _ in rest])).max(axis=1)
    asked = [rest[place] for place in np.argsort(sure)[:reviewed]]
    labels = [label for _, label in old + asked]
    return World(
        look([{"text": text} for text, _ in old + asked]),
        labels,
        np.arange(len(labels)) >= len(old),
        look([{"text": text} for text, _ in both["test"]]),
        np.array([names.index(label) for _, label in both["test"]]),
        names,
        np.array([names.index(name) for name in before]),
        champion,
    )


def compared(learner: str, one: World, quick: bool) -> dict[str, dict[str, float]]:
    """Return the figures of each recipe in one draw, of those in QUICK alone where it is to be quick."""
    given = {"classes": one.names, "device": "cpu"}
    ways = {name: partial(tuned, learner, one, *recipe) for name, recipe in RECIPES.items()}
    ways["from scratch"] = partial(training.fit, learner, one.rows, one.labels, **given)
    found = {}
    for name in (name for name in ways if name in QUICK or not quick):
        way, start = ways[name], time.process_time()
        fitted = way()
        taken = time.process_time() - start
        found[name] = figures(one, fitted.predict_proba(one.test)) | {"seconds": taken}
    stays = np.zeros((len(one.truth), len(one.names)))
    stays[:, one.known] = one.champion.predict_proba(one.test)
    return {"no update": figures(one, stays)} | found


def tuned(learner: str, one: World, replay: int, recipe: Recipe) -> training.Fitted:
    """Return the champion tuned on the new labels and `replay` times as many old ones."""
    fresh, old = np.flatnonzero(one.new), np.flatnonzero(~one.new)
    kept = tuning.replayed([one.labels[place] for place in old], replay * len(fresh))
    used = np.concatenate([fresh, old[kept]])
    return tuning.tune(
        learner,
        one.rows[used],
        [one.labels[place] for place in used],
        new=one.new[used],
        earlier=tuning.Earlier(one.champion.predictor, one.champion.calibration, one.champion.classes),
        classes=one.names,
        recipe=recipe,
        device="cpu",
    )


def figures(one: World, said: np.ndarray) -> dict[str, float]:
    """Return the accuracy overall, of old and of new classes, and how far confidence lies above accuracy."""
    right, old = said.argmax(axis=1) == one.truth, np.isin(one.truth, one.known)
    gap = said.max(axis=1).mean() - right.mean()
    parts = {"all": right.mean(), "old": right[old].mean(), "new": right[~old].mean(), "too_sure": gap}
    return {name: float(value) for name, value in parts.items()}


def mean(draws: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Return the mean of each figure over the draws."""
    return {
        name: {key: round(float(np.mean([draw[name][key] for draw in draws])), 4) for key in draws[0][name]}
        for name in draws[0]
    }


if __name__ == "__main__":
    main()
