"""One answer for any kind of item: the one that lies nearest to all the others."""

from collections.abc import Sequence
from typing import Any

from routing.kinds import Kind, TypeSpec


def medoid(labels: Sequence[Any], kind: Kind, spec: TypeSpec) -> Any:
    """Return the answer with the least total distance to all answers, the earliest among equals.

    For answers that are equal or not it is the majority; for numbers it is the middle one.
    """
    return min(labels, key=lambda one: sum(kind.distance(one, other, spec) for other in labels))
