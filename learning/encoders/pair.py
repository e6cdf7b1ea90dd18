"""Two answers to a prompt, for models of preference: the difference between what is read of each.

A model that is linear in it is that of Bradley and Terry (1952), with ties as by Davidson (1970): the logit
of "a is better" is w·(x(a) − x(b)), that of "b is better" its negative. Swapping a and b turns the sign of
the rows and nothing else; what depends on the prompt alone cancels out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from learning.encoders import remembered, sentence_model
from learning.encoders.embedding import direction
from learning.encoders.manners import COUNT, manners
from learning.encoders.payload import read, text
from learning.encoders.sentence import check, named
from learning.encoders.text import COLUMNS, TextEncoder

FIELDS = ("prompt", "a", "b")
Payloads = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class PairEncoder:
    """Reads `prompt`, `a` and `b` by their words; `scale` (manners + 1,) float32 is that of the rest."""

    name: ClassVar[str] = "pair"
    words: TextEncoder
    scale: np.ndarray

    @classmethod
    def fit(cls, payloads: Payloads) -> Self:
        """Return the encoder whose words, axes and scales come from these payloads."""
        texts = _texts(payloads)
        words = TextEncoder.fit(_as_text([one for field in FIELDS for one in texts[field]]))
        return cls(words, _scale(_behaviour(texts, *(words.embed(_as_text(texts[name])) for name in FIELDS))))

    @classmethod
    def columns(cls, payload: Mapping[str, Any]) -> int:
        """Return 2^15 + manners + 1; EncodeError where a text is missing."""
        _texts([payload])
        return COLUMNS + COUNT + 1

    def encode(self, payloads: Payloads) -> Any:
        """Return CSR (n, 2^15 + manners + 1) float32: differences of words, then of manners."""
        from scipy.sparse import csr_matrix, hstack

        texts = _texts(payloads)
        read_as = {name: self.words.encode(_as_text(texts[name])) for name in FIELDS}
        dense = [rows @ self.words.axes for rows in read_as.values()]
        behaviour = _behaviour(texts, *dense) / self.scale
        return hstack([read_as["a"] - read_as["b"], csr_matrix(behaviour)], "csr", np.float32)

    def embed(self, payloads: Payloads) -> np.ndarray:
        """Return (n, d) float32: differences of the texts' embeddings, then of manners."""
        texts = _texts(payloads)
        prompt, a, b = (self.words.embed(_as_text(texts[name])) for name in FIELDS)
        rest = _behaviour(texts, prompt, a, b) / self.scale
        return np.concatenate([a - b, rest], axis=1).astype(np.float32)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the arrays and values of `from_state`."""
        arrays, values = self.words.state()
        return {**arrays, "scale": self.scale}, values

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> Self:
        """Return the encoder that gave this state; ValueError where it hashed in another way."""
        return cls(TextEncoder.from_state(arrays, values), arrays["scale"])


@dataclass(frozen=True)
class SentencePairEncoder:
    """Reads `prompt`, `a` and `b` by the sentence model; `scale` is (1 + manners + 1,) float32."""

    name: ClassVar[str] = "sentence_pair"
    scale: np.ndarray

    @classmethod
    def version(cls) -> str:
        """Return by what name its vectors are kept; raises EncodeError where there is no sentence model."""
        return f"{cls.name}:{sentence_model.identity()[1][:32]}"

    @classmethod
    def vectors(cls, payloads: Payloads) -> np.ndarray:
        """Return what the sentence model makes of prompt, a and b, side by side, (n, 3d) float32."""
        return remembered.vectors(cls.version(), payloads, _embedded)

    @classmethod
    def fit(cls, payloads: Payloads) -> Self:
        """Return the encoder whose scales come from these payloads."""
        apart, behaviour = cls._read(payloads)
        spread = np.sqrt(np.square(apart).mean(keepdims=True)).reshape(1)
        return cls(np.concatenate([np.where(spread > 0, spread, 1), _scale(behaviour)]).astype(np.float32))

    @classmethod
    def columns(cls, payload: Mapping[str, Any]) -> int:
        """Return how many differences there are; EncodeError where a text is missing."""
        _texts([payload])
        return sentence_model.width() + COUNT + 1

    def encode(self, payloads: Payloads) -> np.ndarray:
        """Return (n, d) float32: differences of the answers' embeddings, then of manners."""
        apart, behaviour = self._read(payloads)
        return np.concatenate([apart / self.scale[0], behaviour / self.scale[1:]], axis=1).astype(np.float32)

    embed = encode

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the arrays and values of `from_state`."""
        return {"scale": self.scale}, named()

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> Self:
        """Return the encoder that gave this state; EncodeError where this server has another model."""
        check(values)
        return cls(arrays["scale"])

    @classmethod
    def _read(cls, payloads: Payloads) -> tuple[np.ndarray, np.ndarray]:
        prompt, a, b = np.split(cls.vectors(payloads), 3, axis=1)
        return a - b, _behaviour(_texts(payloads), prompt, a, b)


def _texts(payloads: Payloads) -> dict[str, list[str]]:
    return {name: read(payloads, name, text) for name in FIELDS}


def _as_text(texts: Sequence[str]) -> list[dict[str, str]]:
    return [{"text": one} for one in texts]


def _embedded(payloads: Payloads) -> np.ndarray:
    texts = _texts(payloads)
    if not len(payloads):
        return np.empty((0, len(FIELDS) * sentence_model.width()), np.float32)
    together = sentence_model.embed([one for field in FIELDS for one in texts[field]])
    return np.concatenate(np.split(together, len(FIELDS)), axis=1)


def _behaviour(
    texts: Mapping[str, Sequence[str]], prompt: np.ndarray, a: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """Return how differently the answers behave, (n, manners + 1): their manners, and how near the prompt."""
    prompt, a, b = (direction(rows) for rows in (prompt, a, b))
    near = ((a - b) * prompt).sum(axis=1, keepdims=True)
    behaves = manners(texts["prompt"], texts["a"]) - manners(texts["prompt"], texts["b"])
    return np.concatenate([behaves.reshape(-1, COUNT), near], axis=1)


def _scale(behaviour: np.ndarray) -> np.ndarray:
    """Return each column's root mean square, 1 for a column of zeros; about a mean it would not swap."""
    spread = np.sqrt(np.square(behaviour).mean(axis=0))
    return np.where(spread > 1e-9, spread, 1.0).astype(np.float32)
