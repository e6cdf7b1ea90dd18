"""The values that sampling takes and gives."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pool:
    """What is known of the unlabelled items: row i of each array is item i; what is unknown is None.

    `probabilities` (n, classes), `embeddings` (n, d), `labelled` (m, d): embeddings of what has labels.
    """

    probabilities: np.ndarray | None = None
    embeddings: np.ndarray | None = None
    labelled: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit one another."""
        given = [a for a in (self.probabilities, self.embeddings) if a is not None]
        if not given:
            raise ValueError("a pool needs probabilities or embeddings")
        if any(a.ndim != 2 for a in given) or len({len(a) for a in given}) > 1:
            raise ValueError("probabilities and embeddings must be (n, columns) with the same n")
        if self.labelled is None or self.embeddings is None:
            return
        if self.labelled.ndim != 2 or self.labelled.shape[1] != self.embeddings.shape[1]:
            raise ValueError("labelled embeddings must have as many columns as the pool's")

    @property
    def size(self) -> int:
        """Return how many items there are to choose from."""
        return len(self.probabilities if self.probabilities is not None else self.embeddings)

    @property
    def labelled_count(self) -> int:
        """Return how many items already have labels."""
        return 0 if self.labelled is None else len(self.labelled)

    def need_probabilities(self) -> np.ndarray:
        """Return the probabilities; ValueError where there are none."""
        if self.probabilities is None:
            raise ValueError("this strategy needs the model's probabilities")
        return self.probabilities

    def need_embeddings(self) -> np.ndarray:
        """Return the embeddings; ValueError where there are none."""
        if self.embeddings is None:
            raise ValueError("this strategy needs embeddings")
        return self.embeddings


@dataclass(frozen=True)
class Picks:
    """What was picked, best first: rows of the pool, the strategy's own score of each, and why in words."""

    indices: np.ndarray
    scores: np.ndarray
    reasons: tuple[str, ...]
