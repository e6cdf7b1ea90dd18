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
        widths = {place: w for place, one in enumerate(payloads) if (w := encoders.columns(name, one))}
        if not widths:
            raise
    usual = Counter(widths.values()).most_common(1)[0][0]
    kept = [place for place, width in widths.items() if width == usual]
    return encoders.fit_encoder(name, [payloads[place] for place in kept]), kept


def rows(read: Callable[[Sequence[Payload]], Any], payloads: Sequence[Payload]) -> tuple[Any, list[int]]:
    """Return what `read` makes of the payloads, (m, …) or CSR, and the places of the m that it can read.

    A list with one that can't be read is halved until that one stands alone: the others are read in as few
    calls as may be.
    """
    found, kept = [], []
    parts = [range(len(payloads))]
    while parts:
        part = parts.pop()
        try:
            found.append(read([payloads[place] for place in part]))
            kept += part
        except EncodeError:
            half = len(part) // 2
            parts += [part[half:], part[:half]] if half else []
    return _stacked(found) if found else read([]), kept


def _stacked(parts: list[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    from scipy.sparse import vstack

    return vstack(parts, "csr")
