"""Images in data URIs as few numbers: small and grey, with a hint of their colours."""

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.pictures import MOST_PIXELS

SIDE, COLOUR_SIDE = 16, 4
COUNT = SIDE * SIDE + 3 * COLOUR_SIDE * COLOUR_SIDE
LARGEST = 8 * 1024 * 1024  # bytes of a file


def pixels(uri: Any) -> NDArray[np.float64]:
    """Return one image's 304 numbers from 0 to 1: 16x16 grey values, then 4x4 colours.

    ValueError where it is no PNG, JPEG, GIF or WebP data URI. A URL is refused: fetching what a client names
    would let it reach whatever the server can reach.
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
