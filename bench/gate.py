"""How often the gate lets a challenger through and calls it better, by its true gain and how many labels.

`python -m bench.gate` judges 100 worlds for each cell of docs/judging.md, with --quick 20.
"""

import json
import sys

import numpy as np

from learning.judging.evidence import Evidence
from learning.judging.gate import judge

LABELS = (100, 300, 1000)
GAINS = (-0.02, 0.0, 0.01, 0.02, 0.03)
CLASSES = 4
APART = 0.08  # share of the items on which just one of the two is right (SCIENCE.md 6.3)


def said(right: np.ndarray, sure: np.ndarray) -> Evidence:
    """Return a model's answers that are right where `right` says so, with confidence `sure`, (n,) each."""
    rows, labels = np.arange(len(right)), np.arange(len(right)) % CLASSES
    probabilities = np.repeat(((1 - sure) / (CLASSES - 1))[:, None], CLASSES, axis=1)
    probabilities[rows, np.where(right, labels, (labels + 1) % CLASSES)] = sure
    return Evidence(probabilities, labels)


def world(count: int, gain: float, random: np.random.Generator) -> tuple[Evidence, Evidence]:
    """Return an honest champion that is right about nine times in ten, and a challenger better by `gain`."""
    sure, draw = random.beta(5, 0.55, count) * 0.6 + 0.4, random.random(count)
    both = random.random(count) < (sure - APART / 2) / (1 - APART)
    edge = (APART + gain) / 2
    won, lost = draw < edge, (draw >= edge) & (draw < APART)
    champion = said(np.where(won, False, lost | both), np.clip(sure, 0.26, 0.999))
    return champion, said(np.where(lost, False, won | both), np.clip(sure + gain, 0.26, 0.999))


def main(worlds: int) -> dict:
    """Return for each number of labels and gain the shares that passed and that were called better."""
    random, found = np.random.default_rng(0), {}
    for count in LABELS:
        for gain in GAINS:
            verdicts = [judge(*world(count, gain, random)) for _ in range(worlds)]
            found[f"{count} labels, {gain:+.0%}"] = {
                "passed": sum(one.promote for one in verdicts) / worlds,
                "better": sum(one.better for one in verdicts) / worlds,
            }
    return {"bench": "gate", "worlds": worlds, **found}


if __name__ == "__main__":
    print(json.dumps(main(20 if "--quick" in sys.argv else 100)))
