"""What a Label Studio ML backend is asked, and what its answer says of each payload.

The protocol of label-studio-ml: POST /predict with `tasks` and `label_config`, answered by `results`, one
prediction a task in the order asked (labelstud.io/guide/ml_create), and `model_version`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import orjson

from labeling.exporting.controls import OUTLINES, Control, Unreadable, control
from routing.errors import PredictionFailed
from routing.kinds import KINDS, KindErrors, TypeSpec
from routing.opinions import MOST_PREDICTIONS, Opinion
from routing.values import is_number, storable

UNNAMED = "ml-backend"
LONGEST_NAME = 200  # characters
# The tag that shows a field of a payload (else Text), and the one that asks, as in Label Studio's templates.
SHOWN = {"image": "Image"}
ASKS = {
    "choices": '<Choices name="label" toName="{to}" choice="{choice}">{labels}</Choices>',
    "rectanglelabels": '<RectangleLabels name="label" toName="{to}">{labels}</RectangleLabels>',
    "textarea": '<TextArea name="label" toName="{to}"/>',
    "pairwise": '<Pairwise name="label" toName="a,b"/>',
    "number": '<Number name="label" toName="{to}"/>',
}
ONE_LABEL = {"choices": "Choice", "rectanglelabels": "Label"}
# Where nothing chosen and nothing found are answers too, a result that isn't read must not pass for them.
ALL_READ = {"choices": ("choices",), "rectanglelabels": ("rectanglelabels", OUTLINES)}

# What is said of one payload: the opinions of one or several models, or why there are none.
Said = tuple[Opinion, ...] | PredictionFailed


class Unintelligible(ValueError):
    """The answer as a whole says nothing of the payloads; the text says why."""


def request(payloads: Sequence[dict[str, Any]], spec: TypeSpec, project: str) -> dict[str, Any]:
    """Return the body that asks about these payloads, numbered from 1."""
    return {
        "tasks": [{"id": number, "data": one} for number, one in enumerate(payloads, start=1)],
        "project": project,
        "label_config": label_config(spec, payloads[0]),
        "params": {},
    }


def label_config(spec: TypeSpec, payload: dict[str, Any]) -> str:
    """Return Label Studio's description of what is asked: the payload's fields, and one control `label`."""
    tag = control(spec.kind)
    shown = [name for name in tag.shown if name in payload] or [tag.shown[0]]
    if tag.type == "pairwise":
        shown = ["a", "b"]
    shows = [f'<{SHOWN.get(name, "Text")} name="{name}" value="${name}"/>' for name in shown]
    one = ONE_LABEL.get(tag.type, "")
    labels = "".join(f'<{one} value="{escape(label)}"/>' for label in spec.labels)
    choice = "multiple" if spec.multilabel else "single"
    asks = ASKS[tag.type].format(to=shown[0], labels=labels, choice=choice)
    return f"<View>{''.join(shows)}{asks}</View>"


def read(text: str, payloads: Sequence[dict[str, Any]], spec: TypeSpec) -> list[Said]:
    """Return what the answer says of each payload, or why it can't be used; raises Unintelligible."""
    try:
        answer = orjson.loads(text)
    except ValueError as error:
        raise Unintelligible(f"its answer is no JSON: {error}") from error
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or len(results) != len(payloads):
        said = f"{len(results)} results" if isinstance(results, list) else "no list of results"
        raise Unintelligible(f"it gave {said} for {len(payloads)} tasks")
    version = answer.get("model_version")
    return [_said(one, payload, spec, version) for one, payload in zip(results, payloads, strict=True)]


def _said(one: Any, payload: dict[str, Any], spec: TypeSpec, version: Any) -> Said:
    # A backend of several models gives a list of predictions for a task: the others are the committee.
    predictions = one if isinstance(one, list) and one else [one]
    if len(predictions) > MOST_PREDICTIONS:
        return PredictionFailed(f"the ML backend gave over {MOST_PREDICTIONS} predictions for this item")
    found = [_opinion(prediction, payload, spec, version) for prediction in predictions]
    opinions = tuple(each for each in found if isinstance(each, Opinion))
    return opinions or next(each for each in found if isinstance(each, PredictionFailed))


def _opinion(said: Any, payload: dict[str, Any], spec: TypeSpec, version: Any) -> Opinion | PredictionFailed:
    results = said.get("result") if isinstance(said, dict) else None
    if not isinstance(results, list) or not all(_has_value(one) for one in results):
        return PredictionFailed("the ML backend has no prediction for this item")
    try:
        tag = control(spec.kind)
        _check_all_read(tag, results)
        label = tag.read(results, payload, spec)
        label = KINDS[spec.kind].clean_label(label, payload, spec)
    except Unreadable as error:
        return PredictionFailed(f"the ML backend's answer can't be read: {error}")
    except KindErrors as errors:
        return PredictionFailed(f"the ML backend's answer does not fit: {errors.errors[0].detail}")
    confidence = _confidence(said, results)
    if confidence is None:
        return PredictionFailed("the ML backend's score is not a number from 0 to 1")
    return Opinion(_name(said.get("model_version") or version), label, confidence)


def _has_value(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("value"), dict)


def _check_all_read(tag: Control, results: Sequence[dict[str, Any]]) -> None:
    wanted = ALL_READ.get(tag.type)
    foreign = [one.get("type") for one in results if wanted and one.get("type") not in wanted]
    if foreign:
        raise Unreadable(f"It has a result of type {str(foreign[0])[:50]!r}.")


def _confidence(said: dict[str, Any], results: Sequence[dict[str, Any]]) -> float | None:
    """Return the prediction's score, else the mean of its results'; 0 without any: it counts as unsure."""
    if said.get("score") is not None:
        scores = [said["score"]]
    else:
        scores = [one["score"] for one in results if one.get("score") is not None]
    if not all(is_number(score) and 0 <= score <= 1 for score in scores):
        return None
    return float(sum(scores) / len(scores)) if scores else 0.0


def _name(version: Any) -> str:
    name = str(version) if isinstance(version, str | int | float) else ""
    return name[:LONGEST_NAME] if name.strip() and storable(name) else UNNAMED
