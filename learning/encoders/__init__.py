"""Payload → numbers: encoders for feature vectors, texts and images, all served without sklearn."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from learning.encoders.features import FeatureEncoder
from learning.encoders.image import ImageEncoder
from learning.encoders.payload import EncodeError
from learning.encoders.text import TextEncoder

__all__ = ["ENCODERS", "EncodeError", "Encoder", "choose_encoder", "encoder_from_state", "fit_encoder"]

Payload = Mapping[str, Any]


class Encoder(Protocol):
    """What every encoder does; `name` is its key in ENCODERS."""

    name: str

    @classmethod
    def fit(cls, payloads: Sequence[Payload]) -> "Encoder":
        """Return an encoder whose parameters suit the payloads; EncodeError where one can't be read."""

    def encode(self, payloads: Sequence[Payload]) -> Any:
        """Return the learners' input, float32 (n, columns): an array, for text a scipy.sparse CSR matrix."""

    def embed(self, payloads: Sequence[Payload]) -> np.ndarray:
        """Return the dense float32 (n, d) in which near means alike."""

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the arrays and the JSON values from which `from_state` makes the same encoder."""

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> "Encoder":
        """Return the encoder that gave this state."""


# In order of preference: numbers were made by somebody who knows the case; a picture is mostly the case.
ENCODERS: Mapping[str, type] = {e.name: e for e in (FeatureEncoder, ImageEncoder, TextEncoder)}


def choose_encoder(payloads: Sequence[Payload]) -> str:
    """Return the name of the encoder to use: the first of ENCODERS whose field most payloads have.

    EncodeError where no payload has any of the fields.
    """
    shares = {name: sum(p.get(name) not in (None, "", []) for p in payloads) for name in ENCODERS}
    if not any(shares.values()):
        raise EncodeError(f"no payload has any of: {', '.join(ENCODERS)}")
    return max(shares, key=lambda name: shares[name])


def fit_encoder(name: str, payloads: Sequence[Payload]) -> Encoder:
    """Return an encoder fitted to the payloads; EncodeError: one can't be read, or an unknown name."""
    if name not in ENCODERS:
        raise EncodeError(f"unknown encoder {name!r}; known are {', '.join(ENCODERS)}")
    if not payloads:
        raise EncodeError("an encoder can't be fitted to no payloads")
    return ENCODERS[name].fit(payloads)


def encoder_from_state(name: str, arrays: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> Encoder:
    """Return the encoder of that name and state; EncodeError where the name is unknown."""
    if name not in ENCODERS:
        raise EncodeError(f"unknown encoder {name!r}")
    return ENCODERS[name].from_state(arrays, values)
