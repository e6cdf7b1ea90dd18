"""Payload → numbers: encoders for vectors, texts, images and pairs, all served without sklearn."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from learning.encoders import sentence_model
from learning.encoders.embedding import EmbeddingEncoder, compact
from learning.encoders.features import FeatureEncoder
from learning.encoders.image import ImageEncoder, is_data_uri
from learning.encoders.pair import FIELDS, PairEncoder, SentencePairEncoder
from learning.encoders.payload import EncodeError
from learning.encoders.sentence import SentenceEncoder
from learning.encoders.text import TextEncoder

__all__ = [
    "AUTO",
    "ENCODERS",
    "PAIRS",
    "SENTENCES",
    "SLOW",
    "EncodeError",
    "Encoder",
    "choose_encoder",
    "columns",
    "compact",
    "encoder_from_state",
    "fit_encoder",
    "offered",
    "unfit",
]

Payload = Mapping[str, Any]
AUTO = "auto"


class Encoder(Protocol):
    """What every encoder does; `name` is its key in ENCODERS."""

    name: str

    @classmethod
    def fit(cls, payloads: Sequence[Payload]) -> "Encoder":
        """Return an encoder whose parameters suit the payloads; EncodeError where one can't be read."""

    @classmethod
    def columns(cls, payload: Payload) -> int:
        """Return how many columns the payload has by itself; EncodeError where it can't be read. Quick."""

    def encode(self, payloads: Sequence[Payload]) -> Any:
        """Return the learners' input, float32 (n, columns): an array, for text a scipy.sparse CSR matrix."""

    def embed(self, payloads: Sequence[Payload]) -> np.ndarray:
        """Return the dense float32 (n, d) in which near means alike."""

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the arrays and the JSON values from which `from_state` makes the same encoder."""

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> "Encoder":
        """Return the encoder that gave this state."""


class SlowEncoder(Encoder, Protocol):
    """An encoder whose vectors are worth keeping: they depend on the payload and on `version` alone."""

    @classmethod
    def version(cls) -> str:
        """Return by what name its vectors are kept; EncodeError where it can't work here."""

    @classmethod
    def vectors(cls, payloads: Sequence[Payload]) -> np.ndarray:
        """Return (n, d) float32, by which it encodes; what the payloads remember is not made again."""


# In order of preference: numbers were made by somebody who knows the case; a picture is mostly the case.
_ALL = (EmbeddingEncoder, FeatureEncoder, ImageEncoder, TextEncoder, SentenceEncoder)
PAIRS: Mapping[str, type] = {e.name: e for e in (PairEncoder, SentencePairEncoder)}
ENCODERS: Mapping[str, type] = {e.name: e for e in _ALL} | PAIRS
SENTENCES = frozenset({SentenceEncoder.name, SentencePairEncoder.name})  # need a sentence model
SLOW: Mapping[str, type[SlowEncoder]] = {
    e.name: e for e in (ImageEncoder, SentenceEncoder, SentencePairEncoder)
}
# From this share on of the payloads that can be read at all, what they hold is what an item type is about.
NEARLY_ALL = 0.95
_READS = {SentenceEncoder.name: ("text",)} | dict.fromkeys(PAIRS, FIELDS)
_SAID = {"image": "image (as a data URI)"}


def offered(kind: str) -> tuple[str, ...]:
    """Return the names of the encoders that suit a kind of decision, the first ones preferred."""
    return tuple(PAIRS) if kind == "preference" else tuple(name for name in ENCODERS if name not in PAIRS)


def unfit(name: str, kind: str) -> str:
    """Return why a known encoder can't be used for a kind of decision on this server, or nothing."""
    if name == AUTO or name not in ENCODERS:
        return ""
    if name not in offered(kind):
        return f"The encoder {name} does not suit {kind}. Use one of: {', '.join((AUTO, *offered(kind)))}."
    return sentence_model.problem() if name in SENTENCES else ""


def choose_encoder(payloads: Sequence[Payload], wanted: str = AUTO, kind: str = "classification") -> str:
    """Return the name of the encoder to use: the one wanted, else the first that reads nearly all payloads.

    Nearly all is 95 % of those that the best of them reads: a few items that came without their embedding
    don't put it out of use. A sentence model is used only where it is wanted: it takes hundreds of megabytes
    in each process. EncodeError where no payload has what any of them reads.
    """
    names = [name for name in offered(kind) if name not in SENTENCES] if wanted == AUTO else [wanted]
    shares = {name: sum(_has(payload, name) for payload in payloads) for name in names}
    if not any(shares.values()):
        fields = dict.fromkeys(field for name in names for field in _READS.get(name, (name,)))
        raise EncodeError(f"no payload has any of: {', '.join(_SAID.get(field, field) for field in fields)}")
    return next(name for name in names if shares[name] >= NEARLY_ALL * max(shares.values()))


def columns(name: str, payload: Payload) -> int:
    """Return how many columns a known encoder makes of the payload; 0 where it can't read it."""
    try:
        return ENCODERS[name].columns(payload)
    except EncodeError:
        return 0


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


def _has(payload: Payload, name: str) -> bool:
    sent = [payload.get(field) for field in _READS.get(name, (name,))]
    if name == ImageEncoder.name and not is_data_uri(sent[0]):
        return False  # nobody fetches what a client names
    return all(value is not None and (not hasattr(value, "__len__") or len(value) > 0) for value in sent)
