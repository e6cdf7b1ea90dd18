"""Texts taken apart: words, pairs of words and groups of letters, each as a hash."""

import re
import zlib
from functools import lru_cache
from itertools import pairwise

LETTERS = (3, 4)
HASH_BITS = 32
WORD = re.compile(r"\w+|[^\w\s]")


def hashes(text: str) -> list[int]:
    """Return a 32-bit hash for each word, pair of neighbouring words and group of letters of the text."""
    words = WORD.findall(text.lower())
    found = [hashed for word in words for hashed in _of_word(word)]
    return found + [_hash(f"{a} {b}") for a, b in pairwise(words)]


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> tuple[int, ...]:
    framed = f"<{word}>"
    parts = [framed[i : i + n] for n in LETTERS for i in range(len(framed) - n + 1) if n < len(framed)]
    return tuple(_hash(part) for part in [framed, *parts])


def _hash(part: str) -> int:
    # CRC-32 is the same on every machine and in every process, unlike Python's own hash; the multiplication
    # (Fibonacci hashing, Knuth 6.4) spreads what short strings leave alike.
    return zlib.crc32(part.encode("utf-8", "replace")) * 0x9E3779B1 & 0xFFFFFFFF
