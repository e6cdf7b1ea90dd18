"""How alike two texts are, and how well two sets of boxes lie on each other."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CHARACTERWISE = 4_000  # longer texts are compared word by word

Box = Sequence[float]

_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_NEGATION = re.compile(r"\b(?:not?|never|none|nothing|without|cannot)\b|n['’]t\b")


def normal_form(text: str) -> str:
    """Return the text without differences of case, width and white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def text_similarity(a: str, b: str) -> float:
    """Return how alike two texts are in normal form, in [0, 1]: twice the common subsequence by both lengths.

    Character by character up to CHARACTERWISE characters, word by word beyond, so that the longest texts
    allowed take a fraction of a second.
    """
    a, b = normal_form(a), normal_form(b)
    if a == b:
        return 1.0
    if max(len(a), len(b)) <= CHARACTERWISE:
        return 2 * common_subsequence(a, b) / (len(a) + len(b))
    words_a, words_b = a.split(), b.split()
    return 2 * common_subsequence(words_a, words_b) / (len(words_a) + len(words_b))


def critical_tokens(text: str) -> tuple[Counter[str], int]:
    """Return the numbers in a text with their counts, and how often it negates (in English).

    Texts that differ in these say different things however alike they look (SCIENCE.md 4).
    """
    normal = normal_form(text)
    return Counter(_NUMBER.findall(normal)), len(_NEGATION.findall(normal))


def common_subsequence(a: Sequence[str], b: Sequence[str]) -> int:
    """Return the length of the longest common subsequence.

    Bit-parallel over whole numbers of len(a) bits (Hyyrö 2004, "Bit-parallel LCS-length computation
    revisited"): a column of the classic table at a time.
    """
    positions: dict[str, int] = {}
    for i, token in enumerate(a):
        positions[token] = positions.get(token, 0) | 1 << i
    full = (1 << len(a)) - 1
    column = full
    for token in b:
        matches = column & positions.get(token, 0)
        if matches:
            column = ((column + matches) | (column - matches)) & full
    return len(a) - column.bit_count()


def overlaps(a: Sequence[Box], b: Sequence[Box]) -> NDArray[np.float64]:
    """Return the intersection over union of each box of `a` with each of `b`, shape (len(a), len(b)).

    Boxes are x1, y1, x2, y2 with positive area.
    """
    p, q = np.asarray(a, dtype=np.float64)[:, None], np.asarray(b, dtype=np.float64)[None, :]
    sides = np.minimum(p[..., 2:], q[..., 2:]) - np.maximum(p[..., :2], q[..., :2])
    shared = np.clip(sides, 0.0, None).prod(axis=-1)
    return shared / ((p[..., 2:] - p[..., :2]).prod(-1) + (q[..., 2:] - q[..., :2]).prod(-1) - shared)


def matched(table: NDArray[np.float64]) -> float:
    """Return the largest sum of a one-to-one matching of rows with columns; 0.0 for an empty table."""
    if not table.size:
        return 0.0
    if min(table.shape) == 1:
        return float(table.max())
    # Imported here: scipy.optimize takes a third of a second, and few processes compare boxes.
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table, maximize=True)
    return float(table[rows, columns].sum())
