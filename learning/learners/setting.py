"""One way to fit a learner: what it reads, how it is fitted, how the result is brought back to the rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def unchanged(predictor: Any) -> Any:
    """Return the predictor."""
    return predictor


@dataclass(frozen=True)
class Setting:
    """`inputs` (n, m) stand for the training rows, `fit` learns from any of them, `close` ends it.

    `fit(inputs, y, weights, classes, seed, parent)` returns a predictor of inputs; `close(predictor)` makes
    it one of the rows themselves.
    """

    inputs: Any
    fit: Callable[..., Any]
    close: Callable[[Any], Any] = unchanged
