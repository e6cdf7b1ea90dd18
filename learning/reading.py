"""Payloads that a model can read, told from those that it can't: one odd item must not stop a whole run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from learning import encoders
from learning.encoders import EncodeError, Encoder

Payload = dict[str, Any]


def fit(
    payloads: Sequence[Payload], wanted: str = encoders.AUTO, kind: str = "classification"
) -> tuple[Encoder, list[int]]:
    """Return an encoder fitted to the payloads that it can read, and the places of those.

    `wanted` is a plan's encoder; with auto it is chosen by the payloads and the kind of decision. Raises
    EncodeError where it can read none.
    """
    name = encoders.choose_encoder(payloads, wanted, kind)
    try:
        return encoders.fit_encoder(name, payloads), list(range(len(payloads)))
    except EncodeError:
        widths = {place: width for place, one in enumerate(payloads) if (width := _width(name, one))}
    if not widths:
        raise EncodeError(f"none of {len(payloads)} payloads can be read by the encoder {name!r}")
    usual = Counter(widths.values()).most_common(1)[0][0]
    kept = [place for place, width in widths.items() if width == usual]
    return encoders.fit_encoder(name, [payloads[place] for place in kept]), kept


def rows(
    read: Callable[[Sequence[Payload]], np.ndarray], payloads: Sequence[Payload]
) -> tuple[np.ndarray, list[int]]:
    """Return what `read` makes of the payloads, float[m, …], and the places of the m that it can read."""
    try:
        return read(payloads), list(range(len(payloads)))
    except EncodeError:
        kept = [place for place, one in enumerate(payloads) if _can(read, one)]
    return read([payloads[place] for place in kept]), kept


def _width(name: str, payload: Payload) -> int:
    """Return how many columns the payload has by itself; 0 where it can't be read."""
    try:
        return encoders.fit_encoder(name, [payload]).embed([payload]).shape[1]
    except EncodeError:
        return 0


def _can(read: Callable[[Sequence[Payload]], np.ndarray], payload: Payload) -> bool:
    try:
        read([payload])
    except EncodeError:
        return False
    return True
