"""Votes of real crowds whose truth is known, each person's first vote on an item."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeling.consensus.votes import Array, Votes, Whole

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@dataclass(frozen=True)
class Crowd:
    """A data set: its votes and the true class of each item, (items,)."""

    name: str
    votes: Votes
    truth: Whole


def names() -> list[str]:
    """Return the crowds that lie in shared/data, none where there is no such folder."""
    return sorted(path.parent.name for path in DATA.glob("crowd_*/labels.csv.gz"))


def read(name: str) -> Crowd:
    """Return one crowd; classes are as numbered in the file, items and workers in the order met."""
    with gzip.open(DATA / name / "labels.csv.gz", "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    first = {(row["item"], row["worker"]): int(row["label"]) for row in reversed(rows)}
    items = {item: at for at, item in enumerate(dict.fromkeys(row["item"] for row in rows))}
    workers = {worker: at for at, worker in enumerate(dict.fromkeys(row["worker"] for row in rows))}
    said = np.array([(items[item], workers[worker], label) for (item, worker), label in first.items()])
    truth = np.zeros(len(items), dtype=np.int64)
    for row in rows:
        truth[items[row["item"]]] = int(row["gold"])
    classes = int(max(said[:, 2].max(), truth.max())) + 1
    order = np.lexsort((said[:, 1], said[:, 0]))
    return Crowd(name, Votes(*said[order].T, len(items), len(workers), classes), truth)


def at_most(votes: Votes, most: int, rng: np.random.Generator) -> Votes:
    """Return at most so many votes of each item, drawn at random and in random order, item after item."""
    order = np.lexsort((rng.random(len(votes)), votes.item))
    item = votes.item[order]
    rank = np.arange(len(item)) - np.searchsorted(item, item)
    return votes.where(order[rank < most])


def beside_a_model(name: str, rng: np.random.Generator) -> tuple[Crowd, Array]:
    """Return simulated votes on the half of a model's items of which it is least sure, and its probabilities.

    Five votes an item by twenty people, each right with an accuracy from Beta(17, 3), and else at random.
    """
    with gzip.open(DATA / name / "oof.csv.gz", "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [column for column in rows[0] if column.startswith("p_")]
    opinion = np.array([[float(row[column]) for column in columns] for row in rows])
    classes = [column.removeprefix("p_") for column in columns]
    truth = np.array([classes.index(row["true"]) for row in rows])
    unsure = np.argsort(opinion.max(axis=1), kind="stable")[: len(rows) // 2]
    opinion, truth = opinion[unsure], truth[unsure]
    people = np.argsort(rng.random((len(truth), 20)), axis=1)[:, :5]
    right = rng.random(people.shape) < rng.beta(17, 3, 20)[people]
    said = np.where(right, truth[:, None], rng.integers(len(classes), size=people.shape))
    item = np.repeat(np.arange(len(truth)), 5)
    return Crowd(
        name, Votes(item, people.ravel(), said.ravel(), len(truth), 20, len(classes)), truth
    ), opinion
