"""How long agreement takes over the votes of real crowds, and whether public libraries come to the same.

Usage: python bench/agreement.py [--quick]

For each crowd: percent, AC1, alpha and Fleiss' kappa with bootstrap intervals of 1,000 resamples, and the
largest difference from `krippendorff` and `irrCAC` where they can be imported (both under the GPL, so they
are no part of ours). Then the time for 100,000 ratings: of four classes, of numbers, and as pairs of people.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from audit.agreement import Agreement, cohen, measure, numbers
from bench import crowd
from bench.crowd import Crowd
from labeling.consensus.votes import Array

RATINGS = 100_000
QUICK = 20_000
ALLOWED_SECONDS = 10.0
ALLOWED_APART = 1e-6
LIBRARY_NAMES = {"alpha": "krippendorff", "ac1": "gwet", "fleiss": "fleiss"}


def main() -> None:
    """Print one line of JSON; exit 1 where a value or a time is beyond what is allowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} ratings")
    size = QUICK if parser.parse_args().quick else RATINGS
    crowds = {name: of_crowd(crowd.read(name)) for name in crowd.names()}
    seconds = times(size)
    apart = [one for found in crowds.values() for one in found["apart"].values()]
    fine = max(apart, default=0.0) <= ALLOWED_APART and max(seconds.values()) <= ALLOWED_SECONDS
    print(json.dumps({"ratings": size, "seconds": seconds, "crowds": crowds, "fine": fine}))
    sys.exit(not fine)


def of_crowd(one: Crowd) -> dict[str, Any]:
    """Return the coefficients of one crowd, the seconds they took, and how far libraries are from them."""
    table = counts(one)
    took, found = timed(lambda: measure(table))
    return {
        "items": len(table),
        "ratings": len(one.votes),
        "classes": one.votes.classes,
        "coefficients": {name: rounded(value) for name, value in found.items()},
        "seconds": took,
        "apart": libraries(one, table, found),
    }


def counts(one: Crowd) -> Array:
    """Return how many people said each class of each item, (items, classes)."""
    table = np.zeros((one.votes.items, one.votes.classes))
    np.add.at(table, (one.votes.item, one.votes.label), 1)
    return table


def libraries(one: Crowd, table: Array, found: dict[str, Agreement]) -> dict[str, float]:
    """Return by coefficient how far public libraries are from ours; empty without them."""
    apart = {}
    if alpha := imported("krippendorff"):
        theirs = alpha.alpha(value_counts=table, level_of_measurement="nominal")
        apart["krippendorff alpha"] = abs(theirs - found["alpha"].value)
    raw, frames = imported("irrCAC.raw"), imported("pandas")
    if raw and frames and one.votes.annotators <= 2_000:
        answers = np.full((one.votes.items, one.votes.annotators), np.nan)
        answers[one.votes.item, one.votes.annotator] = one.votes.label
        classes = [float(at) for at in range(one.votes.classes)]
        measured = raw.CAC(frames.DataFrame(answers), categories=classes, digits=12)
        for name, theirs in LIBRARY_NAMES.items():
            value = getattr(measured, theirs)()["est"]["coefficient_value"]
            apart[f"irrCAC {name}"] = abs(value - found[name].value)
    return apart


def imported(name: str) -> ModuleType | None:
    """Return a module that need not be there."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def times(size: int) -> dict[str, float]:
    """Return the seconds that so many simulated ratings take, two an item, with intervals."""
    rng = np.random.default_rng(0)
    units = size // 2
    true = rng.choice(4, size=units, p=[0.6, 0.25, 0.1, 0.05])
    said = np.where(rng.random((units, 2)) < 0.9, true[:, None], rng.integers(4, size=(units, 2)))
    table, pairs = np.zeros((units, 4)), np.zeros((4, 4))
    np.add.at(table, (np.arange(units)[:, None], said), 1)
    np.add.at(pairs, (said[:, 0], said[:, 1]), 1)
    values = (rng.normal(size=units)[:, None] + rng.normal(size=(units, 2)) / 3).ravel()
    return {
        "classes, four coefficients": timed(lambda: measure(table))[0],
        "numbers, alpha": timed(lambda: numbers(np.repeat(np.arange(units), 2), values))[0],
        "a pair, kappa": timed(lambda: cohen(pairs))[0],
    }


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return how many seconds a call took, and what it returned."""
    start = time.perf_counter()
    result = call()
    return round(time.perf_counter() - start, 3), result


def rounded(one: Agreement) -> list[float | None]:
    """Return value and interval to four digits."""
    return [None if end is None else round(end, 4) for end in (one.value, one.low, one.high)]


if __name__ == "__main__":
    main()
