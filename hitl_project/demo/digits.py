"""The demo's data: the handwritten digits that ship with scikit-learn, as items and as truth."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

TRUTH = 400  # digits that are never posted: they judge what came out
SIDE = 192  # pixels of the picture that a person sees
MARGIN = 2  # points of paper around the digit, which the data set cuts to its ink
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
    """Return grey values float[8, 8] from 0 (paper) to 16 (ink) as a SIDE x SIDE picture (PNG).

    The points run into each other (bicubic), as ink does: as squares they are hard to read for people.
    """
    grey = Image.fromarray(np.round(255 * (1 - np.pad(image, MARGIN) / INK)).astype(np.uint8))
    file = io.BytesIO()
    grey.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(file, "PNG")
    return file.getvalue()
