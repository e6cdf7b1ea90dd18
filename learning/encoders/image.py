"""Images in data URIs: small, grey and with a hint of their colours, on one scale."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from learning.encoders.features import standard
from learning.encoders.payload import read

SIDE, COLOUR_SIDE = 16, 4
LARGEST = 8 * 1024 * 1024  # bytes of a file
MOST_PIXELS = 40_000_000


@dataclass(frozen=True)
class ImageEncoder:
    """Reads `image`; `mean` and `scale` are (304,) float32: 16x16 grey values, then 4x4 colours."""

    name: ClassVar[str] = "image"
    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, payloads: Sequence[Mapping[str, Any]]) -> Self:
        """Return the encoder that gives these payloads mean 0 and variance about 1."""
        return cls(*standard(_matrix(payloads)))

    def encode(self, payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Return (n, 304) float32; EncodeError where an image is no data URI or can't be decoded."""
        return ((_matrix(payloads) - self.mean) / self.scale).astype(np.float32)

    embed = encode

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the arrays and values of `from_state`."""
        return {"mean": self.mean, "scale": self.scale}, {}

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> Self:
        """Return the encoder that gave this state."""
        return cls(arrays["mean"], arrays["scale"])


def _matrix(payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
    rows = read(payloads, "image", pixels)
    return np.stack(rows) if rows else np.empty((0, SIDE * SIDE + 3 * COLOUR_SIDE * COLOUR_SIDE))


def pixels(uri: Any) -> np.ndarray:
    """Return one image's 304 numbers from 0 to 1; ValueError where it is no PNG, JPEG, GIF or WebP data URI.

    A URL is refused: fetching what a client names would let it reach whatever the server can reach.
    """
    from PIL import Image, UnidentifiedImageError

    if not isinstance(uri, str) or not uri.startswith("data:image/") or ";base64," not in uri[:100]:
        raise ValueError("only images given as data URIs (data:image/png;base64,…) are read")
    data = base64.b64decode(uri.split(";base64,", 1)[1], validate=True)
    if len(data) > LARGEST:
        raise ValueError(f"the file has more than {LARGEST} bytes")
    try:
        with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "GIF", "WEBP"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(f"the image has more than {MOST_PIXELS} pixels")
            colour = image.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise ValueError(f"the image can't be decoded ({error})") from error
    paper = Image.new("RGBA", colour.size, "white")
    seen = Image.alpha_composite(paper, colour).convert("RGB")
    grey = seen.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    coarse = seen.resize((COLOUR_SIDE, COLOUR_SIDE), Image.Resampling.BOX)
    return np.concatenate([np.asarray(grey).ravel(), np.asarray(coarse).ravel()]) / 255.0
