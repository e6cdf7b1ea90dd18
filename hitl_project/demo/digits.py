"""The demo's data: the handwritten digits that ship with scikit-learn, as items and as truth."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

TRUTH = 400  # digits that are never posted: they judge what came out
SIDE = 160  # pixels of the picture that a person sees
INK = 16.0  # the data set's darkest value


@dataclass(frozen=True)
class Digit:
    """One digit: its reference, what is posted of it, and what the data set says it is."""

    ref: str
    payload: dict[str, Any]
    label: str


@cache
def load() -> tuple[tuple[Digit, ...], tuple[Digit, ...]]:
    """Return the 1,397 digits of the stream in their order of arrival, and the 400 that are held out.

    The data set is the test part of E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits"
    (UCI, 1998); 8 x 8 grey values from 0 to 16. The order is the same at every start.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = np.random.default_rng(1998).permutation(len(bunch.target))
    digits = [
        Digit(
            ref=f"digit-{index:04d}",
            payload={
                "image": f"data:image/png;base64,{base64.b64encode(png(bunch.images[index])).decode()}",
                "features": (bunch.data[index] / INK).tolist(),
            },
            label=str(bunch.target[index]),
        )
        for index in order
    ]
    return tuple(digits[TRUTH:]), tuple(digits[:TRUTH])


def png(image: np.ndarray) -> bytes:
    """Return grey values float[8, 8] from 0 (paper) to 16 (ink) as a SIDE x SIDE picture (PNG, RFC 2083)."""
    grey = np.round(255 * (1 - image / INK)).astype(np.uint8)
    large = np.kron(grey, np.ones((SIDE // len(grey), SIDE // len(grey)), np.uint8))
    # Filter 2 (Up): a row is written as its difference from the one above, and most are equal.
    rows = np.vstack([large[:1], np.diff(large, axis=0)])
    data = b"".join(b"\x02" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", *large.shape[::-1], 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(data, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
