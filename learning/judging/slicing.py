"""Items cut into slices by their fields: one slice for each value, numbers by quarters."""

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

MOST = 12  # values of one field; the rest share a slice
LONGEST = 60  # characters of a value's name
FEW = 4  # so many different numbers are names rather than amounts
LARGEST = sys.float_info.max
NONE, OTHER = "none", "other"

_PATH = re.compile(r"(payload|context)((?:\.[A-Za-z_]\w*|\['[^']+'\])+)", re.ASCII)
_STEP = re.compile(r"\.(\w+)|\['([^']+)'\]", re.ASCII)


def steps(path: str) -> tuple[str, ...]:
    """Return the names along a path as rules write it, such as context.country or payload['due date'].

    ValueError where it does not begin with payload or context, or names nothing in it.
    """
    found = _PATH.fullmatch(path.strip())
    if not found:
        raise ValueError(f"{path!r} names no field: write payload.NAME or context.NAME.")
    return (found[1], *(plain or quoted for plain, quoted in _STEP.findall(found[2])))


def cut(
    paths: Sequence[str], payloads: Sequence[Mapping[str, Any]], contexts: Sequence[Mapping[str, Any]]
) -> dict[str, np.ndarray]:
    """Return for each path the slice of each item: text (n,).

    Numbers of which there are many different ones are cut at their quartiles, so that each slice has labels
    to judge by. Of other values the MOST frequent have a slice each and the rest share "other"; items
    without the field are in "none". ValueError: `steps`.
    """
    found = {}
    for path in paths:
        along = steps(path)
        values = [
            reach({"payload": payload, "context": context}, along)
            for payload, context in zip(payloads, contexts, strict=True)
        ]
        found[path] = np.array(_named(values), dtype=np.str_)
    return found


def reach(whole: Any, along: Sequence[str]) -> Any:
    """Return the value at the end of the names, None where there is none."""
    for name in along:
        whole = whole.get(name) if isinstance(whole, Mapping) else None
    return whole


def _named(values: Sequence[Any]) -> list[str]:
    present = [value for value in values if value is not None]
    if present and all(map(_is_number, present)) and len(set(present)) > FEW:
        return _quarters(values)
    names = [NONE if value is None else named(value) for value in values]
    frequent = {name for name, _ in Counter(names).most_common(MOST)} | {NONE}
    return [name if name in frequent else OTHER for name in names]


def _quarters(values: Sequence[Any]) -> list[str]:
    # JSON has whole numbers that no float can hold.
    values = [None if value is None else min(max(value, -LARGEST), LARGEST) for value in values]
    known = np.array([value for value in values if value is not None], np.float64)
    edges = np.unique(np.quantile(known, (0.25, 0.5, 0.75), method="inverted_cdf"))
    said = [f"up to {edges[0]:g}"]
    said += [f"over {low:g} to {high:g}" for low, high in pairwise(edges)]
    said.append(f"over {edges[-1]:g}")
    return [
        NONE if value is None else said[int(np.searchsorted(edges, value, side="left"))] for value in values
    ]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def named(value: Any) -> str:
    """Return a value as the name of its slice."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
