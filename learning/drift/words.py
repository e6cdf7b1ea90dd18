"""What tests found, in words for people."""

from __future__ import annotations

from collections.abc import Sequence

from learning.drift.inputs import Moved

TITLES = {
    "inputs": "Inputs as a whole",
    "fields": "Inputs, field by field",
    "scores": "How sure the model is",
    "answers": "What the model answers",
    "overrides": "How often people overturn it",
}


def inputs(times: float) -> str:
    """Say how far inputs are from what they were, in multiples of what chance alone makes of it."""
    return f"inputs lie {times:.1f} times as far from the earlier ones as chance alone would put them"


def fields(moved: Moved) -> str:
    """Say which field moved most, and where it has more or less than before."""
    place = max(range(len(moved.names)), key=lambda one: abs(moved.now[one] - moved.then[one]))
    shares = f"{_percent(moved.then[place])} of inputs before and {_percent(moved.now[place])} now"
    return f"{moved.name} “{moved.names[place]}” has {shares}"


def scores(then: float, now: float) -> str:
    """Say how sure the model was on average and is now."""
    return f"its mean confidence was {then:.3f} and is {now:.3f}"


def answers(shares: Sequence[tuple[str, float, float]], moved: float) -> str:
    """Say which share of the answers is another one than before, and which answer moved most."""
    name, old, new = shares[0]
    return f"{_percent(moved)} of its answers have moved, “{name}” from {_percent(old)} to {_percent(new)}"


def overrides(as_before: float, now: float) -> str:
    """Say how often people come to another answer, and how often it would be were all as it was."""
    said = f"people overturn {_percent(now)} of the answers that they look at"
    return f"{said}; at the same scores it was {_percent(as_before)} before"


def chance(adjusted: float, level: float) -> str:
    """Say what a p-value after all tests means."""
    if adjusted <= level:
        return "chance alone does this in less than one look of a hundred"
    if adjusted <= 5 * level:
        return "chance alone does this in less than one look of twenty, which is not enough to say so"
    return "no more than chance does"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
