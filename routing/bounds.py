"""How many values a body of JSON may hold, told from its bytes before it is parsed.

Parsing makes objects of 28 to 232 bytes out of two to eight characters: 32 MB of `[],[],…` would become
900 MB.
"""

import re

MOST_VALUES = 5_000_000  # commas, which stand between values: numbers of 32 bytes
MOST_NESTED = 500_000  # lists and objects: up to 232 bytes each
# A text that is never closed is taken too, to its end: looked for anew at each of its quotation marks, half a
# megabyte of them would take half an hour.
_TEXTS = re.compile(rb'"(?:[^"\\]++|\\.)*+["\\]?', re.DOTALL)


def too_many(raw: bytes) -> str | None:
    """Return what a JSON body has too many of, as a sentence; None where it may be parsed."""
    if not _too_many(raw):
        return None
    # Code and prose have brackets and commas too; what stands within texts is not counted then.
    return _too_many(_TEXTS.sub(b"", raw))


def _too_many(raw: bytes) -> str | None:
    if raw.count(b",") > MOST_VALUES:
        return f"The body has more than {MOST_VALUES:,} values. Send it in parts."
    if raw.count(b"[") + raw.count(b"{") > MOST_NESTED:
        return f"The body has more than {MOST_NESTED:,} lists and objects. Send it in parts."
    return None
