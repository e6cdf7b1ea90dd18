"""A model as one file: safetensors with a JSON description, its hash checked before it is read, no pickle."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from learning.encoders import PAIRS, Encoder, encoder_from_state
from learning.learners.calibration import Calibration
from learning.learners.predictors import PREDICTORS, EnsemblePredictor, Predictor, softmax
from learning.learners.strangeness import Reference
from learning.learners.twins import evened

FORMAT = "hitl-model-1"


class ArtifactError(ValueError):
    """The file is not the one that was stored, or not a model of this program."""


@dataclass(frozen=True)
class Model:
    """What predicts: payload → encoder → predictor → calibration, by numpy (and scipy.sparse for text).

    `reference` holds labelled payloads, encoded, to tell strange ones by; None where there were too few.
    `setting` says in words how it was fitted, `tuned` how often in a row it went on from a model before it.
    """

    encoder: Encoder
    predictor: Predictor
    calibration: Calibration
    classes: tuple[str, ...]
    learner: str
    dense: bool  # whether the predictor reads embeddings
    reference: Reference | None = None
    setting: str = ""
    tuned: int = 0

    def predict_proba(self, payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Return (n, classes) float64, rows sum to 1; EncodeError where a payload can't be read."""
        if not len(payloads):
            return np.empty((0, len(self.classes)))
        rows = self.encoder.embed(payloads) if self.dense else self.encoder.encode(payloads)
        said = self._said(rows)
        return evened(said, self._said(-rows), self.classes) if self.encoder.name in PAIRS else said

    def _said(self, rows: Any) -> np.ndarray:
        return self.calibration.apply(softmax(np.asarray(self.predictor.logits(rows), np.float64)))

    def predict(self, payloads: Sequence[Mapping[str, Any]]) -> tuple[list[str], np.ndarray, np.ndarray]:
        """Return the likeliest label of each payload, its probability (n,), and all (n, classes)."""
        probabilities = self.predict_proba(payloads)
        labels = [self.classes[column] for column in probabilities.argmax(axis=1)]
        return labels, probabilities.max(axis=1, initial=0), probabilities

    def embed(self, payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Return the (n, d) embeddings that the diversity of sampling goes by."""
        return self.encoder.embed(payloads)

    def committee(self) -> list["Model"]:
        """Return the members of an ensemble, each as a model by itself; of any other model itself alone."""
        if not isinstance(self.predictor, EnsemblePredictor):
            return [self]
        return [replace(self, predictor=one) for one in self.predictor.members]

    def strangeness(self, payloads: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Return the share of labelled payloads that lie nearer to each other, (n,); needs a reference.

        Raises EncodeError where a payload can't be read.
        """
        return self.reference.strangeness(self.encoder.encode(payloads))


def save(model: Model) -> bytes:
    """Return the file's bytes; the same model gives the same bytes."""
    from safetensors.numpy import save as to_bytes

    encoder_arrays, encoder_values = model.encoder.state()
    description = {
        "format": FORMAT,
        "encoder": model.encoder.name,
        "encoder_values": encoder_values,
        "predictor": model.predictor.kind,
        "learner": model.learner,
        "dense": model.dense,
        "classes": list(model.classes),
        "sharpness": model.calibration.sharpness,
        "label_noise": model.calibration.label_noise,
        "setting": model.setting,
        "tuned": model.tuned,
    }
    arrays = {f"encoder.{name}": array for name, array in encoder_arrays.items()}
    arrays |= {f"predictor.{name}": array for name, array in model.predictor.state().items()}
    if model.reference:
        arrays |= {f"reference.{name}": array for name, array in model.reference.state().items()}
    contiguous = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    return to_bytes(contiguous, {"model": json.dumps(description, sort_keys=True)})


def load(data: bytes, sha256: str | None = None) -> Model:
    """Return the model in the file; ArtifactError where its hash is not `sha256` or it can't be read."""
    if sha256 is not None:
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise ArtifactError(f"its SHA-256 is {found[:12]}…, but {sha256[:12]}… was stored: refused")
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_bytes

    try:
        arrays = from_bytes(data)
        length = int.from_bytes(data[:8], "little")
        description = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["model"])
        return _model(description, arrays)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"it can't be read as a model: {error}") from error


def _model(description: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Model:
    if description["format"] != FORMAT:
        raise ArtifactError(f"its format is {description['format']!r}; this program reads {FORMAT!r}")
    inside = {part: {} for part in ("encoder", "predictor", "reference")}
    for name, array in arrays.items():
        part, own = name.split(".", 1)
        inside[part][own] = array
    return Model(
        encoder_from_state(description["encoder"], inside["encoder"], description["encoder_values"]),
        PREDICTORS[description["predictor"]].from_state(inside["predictor"]),
        Calibration(float(description["sharpness"]), float(description["label_noise"])),
        tuple(description["classes"]),
        description["learner"],
        bool(description["dense"]),
        Reference.from_state(inside["reference"]) if inside["reference"] else None,
        description["setting"],
        int(description["tuned"]),
    )
