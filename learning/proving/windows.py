"""Which labels are compared: those of the two arms, and what both start from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from learning.proving.curves import Arms

NEWEST_RANDOM = 250  # labels drawn at random from whose first one on labels are compared
NEWEST_CHOSEN = 100  # chosen ones that the same stretch must hold, where there are so many
MOST = 1_000  # of one arm
MOST_BASE = 1_000  # of the labels that both arms start from, the newest


def arms(asked: Sequence[tuple[int, bool]], before: Sequence[int]) -> Arms:
    """Return the arms of `asked` (row, drawn at random) in the order of the labels.

    Long campaigns are compared over their newest stretch: what was labelled before it is the common start,
    as are the rows `before`, whose labels came before the first question was answered.
    """
    drawn = np.array([random for _, random in asked], bool)
    rows = np.array([row for row, _ in asked], np.intp)
    begin = min(_newest(drawn, NEWEST_RANDOM), _newest(~drawn, NEWEST_CHOSEN))
    base = np.concatenate([np.array(before, np.intp), rows[:begin]])[-MOST_BASE:]
    rows, drawn = rows[begin:], drawn[begin:]
    return Arms(base, rows[~drawn][:MOST], rows[drawn][:MOST])


def _newest(these: np.ndarray, count: int) -> int:
    """Return the place of the first of the newest `count`, 0 where there are fewer."""
    places = np.flatnonzero(these)
    return int(places[-count]) if len(places) >= count else 0
