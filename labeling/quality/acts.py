"""What is doubtful about an answer whether it is right or not: its speed, and edits that change nothing."""

from __future__ import annotations

from typing import Any

from labeling.quality.doubts import Doubt, doubt
from routing.kinds import Kind, TypeSpec
from routing.similarity import normal_form

# Scanning, the fastest that eyes go over a text for one word, makes 600 words a minute (Carver 1992, "Reading
# rate: theory, research, and practical implications"); who is twice as fast has not looked at it.
WORDS_A_SECOND = 20.0
# Long texts are often settled by their beginning.
MOST_WORDS = 100
LETTERS_A_WORD = 10  # for scripts without spaces; no text with spaces has words as long on average
# Seeing something and pressing the one of two keys that fits (Hick 1952).
REACTION = 0.3  # seconds
GRADED = 0.5  # labels nearer than this are of a kind whose distances are shares
NEXT_TO_NOTHING = 0.01


def least_seconds(text: str) -> float:
    """Return the seconds under which nobody can have looked at a text and answered."""
    words = max(len(text.split()), len(text) / LETTERS_A_WORD)
    return REACTION + min(words, MOST_WORDS) / WORDS_A_SECOND


def too_fast(text: str, spent_ms: int | None) -> Doubt | None:
    """Return a doubt where an answer took less than a look at the text takes; None where nobody timed it."""
    least_ms = round(1000 * least_seconds(text))
    if spent_ms is None or spent_ms >= least_ms:
        return None
    detail = f"answered after {spent_ms / 1000:.2f} s; a glance at it takes {least_ms / 1000:.2f} s"
    return doubt("too_fast", 1 - spent_ms / least_ms, detail)


def empty_edit(said: Any, label: Any, kind: Kind, spec: TypeSpec) -> Doubt | None:
    """Return a doubt where a person's label differs from the model's and yet says the same.

    Texts that differ in white space, case or punctuation only, and boxes that moved by less than they can be
    drawn. Both labels are cleaned. Labels of which one is simply another one, such as classes, never do.
    """
    if said == label or isinstance(label, int | float):
        return None
    distance = kind.distance(said, label, spec)
    if distance >= GRADED or kind.conflict(said, label) is not None:
        return None
    if isinstance(said, str) and isinstance(label, str):
        if _letters(said) != _letters(label):
            return None
        same = normal_form(said) == normal_form(label)
        what = "white space and case" if same else "punctuation"
        return doubt("empty_edit", 0.6 if same else 0.4, f"the edit changes nothing but {what}")
    if distance > NEXT_TO_NOTHING:
        return None
    return doubt("empty_edit", 0.5, f"the edit moves the model's answer by {100 * distance:.2f} %")


def _letters(text: str) -> str:
    return "".join(letter for letter in normal_form(text) if letter.isalnum())
