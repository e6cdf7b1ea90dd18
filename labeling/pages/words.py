"""Two texts compared word by word, for people to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import Match, SequenceMatcher

MOST_WORDS = 4_000  # of both texts together: beyond them comparing takes longer than anybody waits
MOST_PAIRS = 12_000_000  # of equal words looked at, a second or two; prose takes up to ten million
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A stretch of text that both have (`same`), or that is only in the second (`in`) or first (`out`)."""

    kind: str
    text: str


class _TooMany(Exception):
    """More pairs would have to be looked at than anybody waits for."""


class _Matcher(SequenceMatcher):
    """Difflib's, which ends in time: of texts that repeat themselves (".,.,.,") it goes through cubes."""

    left = MOST_PAIRS

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, *rest: int) -> Match:
        """Return the longest match in these stretches; raises _TooMany."""
        self.left -= sum(len(self.b2j.get(word, ())) for word in self.a[alo:ahi])
        if self.left < 0:
            raise _TooMany
        return super().find_longest_match(alo, ahi, *rest)


def compared(before: str, after: str) -> tuple[Piece, ...]:
    """Return the second text in pieces, with what the first had in their place.

    The pieces without `out` make the second text, those without `in` the first. Ratcliff and Obershelp's
    matching (1988), as difflib has it, over words. Very long texts that differ, and those that repeat
    themselves over and over, come as one piece each.
    """
    if before == after:
        return (Piece("same", after),) if after else ()
    a, b = _WORD.findall(before), _WORD.findall(after)
    if len(a) + len(b) > MOST_WORDS:
        return _pieces(before, after)
    try:
        steps = _Matcher(None, a, b, autojunk=False).get_opcodes()
    except _TooMany:
        return _pieces(before, after)
    found: list[Piece] = []
    for tag, i, j, k, m in steps:
        old, new = "".join(a[i:j]), "".join(b[k:m])
        found += (Piece("same", new),) if tag == "equal" else _pieces(old, new)
    return tuple(found)


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    return tuple(Piece(kind, text) for kind, text in (("out", old), ("in", new)) if text)
