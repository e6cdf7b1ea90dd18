"""Two texts compared word by word, for people to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_WORDS = 4_000  # of both texts together: beyond them comparing takes longer than anybody waits
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A stretch of text that both have (`same`), or that is only in the second (`in`) or first (`out`)."""

    kind: str
    text: str


def compared(before: str, after: str) -> tuple[Piece, ...]:
    """Return the second text in pieces, with what the first had in their place.

    The pieces without `out` make the second text, those without `in` the first. Ratcliff and Obershelp's
    matching (1988), as difflib has it, over words. Very long texts that differ come as one piece each.
    """
    if before == after:
        return (Piece("same", after),) if after else ()
    a, b = _WORD.findall(before), _WORD.findall(after)
    if len(a) + len(b) > MOST_WORDS:
        return _pieces(before, after)
    found: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        old, new = "".join(a[i:j]), "".join(b[k:m])
        found += (Piece("same", new),) if tag == "equal" else _pieces(old, new)
    return tuple(found)


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    return tuple(Piece(kind, text) for kind, text in (("out", old), ("in", new)) if text)
