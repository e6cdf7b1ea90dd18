"""How Label Studio says a label of each kind, and how it is read back.

Result shapes as in Label Studio's task format (labelstud.io/guide/task_format and /tags): places in a picture
are percent of its width and height.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from routing import polygons
from routing.kinds import TypeSpec

Payload = dict[str, Any]
Result = dict[str, Any]
DECIMALS = 10  # of a percentage


class Unreadable(ValueError):
    """A result that says no label of the kind."""


class Control:
    """One kind's control tag. `read` raises Unreadable. This one writes JSON, for kinds without their own."""

    type = "textarea"
    shown: tuple[str, ...] = ("text",)  # fields of the payload; the label belongs to the first that is there

    def write(self, label: Any, payload: Payload) -> list[Result]:
        """Return the results that say this label."""
        return [self._result({"text": [json.dumps(label, ensure_ascii=False)]}, payload)]

    def read(self, results: Sequence[Result], payload: Payload, spec: TypeSpec) -> Any:
        """Return the label that results say."""
        try:
            return json.loads(self._only(results)["text"][0])
        except (KeyError, IndexError, TypeError, json.JSONDecodeError, RecursionError) as error:
            raise Unreadable("The text area holds no JSON.") from error

    def _result(self, value: dict[str, Any], payload: Payload, number: int = 1, **more: Any) -> Result:
        name = next((name for name in self.shown if name in payload), self.shown[0])
        head = {"id": f"r{number}", "from_name": "label", "to_name": name, "type": self.type}
        return head | more | {"value": value}

    def _only(self, results: Sequence[Result], kind: str | None = None) -> dict[str, Any]:
        """Return the value of the one result of the tag's type."""
        wanted = kind or self.type
        found = [one["value"] for one in results if one.get("type") == wanted]
        if len(found) != 1 or not isinstance(found[0], dict):
            raise Unreadable(f"There is not one result of type {wanted} here, but {len(found)}.")
        return found[0]


class Choices(Control):
    """Labels to choose from."""

    type = "choices"
    shown = ("text", "image", "features")

    def write(self, label: Any, payload: Payload) -> list[Result]:
        """Return the chosen label or labels; nothing where none of several applies."""
        chosen = label if isinstance(label, list) else [label]
        return [self._result({"choices": chosen}, payload)] if chosen else []

    def read(self, results: Sequence[Result], payload: Payload, spec: TypeSpec) -> Any:
        """Return the chosen label, or the list of them where several may apply."""
        if spec.multilabel and not any(one.get("type") == self.type for one in results):
            return []
        chosen = self._only(results).get("choices")
        if not isinstance(chosen, list) or (not spec.multilabel and len(chosen) != 1):
            raise Unreadable("There is not one choice here.")
        return chosen if spec.multilabel else chosen[0]


class Entity(Choices):
    """Candidates to choose from; nothing chosen means that the knowledge base lacks it."""

    shown = ("text",)

    def write(self, label: Any, payload: Payload) -> list[Result]:
        """Return the entity's id as the choice; nothing for None."""
        return [] if label is None else super().write(label, payload)

    def read(self, results: Sequence[Result], payload: Payload, spec: TypeSpec) -> Any:
        """Return the entity's id, or None where nothing is chosen."""
        chosen = any(one.get("type") == self.type for one in results)
        return super().read(results, payload, spec) if chosen else None


class Text(Control):
    """A text that was written."""

    shown = ("output",)

    def write(self, label: Any, payload: Payload) -> list[Result]:
        """Return the text."""
        return [self._result({"text": [label]}, payload)]

    def read(self, results: Sequence[Result], payload: Payload, spec: TypeSpec) -> Any:
        """Return the text; Label Studio gives several lines as several texts."""
        said = self._only(results).get("text")
        lines = [said] if isinstance(said, str) else said
        if not isinstance(lines, list) or not all(isinstance(one, str) for one in lines):
            raise Unreadable("There is no text here.")
        return "\n".join(lines)


class Pair(Control):
    """Two answers side by side; Label Studio has no tie, so that one is a choice."""

    type = "pairwise"
    shown = ("a",)
    SIDES = {"a": "left", "b": "right"}

    def write(self, label: Any, payload: Payload) -> list[Result]:
        """Return the side that was taken."""
        if label in self.SIDES:
            return [self._result({"selected": self.SIDES[label]}, payload)]
        return [self._result({"choices": [label]}, payload) | {"type": "choices"}]

    def read(self, results: Sequence[Result], payload: Payload, spec: TypeSpec) -> Any:
        """Return a, b or tie."""
        if any(one.get("type") == "choices" for one in results):
            return "tie"
        selected = self._only(results).get("selected")
        for label, side in self.SIDES.items():
            if selected == side:
                return label
        raise Unreadable("Neither left nor right is selected.")


