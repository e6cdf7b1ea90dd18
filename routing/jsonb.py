"""JSON values as PostgreSQL's jsonb keeps them."""

from decimal import Decimal
from typing import Any


def as_stored(value: Any) -> Any:
    """Return a JSON value as PostgreSQL's jsonb gives it back: the order of keys, large floats, minus zero.

    Expressions can tell these apart, so an item is judged by what is stored of it: else judging it again
    could end otherwise. jsonb orders keys by length in bytes and then by bytes, and writes out all digits of
    a number (PostgreSQL 15 manual, 8.14), so that a float that Python writes with an exponent comes back
    whole. The value must not be nested too deeply.
    """
    if isinstance(value, dict):
        keys = sorted(value, key=_place_in_jsonb)
        return {key: as_stored(value[key]) for key in keys}
    if isinstance(value, list):
        return [as_stored(one) if isinstance(one, float | dict | list) else one for one in value]
    if isinstance(value, float):
        # The digits that Python writes, not those of the binary number: they are what the database keeps.
        return int(Decimal(repr(value))) if abs(value) >= 1e16 else value + 0.0
    return value


def _place_in_jsonb(key: str) -> tuple[int, bytes]:
    plain = key.encode()
    return len(plain), plain
