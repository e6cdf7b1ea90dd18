"""Text by a sentence model: texts that mean the same lie near each other, whichever words they use."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from learning.encoders import remembered, sentence_model
from learning.encoders.payload import EncodeError, read, text
from learning.encoders.standard import Standardised, one_scale


class SentenceEncoder(Standardised):
    """Reads `text`. Its state names the sentence model and the hash of its files: no other one will do."""

    name: ClassVar[str] = "sentence"

    @classmethod
    def version(cls) -> str:
        """Return by what name its vectors are kept; raises EncodeError where there is no sentence model."""
        return f"{cls.name}:{sentence_model.identity()[1][:32]}"

    @classmethod
    def vectors(cls, payloads: Sequence[Mapping[str, Any]], width: int | None = None) -> np.ndarray:
        """Return what the sentence model makes of the texts, (n, d) float32."""
        return remembered.vectors(cls.version(), payloads, _embedded)

    @classmethod
    def fit(cls, payloads: Sequence[Mapping[str, Any]]) -> Self:
        """Return the encoder that gives these payloads mean 0 and variance about 1."""
        return cls(*one_scale(cls.vectors(payloads)))

    @classmethod
    def columns(cls, payload: Mapping[str, Any]) -> int:
        """Return how many numbers the sentence model makes of a text; EncodeError where there is none."""
        read([payload], "text", text)
        return sentence_model.width()

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the arrays and values of `from_state`."""
        return {"mean": self.mean, "scale": self.scale}, named()

    @classmethod
    def from_state(cls, arrays: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> Self:
        """Return the encoder that gave this state; EncodeError where this server has another model."""
        check(values)
        return cls(arrays["mean"], arrays["scale"])


def named() -> dict[str, str]:
    """Return the sentence model's name and hash, as a state keeps them."""
    return dict(zip(("model", "sha256"), sentence_model.identity(), strict=True))


def check(values: Mapping[str, Any]) -> None:
    """Raise EncodeError unless the sentence model of this server is the one that a state names."""
    here = named()
    if here["sha256"] != values["sha256"]:
        raise EncodeError(
            f"it was trained with the sentence model {values['model']} ({values['sha256'][:12]}…); here is "
            f"{here['model']} ({here['sha256'][:12]}…)"
        )


def _embedded(payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
    texts = read(payloads, "text", text)
    return sentence_model.embed(texts) if texts else np.empty((0, sentence_model.width()), np.float32)
