"""Where in an image which things are."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from routing.kinds.base import Kind, TypeSpec, check_choice, check_labels
from routing.similarity import matched_overlap
from routing.values import Findings, called, is_number

MAX_BOXES = 1_000
MAX_SIDE = 100_000  # pixels


class Detection(Kind):
    """A label is a list of boxes {label, box: [x1, y1, x2, y2] in pixels, score?}; it may be empty."""

    name = "detection"
    label_fields = ("width", "height")
    _telling = ("text", "title")

    def clean_spec(self, spec: TypeSpec) -> None:
        """Raise KindErrors unless there is a class to look for."""
        findings = Findings()
        check_labels(spec, 1, findings)
        findings.raise_any()

    def distance(self, a: Any, b: Any, spec: TypeSpec) -> float:
        """Return one minus the mean intersection over union of matched boxes; a box without a match counts 0.

        Boxes of a class are matched one to one so that the sum is largest; boxes of different classes never.
        """
        names = {one["label"] for one in (*a, *b)}
        pairs = [(_boxes(a, name), _boxes(b, name)) for name in names]
        total = sum(max(len(p), len(q)) for p, q in pairs)
        if total == 0:
            return 0.0
        return min(1.0, max(0.0, 1.0 - sum(matched_overlap(p, q) for p, q in pairs) / total))

    def classes(self, spec: TypeSpec) -> tuple[str, ...]:
        """Return the type's labels in the admin's order."""
        return spec.labels

    def slices(self, label: Any) -> tuple[str, ...]:
        """Return the classes of the boxes, each once."""
        return tuple(sorted({one["label"] for one in label}))

    def describe(self, label: Any) -> str:
        """Return how many boxes of which class."""
        if not isinstance(label, list) or not all(isinstance(one, dict) for one in label):
            return super().describe(label)
        counts = sorted(Counter(str(one.get("label")) for one in label).items())
        return ", ".join(f"{number} × {name}" for name, number in counts) or "no boxes"

    def _check_payload(self, payload: dict[str, Any], findings: Findings) -> tuple[str, ...]:
        findings.image(payload.get("image"), "payload.image")
        for name in ("width", "height"):
            findings.number(payload.get(name), f"payload.{name}", low=1, high=MAX_SIDE, whole=True)
        return ("image", "width", "height")

    def _check_label(
        self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec, findings: Findings
    ) -> Any:
        if not isinstance(label, list) or len(label) > MAX_BOXES:
            findings.add("label", "invalid", f"Send a list of at most {MAX_BOXES:,} boxes; it may be empty.")
            return label
        size = (payload["width"], payload["height"]) if payload else (MAX_SIDE, MAX_SIDE)
        return [_clean_box(one, f"label.{i}", size, spec, findings) for i, one in enumerate(label)]


def _boxes(label: list[dict[str, Any]], name: str) -> list[Sequence[float]]:
    return [one["box"] for one in label if one["label"] == name]


def _clean_box(one: Any, attr: str, size: tuple[int, int], spec: TypeSpec, findings: Findings) -> Any:
    """Return the box cut to the image, since detectors point a little beyond its edge."""
    if not isinstance(one, dict):
        findings.add(attr, "invalid", f"Send {{label, box}}, not {called(one)}.")
        return one
    check_choice(one.get("label"), spec.labels, f"{attr}.label", findings)
    clean = {"label": one.get("label"), "box": one.get("box")}
    if one.get("score") is not None and findings.number(one["score"], f"{attr}.score", low=0, high=1):
        clean["score"] = one["score"]
    box = one.get("box")
    if not isinstance(box, list) or len(box) != 4 or not all(map(is_number, box)):
        findings.add(f"{attr}.box", "invalid", "Send [x1, y1, x2, y2] in pixels.")
        return clean
    clean["box"] = [min(max(value, 0), size[i % 2]) for i, value in enumerate(box)]
    x1, y1, x2, y2 = clean["box"]
    if x1 >= x2 or y1 >= y2:
        findings.add(f"{attr}.box", "out_of_range", "A box needs x1 < x2 and y1 < y2 within the image.")
    return clean
