"""Texts in a CSV that spreadsheets take for formulas: guarded on the way out, plain again on the way in.

OWASP, "CSV Injection": an apostrophe before the sign makes a text of it. A text that begins so already gets
one more, so that `plain(guarded(text)) == text` for every text.
"""

# The signs, tab and line ends, and the full-width forms that some spreadsheets read alike.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(text: str) -> str:
    """Return the text as it is written to a CSV."""
    return f"'{text}" if _meant(text) else text


def plain(text: str) -> str:
    """Return the text that a cell of a CSV stands for."""
    return text[1:] if text.startswith("'") and _meant(text) else text


def _meant(text: str) -> bool:
    return text.lstrip("'").startswith(FORMULA)
