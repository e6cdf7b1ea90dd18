"""What a payload looks like, in a fixed number of bytes, so that what is alike can be found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.alike.pixels import pixels
from labeling.alike.tokens import HASH_BITS, hashes

Vector = NDArray[np.float32]

SIZE_BITS = 9
SIZE = 1 << SIZE_BITS
LONGEST = 10_000  # characters of a text that are looked at
TEXT, IMAGE, FEATURES = "t", "i", "f"
FORMS = (TEXT, IMAGE, FEATURES)
STORED = np.dtype("<f2")


@dataclass(frozen=True)
class Sketch:
    """The form of what was looked at (text, image or features; only like forms compare) and its (512,)."""

    form: str
    vector: Vector

    def to_bytes(self) -> bytes:
        """Return the 1,025 bytes that are stored."""
        return self.form.encode() + self.vector.astype(STORED).tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Sketch:
        """Return the sketch that was stored so; ValueError where these bytes are none."""
        form, body = bytes(data[:1]).decode("ascii", "replace"), bytes(data[1:])
        if form not in FORMS or len(body) != SIZE * STORED.itemsize:
            raise ValueError("these bytes are no sketch")
        return cls(form, np.frombuffer(body, STORED).astype(np.float32))


def sketch(payload: Mapping[str, Any], gist: str) -> Sketch | None:
    """Return the sketch of a payload whose telling text is `gist`, or None where there is nothing to look at.

    The text where there is one, else the image where it came as a data URI, else the features.
    """
    if found := sketch_text(gist):
        return found
    return _image(payload.get("image")) or _features(payload.get("features"))


def sketch_text(text: str) -> Sketch | None:
    """Return the sketch of a text, a vector of length 1, or None where it has no word.

    Feature hashing with signs (Weinberger et al. 2009) of words, pairs of words and groups of letters, each
    weighed 1 + log(count). The cosine of two of them is the dot product.
    """
    found, times = np.unique(np.array(hashes(text[:LONGEST]), np.uint32), return_counts=True)
    place = found >> np.uint32(HASH_BITS - SIZE_BITS)
    sign = 1.0 - 2.0 * (found >> np.uint32(HASH_BITS - SIZE_BITS - 1) & np.uint32(1))
    vector = np.bincount(place, sign * (1 + np.log(times)), minlength=SIZE)
    return _unit(TEXT, vector)


def _image(uri: Any) -> Sketch | None:
    """The numbers around their mean: two images of one brightness are not alike for that alone."""
    try:
        numbers = pixels(uri)
    except ValueError:
        return None
    return _unit(IMAGE, _fitted(numbers - numbers.mean()))


def _features(values: Any) -> Sketch | None:
    """The numbers on a scale on which the largest are still told apart and none overflows."""
    if not isinstance(values, list) or not values:
        return None
    return Sketch(FEATURES, _fitted(np.arcsinh(np.array(values, np.float64))))


def _fitted(numbers: NDArray[np.float64]) -> Vector:
    """Return (512,): shorter ones are filled with zeros, longer ones folded with alternating signs."""
    turns = -(-len(numbers) // SIZE)
    filled = np.zeros(turns * SIZE)
    filled[: len(numbers)] = numbers
    signs = 1.0 - 2.0 * (np.arange(turns) % 2)
    return (filled.reshape(turns, SIZE) * signs[:, None]).sum(axis=0).astype(np.float32)


def _unit(form: str, vector: NDArray[Any]) -> Sketch | None:
    length = float(np.linalg.norm(vector))
    return Sketch(form, (vector / length).astype(np.float32)) if length > 1e-9 else None
