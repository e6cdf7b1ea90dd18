"""One answer of people who agree: the one that lies nearest to all the others, or what they drew together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labeling.consensus import boxes
from routing.kinds import Kind, TypeSpec

# Kinds whose answers have parts of their own, by name; of all others one answer is taken whole.
FUSED: Mapping[str, Callable[[Sequence[Any]], Any]] = {"detection": boxes.fuse}


def middle(labels: Sequence[Any], kind: Kind, spec: TypeSpec) -> Any:
    """Return the one answer that these answers, at least one, amount to."""
    fuse = FUSED.get(kind.name)
    return fuse(labels) if fuse else medoid(labels, kind, spec)


def medoid(labels: Sequence[Any], kind: Kind, spec: TypeSpec) -> Any:
    """Return the answer with the least total distance to all answers, the earliest among equals.

    For answers that are equal or not it is the majority; for numbers it is the middle one.
    """
    return min(labels, key=lambda one: sum(kind.distance(one, other, spec) for other in labels))