class Number(Control):
    """A number; stars are read as well."""

    type = "number"
    shown = ("text", "image", "features")

    def write(self, label: Any, payload: Payload) -> list[Result]:
        """Return the number."""
        return [self._result({"number": label}, payload)]

    def read(self, results: Sequence[Result], payload: Payload, spec: TypeSpec) -> Any:
        """Return the number."""
        stars = any(one.get("type") == "rating" for one in results)
        name = "rating" if stars else "number"
        return self._only(results, name).get(name)


@dataclass(frozen=True)
class _Axis:
    """One side of a picture, in pixels."""

    size: float

    def percent(self, pixels: float) -> float:
        return round(100 * pixels / self.size, DECIMALS)

    def pixels(self, percent: float, start: float = 0.0) -> float:
        """Return the place in pixels, `percent` beyond `start`, round if it is the same; ValueError: none."""
        exact = start + percent * self.size / 100
        if not math.isfinite(exact):
            raise ValueError("This is no place in a picture.")
        plain = round(exact, 4)
        if self.percent(plain - start) != round(percent, DECIMALS):
            return exact
        return int(plain) if plain == int(plain) else plain


OUTLINES = "polygonlabels"


class Regions(Control):
    """Boxes and outlines in a picture."""

    type = "rectanglelabels"
    shown = ("image",)

    def write(self, label: Any, payload: Payload) -> list[Result]:
        """Return a result for each box or outline, in percent of the picture."""
        axes = _axes(payload)
        size = {"original_width": payload["width"], "original_height": payload["height"], "image_rotation": 0}
        results = []
        for number, one in enumerate(label, start=1):
            kind, places = (OUTLINES, _points) if "polygon" in one else (self.type, _sides)
            score = {"score": one["score"]} if "score" in one else {}
            value = places(one, *axes) | {kind: [one["label"]]}
            results.append(self._result(value, payload, number, **size, **score) | {"type": kind})
        return results

    def read(self, results: Sequence[Result], payload: Payload, spec: TypeSpec) -> Any:
        """Return the boxes and outlines in pixels; raises Unreadable for a turned box."""
        axes, readers = _axes(payload), {self.type: _box, OUTLINES: _outline}
        return [readers[one["type"]](one, *axes) for one in results if one.get("type") in list(readers)]


def _axes(payload: Payload) -> tuple[_Axis, _Axis]:
    return _Axis(payload["width"]), _Axis(payload["height"])


def _sides(one: dict[str, Any], across: _Axis, down: _Axis) -> dict[str, Any]:
    x1, y1, x2, y2 = one["box"]
    return {
        "x": across.percent(x1),
        "y": down.percent(y1),
        "width": across.percent(x2 - x1),
        "height": down.percent(y2 - y1),
        "rotation": 0,
    }


def _points(one: dict[str, Any], across: _Axis, down: _Axis) -> dict[str, Any]:
    return {"points": [[across.percent(x), down.percent(y)] for x, y in one["polygon"]], "closed": True}


def _outline(result: Result, across: _Axis, down: _Axis) -> dict[str, Any]:
    value = result["value"]
    try:
        (name,) = value[OUTLINES]
        polygon = [[across.pixels(float(x)), down.pixels(float(y))] for x, y in value["points"]]
        box = polygons.bounds(polygon)
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("An outline needs points and one label.") from error
    return {"label": name, "box": box, "polygon": polygon} | _score(result)


def _score(result: Result) -> dict[str, Any]:
    return {"score": result["score"]} if result.get("score") is not None else {}


def _box(result: Result, across: _Axis, down: _Axis) -> dict[str, Any]:
    value = result["value"]
    if value.get("rotation"):
        raise Unreadable("A turned box can't be read.")
    try:
        (name,) = value["rectanglelabels"]
        x, y, width, height = (float(value[side]) for side in ("x", "y", "width", "height"))
        x1, y1 = across.pixels(x), down.pixels(y)
        box = [x1, y1, across.pixels(width, x1), down.pixels(height, y1)]
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("A box needs x, y, width, height and one label.") from error
    return {"label": name, "box": box} | _score(result)


CONTROLS: dict[str, Control] = {
    "classification": Choices(),
    "entity_linking": Entity(),
    "generation": Text(),
    "preference": Pair(),
    "detection": Regions(),
    "regression": Number(),
}


def control(kind: str) -> Control:
    """Return the control tag of a kind; one that has none of its own is written as JSON."""
    return CONTROLS.get(kind) or Control()
