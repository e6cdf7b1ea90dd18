"""How often the examples that are found for a prompt hold one with the right label, and what a search costs.

Usage: python bench/fewshot.py [--quick]

On ../shared/data/banking77 (77 intents): 1,500 labelled texts are kept as golden examples, drawn anew in each
run; for other texts k = 4 and 8 examples are found, and it counts when one of them has the text's own label.
Three ways: at random, the nearest, and as `labeling.alike.golden.similar` finds them (maximal marginal
relevance, near-duplicates merged). Then the precision of neighbours by their cosine, and the milliseconds of
a sketch and of a search among as many as one process ever remembers.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from labeling.alike.diverse import spread
from labeling.alike.lookup import Lookup
from labeling.alike.remembered import MOST
from labeling.alike.sketches import TEXT, Sketch, sketch_text

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "banking77"
KEPT, ASKED, CANDIDATES = 1_500, 1_000, 50
COUNTS = (4, 8)
BANDS = (0.2, 0.35, 0.5, 0.7, 0.9)


def main() -> None:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run in place of five")
    runs = 1 if parser.parse_args().quick else 5
    if not DATA.is_dir():
        print(json.dumps({"left_out": "no data/banking77"}))
        return
    texts = {name: [(sketch_text(text), label) for text, label in read(name)] for name in ("train", "test")}
    found = [measure(texts["train"], texts["test"], seed) for seed in range(runs)]
    means = {name: round(float(np.mean([one[name] for one in found])), 3) for name in found[0]}
    print(json.dumps({"runs": runs, "kept": KEPT, "asked": ASKED} | means | cost(texts["train"])))


def read(name: str) -> list[tuple[str, str]]:
    """Return the texts and labels of one part."""
    with gzip.open(DATA / f"{name}.csv.gz", "rt", newline="") as file:
        return [(row["text"], row["label"]) for row in csv.DictReader(file)]


def measure(train: list, test: list, seed: int) -> dict[str, float]:
    """Return the share of prompts with the right label among their examples, by way and count."""
    draw = np.random.default_rng(seed)
    kept = [train[i] for i in draw.choice(len(train), KEPT, replace=False)]
    asked = [test[i] for i in draw.choice(len(test), ASKED, replace=False)]
    vectors, labels = np.stack([one.vector for one, _ in kept]), np.array([label for _, label in kept])
    hits: dict[str, list[bool]] = {}
    neighbours = []
    for one, label in asked:
        likeness = vectors @ one.vector
        nearest = np.argsort(-likeness)[:CANDIDATES]
        for count in COUNTS:
            chosen = nearest[spread(likeness[nearest], vectors[nearest], count)]
            ways = {"random": draw.choice(KEPT, count), "nearest": nearest[:count], "diverse": chosen}
            for way, places in ways.items():
                hits.setdefault(f"{way}_{count}", []).append(label in labels[places])
        neighbours += [(likeness[i], labels[i] == label) for i in nearest[:5]]
    return {name: float(np.mean(hit)) for name, hit in hits.items()} | bands(np.array(neighbours))


def bands(neighbours: np.ndarray) -> dict[str, float]:
    """Return, of the five nearest, the share with the right label, by bands of cosine."""
    ends = (*BANDS, 1.01)
    within = [(neighbours[:, 0] >= a) & (neighbours[:, 0] < b) for a, b in pairwise(ends)]
    return {
        f"right_from_{a}": float(neighbours[rows, 1].mean()) if rows.any() else 0.0
        for a, rows in zip(BANDS, within, strict=True)
    }


def cost(train: list) -> dict[str, float]:
    """Return the milliseconds of a sketch, and of a search among 1,000 and among the most remembered."""
    rows = read("train")[:2_000]
    start = time.perf_counter()
    for text, _ in rows:
        sketch_text(text)
    figures = {"sketch_ms": (time.perf_counter() - start) / len(rows) * 1e3}
    draw = np.random.default_rng(0)
    for size in (1_000, MOST):
        lookup: Lookup[int] = Lookup(TEXT, MOST)
        for key in range(3 * size if size == MOST else size):  # more than fit: the oldest make way
            one = train[key % len(train)][0].vector + draw.normal(size=512).astype(np.float32) / 100
            lookup.add(key, Sketch(TEXT, one / np.linalg.norm(one)))
        start = time.perf_counter()
        for one, _ in train[:200]:
            lookup.nearest(one, CANDIDATES)
        figures[f"search_among_{len(lookup)}_ms"] = (time.perf_counter() - start) / 200 * 1e3
    return {name: round(value, 2) for name, value in figures.items()}


if __name__ == "__main__":
    main()
