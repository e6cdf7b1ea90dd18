"""A payload taken apart for the page: its image, text and features, and whatever else came with it."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labeling.pages.bars import Bars, bars
from routing.kinds import EMBEDDING

SHOWN = {"image", "text", "features", EMBEDDING}  # or for models alone
SIZE = {"width", "height"}  # of an image, which is seen
FEW_PIXELS = 96  # enlarged without smoothing, so that what is seen is what the model saw
PNG_DATA = "data:image/png;base64,"


@dataclass(frozen=True)
class Image:
    """Where an image comes from, and whether it is so small that its pixels should stay visible."""

    source: str
    coarse: bool


@dataclass(frozen=True)
class Parts:
    """What there is to look at; each part is empty where the payload has none."""

    image: Image | None
    text: str
    features: tuple[float, ...]
    chart: Bars | None
    extra: tuple[tuple[str, str], ...]


def parts(payload: Mapping[str, Any]) -> Parts:
    """Return the parts of this payload."""
    features = tuple(payload.get("features") or ())
    source = payload.get("image") or ""
    shown = SHOWN | SIZE if source else SHOWN
    return Parts(
        image=Image(source, coarse=_is_coarse(source)) if source else None,
        text=payload.get("text") or "",
        features=features,
        chart=bars(features),
        extra=fields({name: value for name, value in payload.items() if name not in shown}),
    )


def addresses(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Return where the payload's pictures must be fetched from; none for those that came with it."""
    source = payload.get("image") or ""
    return () if source[:5].lower() in ("", "data:") else (source,)


def fields(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return name and value of each field, as people read them."""
    return tuple((name.replace("_", " "), in_words(value)) for name, value in values.items())


def in_words(value: Any) -> str:
    """Return a JSON value as people read it: strings bare, yes and no, lists by comma, the rest as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return ", ".join(in_words(one) for one in value)
    return json.dumps(value, ensure_ascii=False)


def _is_coarse(source: str) -> bool:
    """Return whether this is a PNG data URI of few pixels (width and height are bytes 16 to 24 of a PNG)."""
    if not source.startswith(PNG_DATA):
        return False
    try:
        head = base64.b64decode(source[len(PNG_DATA) : len(PNG_DATA) + 32])
    except binascii.Error:
        return False
    return len(head) == 24 and max(struct.unpack(">II", head[16:])) <= FEW_PIXELS
