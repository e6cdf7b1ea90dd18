"""The values that sampling takes and gives."""

from dataclasses import dataclass, replace

import numpy as np


class Lacking(ValueError):
    """The pool does not hold what the strategy goes by."""


@dataclass(frozen=True)
class Pool:
    """What is known of the unlabelled items: row i of each array is item i; what is unknown is None.

    `probabilities` (n, classes), `embeddings` (n, d), `members` (m, n, classes): a committee's probabilities,
    `given` (n,): a score of each item by data of its own, such as its perplexity or its boxes.
    Of the m items that have labels: `labelled` (m, d) embeddings, `labels` (m,) columns of their classes, -1
    for another, `wrong` (m,) how wrong the model was there, from 0.
    """

    probabilities: np.ndarray | None = None
    embeddings: np.ndarray | None = None
    labelled: np.ndarray | None = None
    members: np.ndarray | None = None
    given: np.ndarray | None = None
    labels: np.ndarray | None = None
    wrong: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit one another."""
        sizes = [len(a) for a in (self.probabilities, self.embeddings, self.given) if a is not None]
        if self.members is not None:
            if self.members.ndim != 3 or len(self.members) < 2:
                raise ValueError("members must be (m, n, classes) with at least two members")
            sizes.append(self.members.shape[1])
        if not sizes:
            raise ValueError("a pool needs probabilities, embeddings, members or given scores")
        tables = [a for a in (self.probabilities, self.embeddings) if a is not None]
        if any(a.ndim != 2 for a in tables) or len(set(sizes)) > 1:
            raise ValueError("probabilities and embeddings must be (n, columns) with the same n for all")
        self._check_labelled()

    def _check_labelled(self) -> None:
        known = [a for a in (self.labelled, self.labels, self.wrong) if a is not None]
        if len({len(a) for a in known}) > 1:
            raise ValueError("labelled, labels and wrong must be of the same items")
        if self.labelled is None or self.embeddings is None:
            return
        if self.labelled.ndim != 2 or self.labelled.shape[1] != self.embeddings.shape[1]:
            raise ValueError("labelled embeddings must have as many columns as the pool's")

    @property
    def size(self) -> int:
        """Return how many items there are to choose from."""
        if self.members is not None:
            return self.members.shape[1]
        return len(next(a for a in (self.probabilities, self.embeddings, self.given) if a is not None))

    @property
    def labelled_count(self) -> int:
        """Return how many items already have labels."""
        return 0 if self.labelled is None else len(self.labelled)

    def rows(self, places: np.ndarray) -> "Pool":
        """Return the pool of these items alone; what is labelled stays."""
        names = ("probabilities", "embeddings", "given")
        own = {name: getattr(self, name) for name in names}
        taken = {name: array[places] for name, array in own.items() if array is not None}
        if self.members is not None:
            taken["members"] = self.members[:, places]
        return replace(self, **taken)

    def need_probabilities(self) -> np.ndarray:
        """Return the probabilities; Lacking where there are none."""
        return _there(self.probabilities, "the model's probabilities")

    def need_embeddings(self) -> np.ndarray:
        """Return the embeddings; Lacking where there are none."""
        return _there(self.embeddings, "embeddings")

    def need_members(self) -> np.ndarray:
        """Return the committee's probabilities; Lacking where there are none."""
        return _there(self.members, "the probabilities of at least two models")

    def need_given(self) -> np.ndarray:
        """Return the items' own scores; Lacking where there are none, ValueError where one is not finite."""
        given = _there(self.given, "a score of each item by its own data")
        if not np.isfinite(given).all():
            raise ValueError("the given scores hold a number that is not finite")
        return given

    def need_labelled(self) -> np.ndarray:
        """Return the embeddings of what has labels; Lacking where there are none."""
        return _there(self.labelled if self.labelled_count else None, "labelled items")

    def need_labels(self) -> np.ndarray:
        """Return the classes of what has labels; Lacking where they are not known."""
        return _there(self.labels, "the classes of the labelled items")

    def need_wrong(self) -> np.ndarray:
        """Return how wrong the model was on what has labels; Lacking where no error of it is known."""
        known = None if self.wrong is None or not np.any(self.wrong) else self.wrong
        return _there(known, "answers of the model that turned out wrong")


def _there(array: np.ndarray | None, what: str) -> np.ndarray:
    if array is None:
        raise Lacking(f"this strategy needs {what}")
    return array


@dataclass(frozen=True)
class Picks:
    """What was picked, best first: rows of the pool, the strategy's own score of each, and why in words."""

    indices: np.ndarray
    scores: np.ndarray
    reasons: tuple[str, ...]
