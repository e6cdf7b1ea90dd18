"""How well the automated checks find labels that are wrong.

Usage: python bench/quality.py

Into real labels with real out-of-sample predictions a share of wrong ones is put, at random or from one class
to the class that the model confuses it with most. Printed are precision and recall of what the check flags,
of the part that is looked at again first, and of the plain way: the model says otherwise. Labels that were
wrong in the data to begin with count as right.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from labeling.quality.errors import averages, label_error

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SETS = ("preds_trec6", "preds_sms_spam")
WRONG = 0.05
RUNS = 5
LOOKED_AT = 0.05  # share of the labels that is looked at again, the most doubtful first


@dataclass(frozen=True)
class Set:
    """Items with their true class and a model's probabilities (items, classes)."""

    names: tuple[str, ...]
    truth: np.ndarray
    given: np.ndarray


def main() -> None:
    """Print one line of JSON."""
    start = time.perf_counter()
    found: dict = {}
    for name in SETS:
        if not (DATA / name).is_dir():
            found[name] = {"left_out": f"no data/{name}"}
            continue
        read_in = read(name)
        found[name] = {"items": len(read_in.truth)} | {
            way: over_runs(read_in, way) for way in ("random", "confused")
        }
    print(json.dumps({"wrong": WRONG, "runs": RUNS, "label_error": found, "seconds": _since(start)}))


def _since(start: float) -> float:
    return round(time.perf_counter() - start, 1)


def read(name: str) -> Set:
    """Return a set of ../shared/data."""
    with gzip.open(DATA / name / "oof.csv.gz", "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [column for column in rows[0] if column.startswith("p_")]
    names = tuple(column[2:] for column in columns)
    truth = np.array([names.index(row["true"]) for row in rows])
    return Set(names, truth, np.array([[float(row[column]) for column in columns] for row in rows]))


def over_runs(one: Set, way: str) -> dict:
    """Return the mean figures over the runs, each with other labels made wrong."""
    rows = [figures(one, spoilt(one, way, np.random.default_rng([9, seed]))) for seed in range(RUNS)]
    return {name: round(float(np.mean([row[name] for row in rows])), 3) for name in rows[0]}


def spoilt(one: Set, way: str, rng: np.random.Generator) -> np.ndarray:
    """Return the labels with a share of them wrong, (items,)."""
    labels, classes = one.truth.copy(), len(one.names)
    for item in rng.permutation(len(labels))[: int(WRONG * len(labels))]:
        if way == "random":
            labels[item] = (labels[item] + rng.integers(1, classes)) % classes
        else:
            others = one.given[item].copy()
            others[one.truth[item]] = -1
            labels[item] = others.argmax()  # what a person would most easily mistake it for
    return labels


def figures(one: Set, labels: np.ndarray) -> dict[str, float]:
    """Return precision and recall of the check, of its most doubtful, and of the model's plain word."""
    wrong = labels != one.truth
    scores = doubted(one, labels)
    first = np.argsort(-scores, kind="stable")[: int(LOOKED_AT * len(labels))]
    first = first[scores[first] > 0]
    otherwise = one.given.argmax(axis=1) != labels
    return {
        **_of("flagged", np.flatnonzero(scores > 0), wrong),
        **_of("looked_at", first, wrong),
        **_of("model_differs", np.flatnonzero(otherwise), wrong),
    }


def doubted(one: Set, labels: np.ndarray) -> np.ndarray:
    """Return the check's score of each label, 0 where it has no doubt."""
    own = one.given[np.arange(len(labels)), labels]
    rows = [
        (name, float(own[labels == i].mean()), int((labels == i).sum())) for i, name in enumerate(one.names)
    ]
    known = averages(rows)
    if known is None:
        raise ValueError("There are too few labels to say anything.")
    found = [
        label_error(one.names[label], dict(zip(one.names, chances, strict=True)), known)
        for label, chances in zip(labels.tolist(), one.given.tolist(), strict=True)
    ]
    return np.array([doubt.score if doubt else 0.0 for doubt in found])


def _of(name: str, chosen: Sequence[int] | np.ndarray, wrong: np.ndarray) -> dict[str, float]:
    caught = float(wrong[chosen].sum())
    return {
        f"{name}_share": len(chosen) / len(wrong),
        f"{name}_precision": caught / max(len(chosen), 1),
        f"{name}_recall": caught / wrong.sum(),
    }


if __name__ == "__main__":
    main()
