"""What the labelled items around each item tell of it: errors made there, other labels, distance."""

import numpy as np

from learning.sampling.diversity import nearest, squared_distances

AROUND = 10
ROWS = 4096
SEEN = 2048  # rows of the pool that density is measured against


def around(rows: np.ndarray, others: np.ndarray, count: int = AROUND) -> np.ndarray:
    """Return the places in `others` of the `count` (or all) nearest to each row: (n, count), unordered."""
    count = min(count, len(others))
    found = np.empty((len(rows), count), np.intp)
    for start in range(0, len(rows), ROWS):
        gaps = squared_distances(rows[start : start + ROWS], others)
        found[start : start + ROWS] = np.argpartition(gaps, count - 1, axis=1)[:, :count]
    return found


def sparse_scores(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the mean distance of each row to its nearest among the pool: (n,), great where few items lie.

    A nearest-neighbour estimate of density (Loftsgaarden and Quesenberry 1965), against at most SEEN drawn
    rows, so that the cost grows by n.
    """
    seen = rng.choice(len(rows), min(SEEN, len(rows)), replace=False)
    near = min(AROUND + 1, len(seen))
    scores = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), ROWS):
        gaps = squared_distances(rows[start : start + ROWS], rows[seen])
        scores[start : start + ROWS] = np.sqrt(np.partition(gaps, near - 1, axis=1)[:, :near]).mean(axis=1)
    return scores


def distance_scores(rows: np.ndarray, labelled: np.ndarray) -> np.ndarray:
    """Return each row's distance to its nearest labelled row: (n,)."""
    return np.sqrt(nearest(rows, labelled)[0])


def error_scores(rows: np.ndarray, labelled: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Return the mean of `wrong` over the nearest labelled rows: (n,), where the model errs in production.

    `wrong` (m,) says how wrong the model was on each labelled row: 1 for an overturned or corrected answer.
    A nearest-neighbour estimate of the error rate (Fix and Hodges 1951).
    """
    return np.asarray(wrong, np.float32)[around(rows, labelled)].mean(axis=1)


def pseudo_loss_scores(
    probabilities: np.ndarray, rows: np.ndarray, labelled: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """Return the model's log loss, in nats, on the label that most of the nearest labelled rows have: (n,).

    Pseudo-labels by neighbours (Iscen et al. 2019); `labels` (m,) are columns of `probabilities`. Of equally
    many the likelier label is taken.
    """
    votes = _votes(probabilities, rows, labelled, labels)
    pseudo = (votes + probabilities / 2).argmax(axis=1)
    return -np.log(np.maximum(probabilities[np.arange(len(rows)), pseudo], 1e-6))


def hard_negative_scores(
    probabilities: np.ndarray, rows: np.ndarray, labelled: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """Return the model's confidence times the share of labelled neighbours with another label: (n,), 0 to 1.

    What looks like a class to the model and lies among what people said is none of it: hard negatives
    (Felzenszwalb et al. 2010; Shrivastava, Gupta and Girshick 2016).
    """
    votes = _votes(probabilities, rows, labelled, labels)
    said = probabilities.argmax(axis=1)
    mine = votes[np.arange(len(rows)), said] / min(AROUND, len(labelled))
    return probabilities.max(axis=1) * (1 - mine)


def rare_scores(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return how rare an item's expected class is among the labels: (n,) from 0 to 1.

    The mean over classes of log((m + 1) / (count + 1)) by the item's probabilities, divided by log(m + 1):
    inverse frequency (Spärck Jones 1972), so 1 is a class that nobody has labelled yet.
    """
    total = len(labels)
    if not total:
        return np.ones(len(probabilities), np.float32)
    counts = np.bincount(labels[labels >= 0], minlength=probabilities.shape[1])
    rarity = np.log((total + 1) / (counts + 1)) / np.log(total + 1)
    return probabilities @ rarity.astype(probabilities.dtype)


def _votes(p: np.ndarray, rows: np.ndarray, labelled: np.ndarray, labels: np.ndarray) -> np.ndarray:
    near = np.asarray(labels)[around(rows, labelled)]
    votes = np.zeros(p.shape, np.float32)
    for column in near.T:
        known = np.flatnonzero(column >= 0)
        votes[known, column[known]] += 1
    return votes
