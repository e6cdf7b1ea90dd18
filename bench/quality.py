"""How well the automated checks find labels that are wrong.

Usage: python bench/quality.py

A share of wrong labels is put into real ones, at random or from the true class to the one it is most easily
mistaken for. Label errors are judged by real out-of-sample predictions; contradictions by texts that come one
after the other, each compared with those before it. Printed are the share that is flagged, how much of it is
wrong and how much of what is wrong is flagged; for label errors also of the part that is looked at again
first, and of the plain way: the model says otherwise. Labels that were wrong in the data to begin with count
as right.
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

from labeling.alike.lookup import Lookup
from labeling.alike.sketches import sketch_text
from labeling.quality.errors import averages, label_error
from labeling.quality.outvoting import ALMOST, LOOKED_AT, outvoted, same_in_substance

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SETS = ("preds_trec6", "preds_sms_spam")
TEXTS = ("banking77/train", "sms_spam/all", "trec6/train")
WRONG = 0.05
RUNS = 5
FIRST = 0.05  # share of the labels that is looked at again, the most doubtful first


@dataclass(frozen=True)
class Set:
    """Items with their true class and a model's probabilities (items, classes)."""

    names: tuple[str, ...]
    truth: np.ndarray
    given: np.ndarray


def main() -> None:
    """Print one line of JSON."""
    start = time.perf_counter()
    if not DATA.is_dir():
        print(json.dumps({"left_out": "no ../shared/data"}))
        return
    errors = {name: {way: over_runs(read(name), way) for way in ("random", "confused")} for name in SETS}
    unlike = {name: contradicting(*texts(name)) for name in TEXTS}
    seconds = round(time.perf_counter() - start, 1)
    found = {"wrong": WRONG, "runs": RUNS, "label_error": errors, "contradiction": unlike}
    print(json.dumps(found | {"seconds": seconds}))


def read(name: str) -> Set:
    """Return a set of predictions."""
    rows = _rows(f"{name}/oof")
    columns = [column for column in rows[0] if column.startswith("p_")]
    names = tuple(column[2:] for column in columns)
    truth = np.array([names.index(row["true"]) for row in rows])
    return Set(names, truth, np.array([[float(row[column]) for column in columns] for row in rows]))


def texts(name: str) -> tuple[list[str], np.ndarray]:
    """Return the texts of a set in a random order, and the number of each one's class, (items,)."""
    rows = _rows(name)
    rows = [rows[i] for i in np.random.default_rng(3).permutation(len(rows))]
    classes = sorted({row["label"] for row in rows})
    return [row["text"] for row in rows], np.array([classes.index(row["label"]) for row in rows])


def _rows(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / f"{name}.csv.gz", "rt", newline="") as file:
        return list(csv.DictReader(file))


def over_runs(one: Set, way: str) -> dict:
    """Return the mean figures over the runs, each with other labels made wrong."""
    return _means([figures(one, spoilt(one, way, np.random.default_rng([9, seed]))) for seed in range(RUNS)])


def _means(rows: Sequence[dict[str, float]]) -> dict[str, float]:
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
    first = np.argsort(-scores, kind="stable")[: int(FIRST * len(labels))]
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


def contradicting(said: Sequence[str], truth: np.ndarray) -> dict:
    """Return the mean figures of contradictions over the runs."""
    near = nearest_before(said)
    rows = []
    for seed in range(RUNS):
        rng = np.random.default_rng([11, seed])
        labels, classes = truth.copy(), int(truth.max()) + 1
        for item in rng.permutation(len(labels))[: int(WRONG * len(labels))]:
            labels[item] = (labels[item] + rng.integers(1, classes)) % classes
        rows.append(_of("flagged", in_minority(near, labels), labels != truth))
    return {"items": len(truth), "with_one_alike": sum(bool(one) for one in near)} | _means(rows)


def nearest_before(said: Sequence[str]) -> list[list[int]]:
    """Return for each text which of those before it look almost the same."""
    found = Lookup("t", len(said))
    near = []
    for item, text in enumerate(said):
        looks = sketch_text(text)
        alike = found.nearest(looks, LOOKED_AT) if looks else []
        near.append(
            [
                other
                for other, likeness in alike
                if likeness >= ALMOST and same_in_substance(text, said[other])
            ]
        )
        if looks:
            found.add(item, looks)
    return near


def in_minority(near: Sequence[Sequence[int]], labels: np.ndarray) -> list[int]:
    """Return whose label is doubtful once all have come."""
    found: set[int] = set()
    for item, others in enumerate(near):
        differ = [other for other in others if labels[other] != labels[item]]
        mine, theirs = outvoted(len(differ), len(others) - len(differ))
        found.update([item] if mine else [], differ if theirs else [])
    return sorted(found)


def _of(name: str, chosen: Sequence[int] | np.ndarray, wrong: np.ndarray) -> dict[str, float]:
    caught = float(wrong[chosen].sum())
    return {
        f"{name}_share": len(chosen) / len(wrong),
        f"{name}_precision": caught / max(len(chosen), 1),
        f"{name}_recall": caught / wrong.sum(),
    }


if __name__ == "__main__":
    main()
