"""Which key chooses which label: its own where it is a single character, else digits, then free letters."""

from collections.abc import Sequence

# A approve, C comment, E escalate, P pause, S skip, U unsure, X reject, Y sure; the templates name the same.
RESERVED = frozenset("acepsuxy")
DIGITS = "123456789"
LETTERS = "bdfghijklmnoqrtvwz"


def label_keys(labels: Sequence[str]) -> list[str | None]:
    """Return one lower-case key for each label, in order; None where the keys have run out.

    A label that is itself one free digit or letter keeps it, so that the digit 7 is chosen by 7. The others
    get 1 to 9 in the order in which they are shown, then the letters that no act uses.
    """
    own = {}
    for label in labels:
        key = label.lower()
        if len(key) == 1 and key.isascii() and key.isalnum() and key not in RESERVED:
            own.setdefault(key, label)
    holders = {label: key for key, label in own.items()}
    free = iter([key for key in DIGITS + LETTERS if key not in own])
    return [holders[label] if label in holders else next(free, None) for label in labels]
