"""The learner that judges both arms alike: logistic regression, its penalty chosen once, on all labels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from learning.learners import linear

WIDEST = 256  # numbers of a payload; what has more is reduced to the directions in which payloads differ most
PENALTIES = (10.0, 1.0, 100.0)  # 1 / penalty, for rows whose mean length is 1
FOLDS = 4


@dataclass(frozen=True)
class Fixed:
    """Rows (n, d) of labelled payloads with their classes (n,), and of held-out ones; one setting for all."""

    rows: np.ndarray
    labels: np.ndarray
    held: np.ndarray
    held_labels: np.ndarray
    classes: int
    c: float = PENALTIES[0]

    def __str__(self) -> str:
        return f"logistic regression, C = {self.c:g}, on {self.rows.shape[1]} numbers a payload"

    def learn(self, rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return for each held-out label 1 where the model of these rows is right, else 0."""
        return self._right(rows, weights, self.held, self.held_labels)

    def _right(
        self, rows: np.ndarray, weights: np.ndarray, held: np.ndarray, labels: np.ndarray
    ) -> np.ndarray:
        seen = self.labels[rows]
        if (seen == seen[0]).all():
            return (labels == seen[0]).astype(np.float64)
        with warnings.catch_warnings():
            # The first labels of a type with many classes are of nearly as many.
            warnings.filterwarnings("ignore", message="The number of unique classes")
            model = linear.fit(self.rows[rows], seen, weights, self.classes, 0, c=self.c)
        return (model.logits(held).argmax(axis=1) == labels).astype(np.float64)

    def crossed(self) -> float:
        """Return the accuracy on labels that were not learnt from, over FOLDS folds."""
        fold = np.random.default_rng(0).permutation(len(self.rows)) % FOLDS
        right = 0.0
        for one in range(FOLDS):
            learnt, asked = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
            right += self._right(learnt, np.ones(len(learnt)), self.rows[asked], self.labels[asked]).sum()
        return right / len(self.rows)


def fix(rows: Any, labels: np.ndarray, held_labels: np.ndarray, classes: int) -> Fixed:
    """Return the learner for `rows` (n + h, columns; an array or CSR): n labelled ones, then h held-out ones.

    Of penalties that do equally well by cross-validation the first of PENALTIES is taken. Whoever chose the
    labels, both arms are judged with this one setting: an acceleration that a setting made would be no
    saving of labels.
    """
    dense = _dense(rows)
    dense = dense / max(float(np.linalg.norm(dense, axis=1).mean()), 1e-12)
    fixed = Fixed(dense[: len(labels)], labels, dense[len(labels) :], held_labels, classes)
    return max((replace(fixed, c=c) for c in PENALTIES), key=Fixed.crossed)


def _dense(rows: Any) -> np.ndarray:
    """Return (n, at most WIDEST) float64; wider rows by randomised SVD (Halko, Martinsson and Tropp 2011)."""
    if rows.shape[1] <= WIDEST:
        return np.asarray(rows if isinstance(rows, np.ndarray) else rows.toarray(), np.float64)
    from sklearn.utils.extmath import randomized_svd

    left, sizes, _ = randomized_svd(rows, min(WIDEST, rows.shape[0]), n_iter=4, random_state=0)
    return np.asarray(left * sizes, np.float64)
