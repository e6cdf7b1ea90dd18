"""Scores of items that no classifier judges: numbers, boxes in images, and what language models write."""

from collections.abc import Mapping, Sequence

import numpy as np

from routing.similarity import matched, overlaps

LOW_OVERLAP = 0.5  # of intersection over union, below which two boxes are of different things
SECONDS_AN_IMAGE, SECONDS_A_BOX = 5.0, 10.0

Box = Sequence[float]


def variance(numbers: Sequence[float]) -> float:
    """Return the variance of several models' numbers for one item; at least two.

    Query by committee for regression (Burbidge, Rowland and King 2007).
    """
    return float(np.var(np.asarray(numbers, np.float64)))


def perplexity(logarithms: Sequence[float]) -> float:
    """Return exp(-mean log probability) of a text's tokens, natural logarithms: 1 is certain (Jelinek 1977).

    The mean makes long and short texts comparable. ValueError: no tokens, or a probability above 1.
    """
    found = np.asarray(logarithms, np.float64)
    if not found.size or not np.isfinite(found).all() or found.max() > 0:
        raise ValueError("logarithms of probabilities are finite numbers up to 0, at least one")
    # A text of impossible tokens must not become an infinite score.
    return float(np.exp(min(-found.mean(), 50.0)))


def harm(flags: float | Sequence[object]) -> float:
    """Return how harmful a text was said to be: a number from 0 to 1, or how many flags were raised."""
    return float(flags) if isinstance(flags, int | float) else float(len(flags))


def disagreement(distances: Sequence[float]) -> float:
    """Return the mean distance of several models' answers, pair by pair (Melville and Mooney 2004)."""
    return float(np.mean(distances))


def boxes_doubt(
    scores: Sequence[float], classes: Sequence[str] = (), rarity: Mapping[str, float] | None = None
) -> float:
    """Return the doubt about an image's boxes for each second that drawing them is expected to take.

    The sum over boxes of binary entropy (1 at a score of 0.5) times the rarity of its class, 1 unless told
    (Brust, Käding and Denzler 2019), divided by the seconds for an image and its boxes: a sum alone prefers
    what takes the longest.
    """
    p = np.clip(np.asarray(scores, np.float64), 1e-9, 1 - 1e-9)
    entropies = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    weights = [1.0 if rarity is None else rarity.get(name, 1.0) for name in classes or [""] * len(p)]
    return float(entropies @ np.asarray(weights)) / (SECONDS_AN_IMAGE + SECONDS_A_BOX * len(p))


def box_instability(boxes: Sequence[Box], altered: Sequence[Sequence[Box]]) -> float:
    """Return one minus the mean overlap of each box with its nearest under alterations of the image: 0 to 1.

    Localisation stability (Kao et al. 2019). `altered` holds the boxes found each time, brought back to the
    image as it is. An image without boxes is stable.
    """
    if not boxes or not altered:
        return 0.0
    nearest = [overlaps(boxes, found).max(axis=1) if found else np.zeros(len(boxes)) for found in altered]
    return float(1 - np.mean(nearest))


def box_errors(boxes: Sequence[Box], reference: Sequence[Box]) -> tuple[int, int]:
    """Return how many boxes of the reference are missed, and how many of the boxes are false.

    Matched one to one, and only where they overlap by at least LOW_OVERLAP (PASCAL VOC's criterion,
    Everingham et al. 2010).
    """
    if not boxes or not reference:
        return len(reference), len(boxes)
    hits = round(matched((overlaps(boxes, reference) >= LOW_OVERLAP).astype(np.float64)))
    return len(reference) - hits, len(boxes) - hits
