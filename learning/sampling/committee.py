"""How far the members of a committee are apart on each row of the pool: by votes, and by probabilities."""

import numpy as np

from learning.sampling.uncertainty import CHUNK, TINY


def vote_entropy_scores(members: np.ndarray) -> np.ndarray:
    """Return the entropy of the members' votes for a label, per row: (n,) from 0 to 1.

    `members` (m, n, classes) are probabilities. Divided by its greatest value, log of the lesser of m and
    classes (Dagan and Engelson 1995).
    """
    count, size, classes = members.shape
    if not np.isfinite(members.sum(dtype=np.float64)):
        raise ValueError("a committee's probabilities hold a number that is not finite")
    votes = np.stack([_winners(member) for member in members])
    # One member's vote shares its label with `same` members: the mean of -log(same / m) is the entropy.
    table = -np.log(np.arange(1, count + 1, dtype=np.float32) / count)
    scores = np.zeros(size, np.float32)
    for vote in votes:
        same = np.zeros(size, np.int8 if count < 128 else np.int32)
        for other in votes:
            same += vote == other
        scores += table[same - 1]
    return scores / np.float32(count * np.log(max(2, min(count, classes))))


def mean_kl_scores(members: np.ndarray) -> np.ndarray:
    """Return the mean Kullback-Leibler divergence of members to their mean, per row: (n,) from 0 to 1.

    `members` (m, n, classes) are probabilities. It equals H(mean) - mean H (McCallum and Nigam 1998; BALD's
    mutual information, Houlsby et al. 2011), here divided by log m, its greatest value.
    """
    count, size, classes = members.shape
    ones, scores = np.ones(classes, np.float32), np.empty(size, np.float32)
    for start in range(0, size, CHUNK):
        part = np.maximum(members[:, start : start + CHUNK], TINY, dtype=np.float32)
        mean = part.mean(axis=0)
        inside = (np.log(mean) * mean) @ ones
        np.multiply(np.log(part), part, out=part)
        scores[start : start + CHUNK] = (part @ ones).mean(axis=0) - inside
    if not np.isfinite(scores).all():
        raise ValueError("a committee's probabilities hold a number that is not finite")
    return np.maximum(scores, 0) / np.float32(np.log(max(2, count)))


def _winners(member: np.ndarray) -> np.ndarray:
    # Column by column: the first of equal labels wins, as with argmax, at a third of its time.
    winners = np.empty(len(member), np.int16 if member.shape[1] < 2**15 else np.int32)
    for start in range(0, len(member), CHUNK):
        columns = np.ascontiguousarray(member[start : start + CHUNK].T, np.float32)
        most, which = columns[0].copy(), winners[start : start + CHUNK]
        which[:] = 0
        for place, column in enumerate(columns[1:], 1):
            np.copyto(which, place, where=column > most)
            np.maximum(most, column, out=most)
    return winners
